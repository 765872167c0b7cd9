import { sql } from "kysely";
import type { Database } from "./database.ts";

/** Rows that one statement deletes: some ten milliseconds, so that nobody waits for it. */
const pageSize = 2_000;

interface Wish {
  /** How many days are kept. */
  readonly days: number;
  /** Whether to go on: looked at between two pages. */
  readonly goOn: () => boolean;
}

/**
 * Deletes messages that are older than so many days, oldest blocks first, in pages of their own transactions. Nothing that has still to leave goes. Returns how
 * many.
 */
export async function pruneMessages(db: Database, wish: Wish): Promise<number> {
  return await deletePages(
    db,
    wish,
    sql`delete from messages where id in (
      select id from messages
      where created_at < now() - make_interval(days => ${wish.days}) and status <> 'queued' limit ${pageSize})`,
  );
}

/** What a night's clearing came to. */
export interface Pruning {
  readonly at: Date;
  readonly tookMs: number;
  /** False: it ended for its time, and the rest goes the night after. */
  readonly whole: boolean;
  /** For how many days things are kept, by what they are; 0: for ever. */
  readonly kept: Readonly<Record<string, number>>;
  /** Rows, by what they are. */
  readonly deleted: Readonly<Record<string, number>>;
}

const nightsNoted = 60;

/** Notes a clearing, and forgets those of long ago. */
export async function notePruning(db: Database, { kept, deleted, ...rest }: Pruning): Promise<void> {
  const row = { ...rest, kept: JSON.stringify(kept), deleted: JSON.stringify(deleted) };
  const { id } = await db.insertInto("prunings").values(row).returning("id").executeTakeFirstOrThrow();
  await db
    .deleteFrom("prunings")
    .where("id", "<=", id - nightsNoted)
    .execute();
}

/** Undefined: there was none yet. */
export async function findLastPruning(db: Database): Promise<Pruning | undefined> {
  const noted = db.selectFrom("prunings").select(["at", "tookMs", "whole", "kept", "deleted"]);
  return await noted.orderBy("id", "desc").limit(1).executeTakeFirst();
}

/** Deletes events, which are the history and what makes a repeated call recognisable. One that failed stays until somebody has seen to it. */
export async function pruneEvents(db: Database, wish: Wish): Promise<number> {
  return await deletePages(
    db,
    wish,
    sql`delete from events where id in (
      select id from events
      where occurred_at < now() - make_interval(days => ${wish.days}) and failed is null limit ${pageSize})`,
  );
}

/** The index on the time is a small one of ranges (BRIN); without it, the page that finds too few would read the whole table. */
const byTime = sql`set local enable_seqscan = off`;

async function deletePages(db: Database, { goOn }: Wish, statement: ReturnType<typeof sql>): Promise<number> {
  let deleted = 0;
  while (goOn()) {
    const gone = await db.transaction().execute(async (trx) => {
      await byTime.execute(trx);
      return Number((await statement.execute(trx)).numAffectedRows ?? 0);
    });
    deleted += gone;
    if (gone < pageSize) break;
  }
  return deleted;
}
