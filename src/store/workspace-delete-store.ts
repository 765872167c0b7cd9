import { type RawBuilder, sql } from "kysely";
import { removeLedger } from "./broadcast-delete-store.ts";
import type { Database } from "./database.ts";

/** What one transaction takes out: on the embedded database others wait for it. On PostgreSQL 15, two cores: 40 ms a piece, 100 at most, with ten messages and events a contact. */
const contactsInPiece = 500;
const rowsInPage = 2_000;
/** Each may be some megabytes. */
const filesInPage = 50;

/** What a workspace leaves behind outside of the database. */
export interface Marked {
  /** Channels that were connected: their platforms are told. */
  readonly channels: readonly number[];
  /** Who was signed in there. */
  readonly userIds: readonly number[];
}

/**
 * Marks a workspace as deleted: its domain is free, nobody belongs to it, no token opens it, and its bots say, call and send nothing more. Its rows are taken away by `removePiece`, since some millions of them
 * in one transaction would hold up everybody else. Undefined: it is gone, or marked already.
 */
export async function markWorkspaceDeleted(trx: Database, id: number, at: Date): Promise<Marked | undefined> {
  const marked = await trx
    .updateTable("workspaces")
    // No domain that anybody may choose.
    .set((eb) => ({ deletedAt: at, domain: `~${id}`, revision: eb("revision", "+", 1) }))
    .where("id", "=", id)
    .where("deletedAt", "is", null)
    .returning("id")
    .executeTakeFirst();
  if (marked === undefined) return undefined;
  const bots = sql`select id from bots where workspace_id = ${id}`;
  const { rows: connected } = await sql<{ id: number }>`
    select id from channels where bot_id in (${bots}) and status = 'connected' order by id`.execute(trx);
  const { rows: people } = await sql<{ userId: number }>`
    select user_id from members where workspace_id = ${id} order by user_id`.execute(trx);
  for (const statement of [
    sql`delete from idempotency_keys where caller in (select 'm' || id from members where workspace_id = ${id}
      union all select 't' || id from tokens where workspace_id = ${id})`,
    sql`delete from members where workspace_id = ${id}`,
    sql`delete from invitations where workspace_id = ${id}`,
    sql`delete from tokens where workspace_id = ${id}`,
    sql`update channels set status = 'disconnected' where bot_id in (${bots})`,
    sql`update webhooks set active = false where workspace_id = ${id}`,
    sql`update inbound_webhooks set active = false where bot_id in (${bots})`,
    sql`update integrations set active = false where workspace_id = ${id}`,
    sql`update flows set published_version = null where bot_id in (${bots})`,
    sql`update broadcasts set status = 'cancelled', deleted_at = ${at}
      where workspace_id = ${id} and deleted_at is null`,
  ]) {
    await statement.execute(trx);
  }
  return { channels: connected.map((one) => one.id), userIds: people.map((one) => one.userId) };
}

/** Which of these channels are a deleted workspace's own. */
export async function listOwnChannels(db: Database, id: number, channels: readonly number[]): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select c.id from channels c join bots b on b.id = c.bot_id join workspaces w on w.id = b.workspace_id
    where w.id = ${id} and w.deleted_at is not null and c.id = any(${channels}::bigint[]) order by c.id`.execute(db);
  return rows.map((one) => one.id);
}

/** Those whose rows are not all gone yet. */
export async function listDeletedWorkspaces(db: Database): Promise<number[]> {
  const rows = await db
    .selectFrom("workspaces")
    .select("id")
    .where("deletedAt", "is not", null)
    .orderBy("id")
    .execute();
  return rows.map(({ id }) => id);
}

type Forget = (trx: Database, contactIds: readonly number[]) => Promise<void>;

/**
 * Takes the next rows of a deleted workspace out, in a transaction of its own, and with the last of them the workspace. True: there is more. It may be killed anywhere and begun again; a workspace that is
 * not deleted is not touched.
 */
export async function removePiece(db: Database, id: number, forgetJobs: Forget): Promise<boolean> {
  const marked = await db
    .selectFrom("workspaces")
    .select("id")
    .where("id", "=", id)
    .where("deletedAt", "is not", null)
    .executeTakeFirst();
  if (marked === undefined) return false;
  if (await removeContacts(db, id, forgetJobs)) return true;
  if (await removeRecipients(db, id)) return true;
  for (const page of pagesOf(id)) {
    const { numAffectedRows } = await page.execute(db);
    if (Number(numAffectedRows ?? 0) > 0) return true;
  }
  return await removeRest(db, id);
}

async function removeContacts(db: Database, id: number, forgetJobs: Forget): Promise<boolean> {
  return await db.transaction().execute(async (trx) => {
    // Locked first: what a batch is writing about them right now is then there to be deleted.
    const { rows } = await sql<{ id: number }>`
      select id from contacts where workspace_id = ${id} order by id limit ${contactsInPiece} for update`.execute(trx);
    const ids = rows.map((one) => one.id);
    if (ids.length === 0) return false;
    for (const table of ["messages", "events", "integrationLog", "webhookDeliveries"] as const) {
      await trx.deleteFrom(table).where("contactId", "in", ids).execute();
    }
    await forgetJobs(trx, ids);
    await trx.deleteFrom("contacts").where("id", "in", ids).execute();
    return true;
  });
}

/** Whole ledgers, in pieces. */
async function removeRecipients(db: Database, id: number): Promise<boolean> {
  const next = await db
    .selectFrom("broadcasts")
    .select("id")
    .where("workspaceId", "=", id)
    .orderBy("id")
    .limit(1)
    .executeTakeFirst();
  if (next === undefined) return false;
  for (let after: number | undefined = 0; after !== undefined; ) after = await removeLedger(db, next.id, { after });
  return true;
}

/** Tables that may be long, by what finds their rows. */
function pagesOf(id: number): readonly RawBuilder<unknown>[] {
  const page = (table: string, key: string, where: RawBuilder<unknown>, limit = rowsInPage) =>
    sql`delete from ${sql.table(table)} where ${sql.ref(key)} in (
      select ${sql.ref(key)} from ${sql.table(table)} where ${where} limit ${limit})`;
  const isOfIts = (key: string, table: string) =>
    sql`${sql.ref(key)} in (select id from ${sql.table(table)} where workspace_id = ${id})`;
  const isIts = sql`workspace_id = ${id}`;
  return [
    page("integration_log", "id", isIts),
    page("audit_log", "id", isIts),
    page("webhook_deliveries", "id", isOfIts("webhook_id", "webhooks")),
    page("files", "key", isIts, filesInPage),
    sql`delete from import_lines where ctid = any(array(
      select ctid from import_lines where ${isOfIts("import_id", "imports")} limit ${rowsInPage}))`,
  ];
}

/** What is left is short, or goes by a cascade: `workspace-delete-store.test.ts` looks whether that is every table. */
async function removeRest(db: Database, id: number): Promise<boolean> {
  return await db.transaction().execute(async (trx) => {
    await trx.selectFrom("workspaces").select("id").where("id", "=", id).forUpdate().execute();
    // Nobody becomes a contact while the row is locked. Who did at the last moment has events and messages, which no cascade takes.
    const late = await trx
      .selectFrom("contacts")
      .select("id")
      .where("workspaceId", "=", id)
      .limit(1)
      .executeTakeFirst();
    if (late !== undefined) return true;
    const bots = sql`select id from bots where workspace_id = ${id}`;
    const channels = sql`array(select id from channels where bot_id in (${bots}))`;
    await sql`delete from send_budgets where channel_id = any(${channels})`.execute(trx);
    await sql`delete from step_metrics where channel_id = any(${channels})
      or flow_ref = any(array(select ref from flows where bot_id in (${bots})))`.execute(trx);
    await sql`delete from workspaces where id = ${id} and deleted_at is not null`.execute(trx);
    return false;
  });
}
