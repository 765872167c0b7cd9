import { type Expression, type SqlBool, sql } from "kysely";
import type { Conversation, ConversationStatus } from "../model/conversation.ts";
import type { Event } from "../model/event.ts";
import type { Fact } from "../model/outcome.ts";
import type { Database } from "./database.ts";
import { writeMention } from "./mention-store.ts";
import type { Access } from "./workspace-store.ts";

/** What was said when a contact's conversation was closed. */
export interface SaidClosingNote {
  readonly id: number;
  readonly name: string;
  readonly summary: string;
  /** The address of a file. */
  readonly attachmentUrl: string | null;
  readonly agentId: number | null;
  readonly createdAt: Date;
}

interface LoggedEvent {
  readonly event: Pick<Event, "at">;
  readonly contactId: number;
  readonly workspaceId: number;
  readonly facts: readonly Fact[];
}

/** Writes what a batch's facts say for the logs: closing notes, custom events. */
export async function writeConversationLog(trx: Database, handled: readonly LoggedEvent[]): Promise<void> {
  for (const { event, contactId, workspaceId, facts } of handled) {
    const createdAt = new Date(event.at);
    for (const fact of facts) {
      if (fact.kind === "closing_note_added") {
        const { note: name, summary, attachment: attachmentUrl = null } = fact;
        await writeClosingNote(trx, { contactId, createdAt, name, summary, attachmentUrl });
      } else if (fact.kind === "agent_mentioned") {
        await writeMention(trx, { contactId, createdAt, ...fact });
      } else if (fact.kind === "custom_event") {
        const { text: textValue = null, price: priceValue = null, number: numberValue = null } = fact;
        const customEventId = await ensureCustomEvent(trx, workspaceId, fact.event);
        const row = { customEventId, contactId, textValue, priceValue, numberValue, createdAt };
        await trx.insertInto("customEventLog").values(row).execute();
      }
    }
  }
}

async function writeClosingNote(
  trx: Database,
  note: Omit<SaidClosingNote, "id" | "agentId"> & { readonly contactId: number },
): Promise<void> {
  await sql`insert into contact_closing_notes (contact_id, closing_note_id, name, summary, attachment_url, agent_id, created_at)
    select c.id, (select n.id from closing_notes n where n.bot_id = c.bot_id and n.name = ${note.name}), ${note.name},
      ${note.summary}, ${note.attachmentUrl}, (c.conversation ->> 'agent')::bigint, ${note.createdAt}
    from contacts c where c.id = ${note.contactId}`.execute(trx);
}

/** A name is known from its first event on. */
async function ensureCustomEvent(trx: Database, workspaceId: number, name: string): Promise<number> {
  const known = await trx
    .selectFrom("customEvents")
    .select("id")
    .where("workspaceId", "=", workspaceId)
    .where("name", "=", name)
    .executeTakeFirst();
  if (known !== undefined) return known.id;
  const { id } = await trx
    .insertInto("customEvents")
    .values({ workspaceId, name })
    .onConflict((conflict) => conflict.columns(["workspaceId", "name"]).doUpdateSet({ name }))
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** How many of a bot's contacts have each status; nobody has touched those without one, so that they are open. */
export async function countByStatus(db: Database, botId: number): Promise<ReadonlyMap<ConversationStatus, number>> {
  const { rows } = await sql<{ status: ConversationStatus; count: number }>`
    select coalesce(conversation ->> 'status', 'open') as status, count(*)::int as count
    from contacts where bot_id = ${botId} group by 1`.execute(db);
  return new Map(rows.map(({ status, count }) => [status, count]));
}

/** Newest first. The caller has made sure that the contact may be seen. */
export async function listSaidClosingNotes(db: Database, contactId: number, limit: number): Promise<SaidClosingNote[]> {
  return await db
    .selectFrom("contactClosingNotes")
    .select(["id", "name", "summary", "attachmentUrl", "agentId", "createdAt"])
    .where("contactId", "=", contactId)
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
}

/** Gives what was said at the closes of a contact's conversations to another. */
export async function moveClosingNotes(trx: Database, from: number, to: number): Promise<void> {
  await trx.updateTable("contactClosingNotes").set({ contactId: to }).where("contactId", "=", from).execute();
}

/** Gives a contact's custom events to another. */
export async function moveCustomEvents(trx: Database, from: number, to: number): Promise<void> {
  await trx.updateTable("customEventLog").set({ contactId: to }).where("contactId", "=", from).execute();
}

export interface ConversationFilter {
  readonly status?: ConversationStatus | undefined;
  /** A member's id; null: nobody's. */
  readonly agent?: number | null | undefined;
  readonly unread?: boolean | undefined;
}

/** A contact as the list of conversations shows it. */
export interface ConversationRow {
  readonly contactId: number;
  readonly botId: number;
  readonly name: string | null;
  readonly conversation: Conversation | null;
  readonly bannedAt: Date | null;
  readonly lastInboundAt: Date | null;
}

/** Conversations by contact, newest contact first, from below `before`. */
export async function listConversations(
  db: Database,
  access: Access,
  filter: ConversationFilter,
  page: { readonly before?: number | undefined; readonly limit: number },
): Promise<ConversationRow[]> {
  return await db
    .selectFrom("contacts")
    .select(["id as contactId", "botId", "name", "conversation", "bannedAt", "lastInboundAt"])
    .where("workspaceId", "=", access.workspaceId)
    .$if(access.botId !== undefined, (rows) => rows.where("botId", "=", access.botId ?? 0))
    .$if(page.before !== undefined, (rows) => rows.where("id", "<", page.before ?? 0))
    .where((eb) => eb.and(toConditions(filter)))
    .orderBy("id", "desc")
    .limit(page.limit)
    .execute();
}

export function toConditions({ status, agent, unread }: ConversationFilter): Expression<SqlBool>[] {
  const isUnread = sql<SqlBool>`coalesce(last_inbound_at > to_timestamp(coalesce((conversation ->> 'readAt')::bigint, 0) / 1000.0), false)`;
  return [
    ...(status === undefined ? [] : [statusIs(status)]),
    ...(agent === undefined
      ? []
      : [
          agent === null
            ? sql<SqlBool>`conversation ->> 'agent' is null`
            : sql<SqlBool>`(conversation ->> 'agent')::bigint = ${agent}`,
        ]),
    ...(unread === undefined ? [] : [unread ? isUnread : sql<SqlBool>`not ${isUnread}`]),
  ];
}

/** Who was never touched is open. */
function statusIs(status: ConversationStatus): Expression<SqlBool> {
  const said = sql<SqlBool>`conversation is not null and conversation ->> 'status' = ${status}`;
  return status === "open" ? sql<SqlBool>`(conversation is null or ${said})` : sql<SqlBool>`(${said})`;
}

/** How many contacts stand where. */
export async function countConversations(
  db: Database,
  { workspaceId, botId }: Access,
): Promise<Readonly<Record<ConversationStatus, number>>> {
  const { rows } = await sql<{ status: ConversationStatus; count: number }>`
    select coalesce(conversation ->> 'status', 'open') as status, count(*) as count from contacts
    where workspace_id = ${workspaceId} and (${botId ?? null}::bigint is null or bot_id = ${botId ?? null}::bigint)
    group by 1`.execute(db);
  const counts = Object.fromEntries(rows.map(({ status, count }) => [status, Number(count)]));
  return { open: 0, pending: 0, spam: 0, done: 0, ...counts };
}
