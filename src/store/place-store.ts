import { sql } from "kysely";
import { parsePhone } from "../engine/values.ts";
import type { Database } from "./database.ts";
import type { Access } from "./workspace-store.ts";

/** Where a contact belongs. It never changes while the contact exists. */
export interface Place {
  readonly workspaceId: number;
  readonly botId: number;
}

export async function findContactPlace(db: Database, contactId: number): Promise<Place | undefined> {
  return (await findContactPlaces(db, [contactId]))[0];
}

/** One for each id; undefined: no such contact. */
export async function findContactPlaces(db: Database, ids: readonly number[]): Promise<(Place | undefined)[]> {
  const { rows } = await sql<Place & { readonly id: number }>`/* prepare */
    select c.id, c.workspace_id as "workspaceId", c.bot_id as "botId"
    from unnest(${ids}::bigint[]) as wanted(id) join contacts c on c.id = wanted.id`.execute(db.withoutPlugins());
  const byId = new Map(rows.map(({ id, ...place }) => [id, place]));
  return ids.map((id) => byId.get(id));
}

export async function findBotsWorkspace(db: Database, botId: number): Promise<number | undefined> {
  const bot = await db.selectFrom("bots").select("workspaceId").where("id", "=", botId).executeTakeFirst();
  return bot?.workspaceId;
}

/**
 * The contact with this id on a channel. The same id on two channels: the one who wrote last. Nobody has it: the contact whose phone it is (WhatsApp's ids are
 * phones without the plus), or whose id in another system.
 */
export async function findContactByUserId(
  db: Database,
  { workspaceId, botId }: Access,
  userId: string,
): Promise<{ readonly id: number; readonly botId: number } | undefined> {
  const visible = db
    .selectFrom("contacts")
    .select(["contacts.id", "contacts.botId"])
    .where("contacts.workspaceId", "=", workspaceId)
    .$if(botId !== undefined, (rows) => rows.where("contacts.botId", "=", botId ?? 0))
    .orderBy(sql`coalesce(contacts.last_inbound_at, contacts.created_at)`, "desc")
    .orderBy("contacts.id", "desc");
  const onChannel = visible.where("contacts.id", "in", (eb) =>
    eb
      .selectFrom("identities")
      .innerJoin("channels", "channels.id", "identities.channelId")
      .innerJoin("bots", "bots.id", "channels.botId")
      .select("identities.contactId")
      // The index is on channel and id, so the channels come first.
      .where("bots.workspaceId", "=", workspaceId)
      .where("identities.externalId", "=", userId),
  );
  const found = await onChannel.executeTakeFirst();
  if (found !== undefined) return found;
  const phone = /^\+?\d{7,15}$/.test(userId) ? parsePhone(userId) : undefined;
  const byPhone =
    phone === undefined ? undefined : await visible.where("contacts.phone", "=", phone).executeTakeFirst();
  return byPhone ?? (await visible.where("contacts.clientExternalId", "=", userId).executeTakeFirst());
}
