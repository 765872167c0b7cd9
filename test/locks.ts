import { sql } from "kysely";
import type { Database } from "../src/store/database.ts";
import { until } from "./until.ts";

/** Resolves once another connection waits for an advisory lock that this transaction holds: other tests have theirs on the same server. */
export async function untilWaitedFor(what: string, trx: Database, db: Database): Promise<void> {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx);
  const { pid = 0 } = rows[0] ?? {};
  await until(what, async () => {
    const waiting = await sql`select 1 from pg_locks w where not w.granted and w.locktype = 'advisory'
      and ${pid} = any(pg_blocking_pids(w.pid))`.execute(db);
    return waiting.rows.length > 0;
  });
}
