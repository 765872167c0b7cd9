import { sql } from "kysely";
import { AppError } from "../model/app-error.ts";
import { say } from "../model/sentence.ts";
import type { Database } from "./database.ts";
import type { Access } from "./workspace-store.ts";

/** A kind of event that the workspace's flows and doors log. */
export interface CustomEvent {
  readonly id: number;
  readonly name: string;
  readonly createdAt: Date;
}

/** One time that it happened to a contact. */
export interface CustomEventEntry {
  readonly id: number;
  readonly contactId: number;
  readonly botId: number;
  readonly text: string | null;
  readonly price: number | null;
  readonly number: number | null;
  readonly createdAt: Date;
}

export async function listCustomEvents(db: Database, workspaceId: number): Promise<CustomEvent[]> {
  return await db
    .selectFrom("customEvents")
    .select(["id", "name", "createdAt"])
    .where("workspaceId", "=", workspaceId)
    .orderBy("id")
    .execute();
}

/** Throws `custom_event.not_found`. */
export async function requireCustomEvent(db: Database, workspaceId: number, id: number): Promise<CustomEvent> {
  const found = (await listCustomEvents(db, workspaceId)).find((one) => one.id === id);
  if (found === undefined) throw new AppError("custom_event.not_found", say`there is no custom event ${{ id }}`);
  return found;
}

interface LogRange {
  /** From here on, and before `to`. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

/** Entries of one event from id `after` on, oldest first. */
export async function listCustomEventEntries(
  db: Database,
  access: Access,
  customEventId: number,
  page: LogRange & { readonly after?: number | undefined; readonly limit: number },
): Promise<CustomEventEntry[]> {
  return await db
    .selectFrom("customEventLog")
    .innerJoin("contacts", "contacts.id", "customEventLog.contactId")
    .select([
      "customEventLog.id",
      "customEventLog.contactId",
      "contacts.botId",
      "customEventLog.textValue as text",
      "customEventLog.priceValue as price",
      "customEventLog.numberValue as number",
      "customEventLog.createdAt",
    ])
    .where("customEventLog.customEventId", "=", customEventId)
    .where("contacts.workspaceId", "=", access.workspaceId)
    .$if(access.botId !== undefined, (rows) => rows.where("contacts.botId", "=", access.botId ?? 0))
    .$if(page.after !== undefined, (rows) => rows.where("customEventLog.id", ">", page.after ?? 0))
    .$if(page.from !== undefined, (rows) => rows.where("customEventLog.createdAt", ">=", page.from ?? new Date(0)))
    .$if(page.to !== undefined, (rows) => rows.where("customEventLog.createdAt", "<", page.to ?? new Date(0)))
    .orderBy("customEventLog.id")
    .limit(page.limit)
    .execute();
}

/** How often an event happened, and to how many, on each day (UTC) of a range that had any. */
export async function summarizeCustomEvent(
  db: Database,
  { workspaceId, botId }: Access,
  customEventId: number,
  { from, to }: Required<LogRange> & { readonly from: Date; readonly to: Date },
): Promise<{ day: string; events: number; contacts: number }[]> {
  const { rows } = await sql<{ day: string; events: number; contacts: number }>`
    select to_char(l.created_at at time zone 'UTC', 'YYYY-MM-DD') as day, count(*)::int as events,
      count(distinct l.contact_id)::int as contacts
    from custom_event_log l join contacts c on c.id = l.contact_id
    where l.custom_event_id = ${customEventId} and l.created_at >= ${from} and l.created_at < ${to}
      and c.workspace_id = ${workspaceId} and (${botId ?? null}::bigint is null or c.bot_id = ${botId ?? null}::bigint)
    group by 1 order by 1`.execute(db);
  return rows;
}

interface EventCount {
  readonly events: number;
  readonly contacts: number;
}

/** How often an event happened in a range, and to how many; in all, and by its hundred most frequent texts. */
export async function totalOfCustomEvent(
  db: Database,
  { workspaceId, botId }: Access,
  customEventId: number,
  { from, to }: { readonly from: Date; readonly to: Date },
): Promise<{ readonly total: EventCount; readonly texts: readonly (EventCount & { readonly text: string })[] }> {
  const { rows } = await sql<EventCount & { readonly text: string | null; readonly isTotal: boolean }>`
    select l.text_value as text, grouping(l.text_value) = 1 as "isTotal", count(*)::int as events,
      count(distinct l.contact_id)::int as contacts
    from custom_event_log l join contacts c on c.id = l.contact_id
    where l.custom_event_id = ${customEventId} and l.created_at >= ${from} and l.created_at < ${to}
      and c.workspace_id = ${workspaceId} and (${botId ?? null}::bigint is null or c.bot_id = ${botId ?? null}::bigint)
    group by grouping sets ((), (l.text_value))
    order by 2 desc, 3 desc, 1
    limit 102`.execute(db);
  const total = rows.find(({ isTotal }) => isTotal);
  const texts = rows.flatMap(({ isTotal, text, events, contacts }) =>
    isTotal || text === null ? [] : [{ text, events, contacts }],
  );
  return { total: { events: total?.events ?? 0, contacts: total?.contacts ?? 0 }, texts: texts.slice(0, 100) };
}
