import { type RawBuilder, sql } from "kysely";
import { dueAt, isTimed, knownZone } from "../engine/broadcast-times.ts";
import type { BroadcastSplit } from "../model/broadcast.ts";
import type { Broadcast } from "./broadcast-store.ts";
import type { Database } from "./database.ts";
import { candidates, compile, listSegmentIds } from "./segment-member-store.ts";

/** Contacts put into the ledger at first, and at most, in one transaction. */
const pieceSizes = { least: 5_000, most: 200_000 };
export const firstPieceSize: number = pieceSizes.least;
/** What takes less is followed by a larger piece, what takes more by a smaller one: others wait for a transaction on the embedded database. */
const pieceMs = { soon: 1_500, late: 4_000 };

/** How much is put into the ledger at once, by how long the last piece took. */
export function nextPieceSize(last: number, tookMs: number): number {
  if (tookMs < pieceMs.soon) return Math.min(pieceSizes.most, last * 4);
  return tookMs > pieceMs.late ? Math.max(pieceSizes.least, Math.floor(last / 2)) : last;
}

/** Whether recipients are taken up by a time that the ledger keeps: some wait longer than others. */
export const isOrdered = ({ plan, split }: Pick<Broadcast, "plan" | "split">) => isTimed(plan) || split !== null;

/**
 * Puts the next piece of the audience into the ledger; where there is none left, the broadcast runs. Done again, it changes nothing. What is asked for is asked anew for each piece, so that few large
 * ones cost less than many: 1,000,000 contacts went in within 14 to 41 s on two busy cores.
 */
export async function prepareBroadcast(
  db: Database,
  broadcast: Broadcast,
  at: Date,
  pieceSize: number = firstPieceSize,
): Promise<void> {
  const { id, preparedAfter } = broadcast;
  const after = preparedAfter ?? 0;
  const piece = await nextPiece(db, broadcast, { after, limit: pieceSize, at });
  const zones = await zonesOf(db, broadcast, at);
  await db
    .transaction()
    .execute(async (trx) => {
      const last = await putIn(trx, broadcast, piece, { zones, at });
      // Last of all: whoever pauses or cancels meanwhile does not wait for it.
      const alive = await trx
        .updateTable("broadcasts")
        .set(
          last === null
            ? { status: "running", preparedAfter: null, startedAt: at, nextAt: at }
            : { preparedAfter: last },
        )
        .where("id", "=", id)
        .where("status", "in", last === null ? ["preparing"] : ["preparing", "paused"])
        .where("preparedAfter", "=", after)
        .returning("id")
        .executeTakeFirst();
      if (alive === undefined) throw new Overtaken();
    })
    .catch((thrown: unknown) => {
      if (!(thrown instanceof Overtaken)) throw thrown;
    });
}

/** Somebody else put this piece in, or the broadcast was cancelled meanwhile: nothing of it stays. */
class Overtaken extends Error {
  override readonly name = "Overtaken";
}

/** Rows of `id` and `time_zone`: the next contacts of the audience, by id. */
async function nextPiece(
  db: Database,
  { workspaceId, botId, audience }: Broadcast,
  { after, limit, at }: { readonly after: number; readonly limit: number; readonly at: Date },
): Promise<RawBuilder<unknown>> {
  const byIds = (ids: readonly number[]) =>
    sql`select id, time_zone from contacts where bot_id = ${botId} and id = any(${ids}::bigint[]) order by id limit ${limit}`;
  if ("contacts" in audience) return byIds(audience.contacts.filter((one) => one > after));
  const { condition, search } = audience;
  const question = { access: { workspaceId, botId }, condition, search, now: at.getTime() };
  const compiled = await compile(db, question);
  if (!compiled.isExact)
    return byIds(await listSegmentIds(db, question, { after, limit: Math.min(limit, pieceSizes.least) }));
  const query = candidates(db, question, compiled)
    .select(["contacts.id", "contacts.timeZone"])
    .where("contacts.id", ">", after)
    .orderBy("contacts.id")
    .limit(limit);
  return sql`${query}`;
}

/** The last id that went in; null: there was nobody left. */
async function putIn(
  trx: Database,
  broadcast: Broadcast,
  piece: RawBuilder<unknown>,
  { zones, at }: { readonly zones: readonly ZoneTime[]; readonly at: Date },
): Promise<number | null> {
  const { id, split } = broadcast;
  const [standIn, ...others] = zones;
  const values = sql`unnest(${others.map(({ zone }) => zone)}::text[], ${others.map(({ due }) => due)}::timestamptz[])`;
  const due = isOrdered(broadcast)
    ? sql`case when z.zone is null then ${standIn?.due ?? at}::timestamptz else z.due end`
    : sql`null::timestamptz`;
  // A time that is none has passed, and whom it was for is left out.
  const isLate = isOrdered(broadcast)
    ? sql`(case when z.zone is null then ${standIn?.due === null}::boolean else z.due is null end)`
    : sql`false`;
  const { rows } = await sql<{ last: number | null }>`
    with piece as (${piece}), put as (
      insert into broadcast_recipients (broadcast_id, contact_id, status, reason, at, due_at, variant)
      select ${id}, p.id, case when ${isLate} then 'skipped' else 'waiting' end, case when ${isLate} then 'too_late' end,
        case when ${isLate} then ${at}::timestamptz end, ${due}, ${variantOf(id, split)}
      from piece p left join ${values} as z (zone, due) on z.zone = p.time_zone
      on conflict do nothing
    )
    select max(id) as last from piece`.execute(trx);
  return rows[0]?.last ?? null;
}

/**
 * Which variant a contact `p` gets, from 1 on; null: the winner. The same for the same broadcast and contact, whenever it is asked: a place from 0 to 99 by a hash of both, and each variant has as many of
 * them as its share.
 */
function variantOf(id: number, split: BroadcastSplit | null): RawBuilder<unknown> {
  if (split === null) return sql`null::smallint`;
  const place = sql`('x' || substr(md5(${String(id)}::text || ':' || p.id), 1, 7))::bit(28)::integer % 100`;
  let end = 0;
  const cases = split.variants.map(({ share }, index) => {
    end += share;
    return sql`when ${place} < ${sql.lit(end)} then ${sql.lit(index + 1)}`;
  });
  return sql`(case ${sql.join(cases, sql` `)} end)::smallint`;
}

interface ZoneTime {
  readonly zone: string;
  readonly due: Date | null;
}

/** When it is whose turn: the bot's own zone first, then each that one of its contacts has. */
async function zonesOf(db: Database, { plan, workspaceId, botId }: Broadcast, at: Date): Promise<ZoneTime[]> {
  const standIn = await zoneOfWorkspace(db, workspaceId);
  const timeOf = (zone: string): Date | null => {
    const due = dueAt(plan, knownZone(zone, standIn), at.getTime());
    return due === null ? null : new Date(due);
  };
  if (plan.local === undefined) return [{ zone: standIn, due: at }];
  const rows = await db
    .selectFrom("contacts")
    .select("timeZone")
    .distinct()
    .where("botId", "=", botId)
    .where("timeZone", "is not", null)
    .$narrowType<{ timeZone: string }>()
    .execute();
  return [standIn, ...rows.map(({ timeZone }) => timeZone)].map((zone) => ({ zone, due: timeOf(zone) }));
}

/** The zone of whoever has none of their own. */
export async function zoneOfWorkspace(db: Database, workspaceId: number): Promise<string> {
  const { timeZone } = await db
    .selectFrom("workspaces")
    .select("timeZone")
    .where("id", "=", workspaceId)
    .executeTakeFirstOrThrow();
  return timeZone;
}
