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
