import { type SqlBool, sql } from "kysely";
import type { ImportKeys } from "../engine/import-line.ts";
import { AppError } from "../model/app-error.ts";
import type { ImportLineStatus, ImportSettings, ImportStatus } from "../model/import.ts";
import { say } from "../model/sentence.ts";
import type { Database } from "./database.ts";
import type { Access } from "./workspace-store.ts";

export interface Import {
  readonly id: number;
  readonly workspaceId: number;
  readonly botId: number;
  readonly name: string;
  readonly settings: ImportSettings;
  readonly status: ImportStatus;
  readonly error: string | null;
  readonly lines: number;
  readonly done: number;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

const columns = [
  "id",
  "workspaceId",
  "botId",
  "name",
  "settings",
  "status",
  "error",
  "lines",
  "done",
  "createdAt",
  "startedAt",
  "endedAt",
] as const;

export async function createImport(
  trx: Database,
  values: Pick<Import, "workspaceId" | "botId" | "name" | "settings" | "lines"> & {
    readonly content: Buffer;
    readonly at: Date;
  },
): Promise<Import> {
  const { settings, at, ...rest } = values;
  return await trx
    .insertInto("imports")
    .values({ ...rest, settings: JSON.stringify(settings), status: "uploaded", createdAt: at })
    .returning(columns)
    .executeTakeFirstOrThrow();
}

/** Newest first, from below id `before`. */
export async function listImports(
  db: Database,
  access: Access,
  page: { readonly before?: number | undefined; readonly limit: number },
): Promise<Import[]> {
  return await visible(db, access)
    .$if(page.before !== undefined, (rows) => rows.where("id", "<", page.before ?? 0))
    .orderBy("id", "desc")
    .limit(page.limit)
    .execute();
}

/** Throws `import.not_found`. */
export async function requireImport(db: Database, access: Access, id: number): Promise<Import> {
  const found = await visible(db, access).where("id", "=", id).executeTakeFirst();
  if (found === undefined) throw new AppError("import.not_found", say`there is no import ${{ id }}`);
  return found;
}

/** Whoever's it is: for those who run it. */
export async function getImport(db: Database, id: number): Promise<Import | undefined> {
  return await db.selectFrom("imports").select(columns).where("id", "=", id).executeTakeFirst();
}

/** The file's bytes. Throws `import.pruned`. */
export async function readImportContent(db: Database, id: number): Promise<Buffer> {
  const content = await findImportContent(db, id);
  if (content === undefined) throw pruned();
  return content;
}

const pruned = () => new AppError("import.pruned", say`the file of this import is not kept any more; upload it again`);

/** Nobody imported it in time. */
async function isPruned(db: Database, id: number): Promise<boolean> {
  const row = await db
    .selectFrom("imports")
    .select("id")
    .where("id", "=", id)
    .where("status", "in", ["uploaded", "checked"])
    .where("content", "is", null)
    .executeTakeFirst();
  return row !== undefined;
}

/** The file's bytes, while they are kept. */
export async function findImportContent(db: Database, id: number): Promise<Buffer | undefined> {
  const row = await db.selectFrom("imports").select("content").where("id", "=", id).executeTakeFirst();
  return row?.content ? Buffer.from(row.content) : undefined;
}

/** The refused lines of an import that is over, as CSV in UTF-8. */
export async function findRefusedFile(db: Database, id: number): Promise<Buffer | undefined> {
  const row = await db.selectFrom("imports").select("refused").where("id", "=", id).executeTakeFirst();
  return row?.refused ? Buffer.from(row.refused) : undefined;
}

/** Keeps of the file of an import that is over what was refused, and nobody who became a contact. */
export async function keepRefusedAlone(db: Database, id: number, refused: Buffer): Promise<void> {
  await db
    .updateTable("imports")
    .set({ refused, content: null })
    .where("id", "=", id)
    .where("status", "in", ["finished", "cancelled"])
    .execute();
}

/** Reads the file otherwise: what was found out before counts no more. Throws `import.bad_state`. */
export async function changeImport(
  trx: Database,
  { id, status }: Import,
  change: { readonly settings: ImportSettings; readonly lines: number },
): Promise<Import> {
  const changed = await trx
    .updateTable("imports")
    .set({ settings: JSON.stringify(change.settings), lines: change.lines, status: "uploaded", done: 0, error: null })
    .where("id", "=", id)
    .where("status", "in", ["uploaded", "checked"])
    .returning(columns)
    .executeTakeFirst();
  if (changed === undefined) throw badState(status, "changed");
  await trx.deleteFrom("importLines").where("importId", "=", id).execute();
  return changed;
}

const allowedFrom = {
  checking: ["uploaded", "checked"],
  running: ["uploaded", "checked"],
  cancelled: ["uploaded", "checking", "checked", "running"],
} as const satisfies Readonly<Record<string, readonly ImportStatus[]>>;

/** Begins a check or the import, or ends it: once, however often it is asked. Throws `import.bad_state`, `import.pruned`. */
export async function moveImport(
  trx: Database,
  { id, status }: Import,
  to: keyof typeof allowedFrom,
  at: Date,
): Promise<Import> {
  const moved = await trx
    .updateTable("imports")
    .set(to === "cancelled" ? { status: to, endedAt: at } : { status: to, done: 0, startedAt: at, error: null })
    .where("id", "=", id)
    .where("status", "in", [...allowedFrom[to]])
    .$if(to !== "cancelled", (rows) => rows.where("content", "is not", null))
    .returning(columns)
    .executeTakeFirst();
  if (moved === undefined) throw (await isPruned(trx, id)) ? pruned() : badState(status, to);
  if (to !== "cancelled") await trx.deleteFrom("importLines").where("importId", "=", id).execute();
  return moved;
}

const badState = (status: ImportStatus, to: string) =>
  new AppError("import.bad_state", say`an import that is ${{ status }} cannot be ${{ to }}`);

/** A check, or the import, is through. Not where somebody has cancelled it meanwhile. */
export async function finishImport(db: Database, id: number, from: "checking" | "running", at: Date): Promise<void> {
  await db
    .updateTable("imports")
    .set(from === "checking" ? { status: "checked" } : { status: "finished", endedAt: at })
    .where("id", "=", id)
    .where("status", "=", from)
    .execute();
}

/** The file cannot be read to its end. */
export async function failImport(db: Database, id: number, error: string, at: Date): Promise<void> {
  await db.updateTable("imports").set({ status: "cancelled", error, endedAt: at }).where("id", "=", id).execute();
}

export interface ImportLineRow {
  readonly place: number;
  readonly line: number;
  readonly status: ImportLineStatus;
  readonly reason: string | null;
}

/** Writes down what became of some lines, and that they are done. False: somebody has cancelled it. */
export async function noteImportLines(
  db: Database,
  { id, status }: Pick<Import, "id" | "status">,
  rows: readonly ImportLineRow[],
): Promise<boolean> {
  return await db.transaction().execute(async (trx) => {
    const last = rows.at(-1)?.place;
    if (rows.length > 0) {
      await trx
        .insertInto("importLines")
        .values(rows.map((row) => ({ ...row, importId: id })))
        .onConflict((conflict) => conflict.columns(["importId", "place"]).doNothing())
        .execute();
    }
    const alive = await trx
      .updateTable("imports")
      .set(last === undefined ? { status } : { done: last })
      .where("id", "=", id)
      .where("status", "=", status)
      .returning("id")
      .executeTakeFirst();
    return alive !== undefined;
  });
}

/** How many lines ended how. */
export async function countImportLines(db: Database, id: number): Promise<Readonly<Record<ImportLineStatus, number>>> {
  const counts = { created: 0, updated: 0, refused: 0 };
  const rows = await db
    .selectFrom("importLines")
    .select("status")
    .select(sql<number>`count(*)`.as("count"))
    .where("importId", "=", id)
    .groupBy("status")
    .execute();
  for (const { status, count } of rows) counts[status] = Number(count);
  return counts;
}

/** Refused lines in the file's order, from after `after`. */
export async function listRefusedLines(
  db: Database,
  id: number,
  page: { readonly after?: number | undefined; readonly limit: number },
): Promise<ImportLineRow[]> {
  return await db
    .selectFrom("importLines")
    .select(["place", "line", "status", "reason"])
    .where("importId", "=", id)
    .where("status", "=", "refused")
    .where("place", ">", page.after ?? 0)
    .orderBy("place")
    .limit(page.limit)
    .execute();
}

/** Whom lines mean: by cuid, else external id, else phone, else e-mail; of several the one who was active last. One entry a line, undefined: nobody. */
export async function matchContacts(
  db: Database,
  { workspaceId, botId }: Pick<Import, "workspaceId" | "botId">,
  lines: readonly ImportKeys[],
): Promise<(number | undefined)[]> {
  const rows = lines.map(({ cuid, clientExternalId, phone, email }, place) => ({
    place,
    cuid,
    external: clientExternalId,
    phone,
    email,
  }));
  const newest = sql`order by coalesce(c.last_inbound_at, c.created_at) desc, c.id desc limit 1`;
  const own = sql`c.workspace_id = ${workspaceId} and c.bot_id = ${botId}`;
  const { rows: found } = await sql<{ place: number; id: number | null }>`
    select l.place, case when l.cuid is not null then
        coalesce((select c.id from contacts c where ${own} and c.cuid = l.cuid),
          (select a.contact_id from contact_aliases a join contacts c on c.id = a.contact_id where ${own} and a.cuid = l.cuid))
      else coalesce(
        (select c.id from contacts c where ${own} and c.client_external_id = l.external ${newest}),
        (select c.id from contacts c where ${own} and c.phone = l.phone ${newest}),
        (select c.id from contacts c where ${own} and lower(c.email) = lower(l.email) ${newest})) end as id
    from json_to_recordset(${JSON.stringify(rows)}::json) as l(place integer, cuid text, external text, phone text, email text)`.execute(
    db,
  );
  const ids = new Map(found.map(({ place, id }) => [place, id]));
  return lines.map((_line, place) => ids.get(place) ?? undefined);
}

/** Of events that were handled before, those that made their contact. */
export async function findMakers(db: Database, eventIds: readonly number[]): Promise<ReadonlySet<number>> {
  if (eventIds.length === 0) return new Set();
  const { rows } = await sql<{ id: number }>`select id from events where id = any (${eventIds}::bigint[])
    and exists (select from jsonb_array_elements(facts::jsonb) as fact where fact ->> 'kind' = 'contact_created')`.execute(
    db,
  );
  return new Set(rows.map(({ id }) => Number(id)));
}

/**
 * Forgets files that nobody imports (`waitingDays` after the upload), and the rest of those that were (`refusedDays` after it); what became of their lines stays. One that is under way keeps its file
 * for as long as the rest.
 */
export async function pruneImports(
  db: Database,
  { waitingDays, refusedDays }: { readonly waitingDays: number; readonly refusedDays: number },
): Promise<void> {
  const isOlderThan = (days: number) => sql<SqlBool>`created_at < now() - make_interval(days => ${days})`;
  await db
    .updateTable("imports")
    .set({ content: null, refused: null })
    .where((eb) => eb.or([eb("content", "is not", null), eb("refused", "is not", null)]))
    .where(isOlderThan(refusedDays))
    .execute();
  await db
    .updateTable("imports")
    .set({ content: null })
    .where("content", "is not", null)
    .where("status", "not in", ["checking", "running"])
    .where(isOlderThan(waitingDays))
    .execute();
}

function visible(db: Database, { workspaceId, botId }: Access) {
  const rows = db.selectFrom("imports").select(columns).where("workspaceId", "=", workspaceId);
  return botId === undefined ? rows : rows.where("botId", "=", botId);
}
