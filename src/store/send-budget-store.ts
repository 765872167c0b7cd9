import { sql } from "kysely";
import type { Database } from "./database.ts";

export interface BudgetAnswer {
  /** Messages that may go now. */
  readonly granted: number;
  /** Milliseconds until asking is worth while again. */
  readonly waitMs: number;
}

/**
 * Takes messages' worth from a channel's budget, which fills by `perSecond` up to `burst`, over all processes; `spent` is taken from it in any case, down to as much below zero. Under `least` nothing
 * is granted. Clocks of processes that differ do no harm: the budget's goes by the latest. `at`: Unix milliseconds.
 */
export async function takeSendBudget(
  db: Database,
  channelId: number,
  wish: {
    readonly wanted: number;
    readonly least: number;
    readonly spent: number;
    readonly perSecond: number;
    readonly burst: number;
    readonly at: number;
  },
): Promise<BudgetAnswer> {
  const { wanted, least, spent, perSecond, burst, at } = wish;
  const filled = sql`greatest(least(${burst}::float8, b.tokens + greatest(0, ${at}::bigint - b.at) * ${perSecond}::float8 / 1000) - ${spent}::float8, - ${burst}::float8)`;
  const granted = sql`case when b.rests_until > ${at}::bigint or ${filled} < ${least}::float8 then 0 else least(${wanted}::float8, floor(${filled})) end`;
  const { rows } = await sql<{ granted: number; tokens: number; restsUntil: number }>`/* prepare */
    insert into send_budgets as b (channel_id, tokens, granted, at)
    values (${channelId}, ${burst}::float8 - ${spent}::float8 - ${wanted}::float8, ${wanted}::float8, ${at}::bigint)
    on conflict (channel_id) do update set granted = ${granted}, tokens = ${filled} - (${granted}), at = greatest(b.at, ${at}::bigint)
    returning granted, tokens, rests_until as "restsUntil"`.execute(db.withoutPlugins());
  const [row] = rows;
  if (row === undefined) throw new Error("a budget answers always");
  if (row.granted > 0) return { granted: row.granted, waitMs: 0 };
  const filling = Math.ceil(((least - row.tokens) / perSecond) * 1000);
  return { granted: 0, waitMs: Math.max(1, filling, row.restsUntil - at) };
}

/** The platform wants to hear nothing of a channel until then (Unix milliseconds). */
export async function restSendBudget(db: Database, channelId: number, until: number): Promise<void> {
  await sql`update send_budgets set rests_until = greatest(rests_until, ${until}::bigint), tokens = least(tokens, 0)
    where channel_id = ${channelId}`.execute(db);
}
