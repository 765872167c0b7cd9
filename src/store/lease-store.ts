import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import type { Database } from "./database.ts";

/** Something that only one process may be at; it ends by itself when its time is over. */
export interface Lease {
  /** Gives it back before its time. */
  end(): Promise<void>;
  /** From now on for so long, in ms. False: its time was over, and somebody else may have it. */
  renew(ms: number): Promise<boolean>;
  /** By this process's `performance.now()`, no later than by the database's clock. */
  readonly until: number;
}

/** Undefined: somebody has it. Times are the database's, which all processes share. */
export async function takeLease(db: Database, key: string, ms: number): Promise<Lease | undefined> {
  const owner = randomUUID();
  let until = performance.now() + ms;
  const { rows } = await sql`
    insert into leases as l (key, owner, until) values (${key}, ${owner}, clock_timestamp() + make_interval(secs => ${ms / 1000}))
    on conflict (key) do update set owner = excluded.owner, until = excluded.until where l.until < clock_timestamp()
    returning key
  `.execute(db);
  if (rows.length === 0) return undefined;
  return {
    end: async () => {
      await db.deleteFrom("leases").where("key", "=", key).where("owner", "=", owner).execute();
    },
    async renew(forMs) {
      const asked = performance.now();
      const { numAffectedRows } = await sql`
        update leases set until = clock_timestamp() + make_interval(secs => ${forMs / 1000})
        where key = ${key} and owner = ${owner} and until > clock_timestamp()`.execute(db);
      if (numAffectedRows !== 1n) return false;
      until = asked + forMs;
      return true;
    },
    get until() {
      return until;
    },
  };
}

/** How long a mark is remembered: longer than anything it guards is tried. */
const markMs = 24 * 3_600_000;

/** Says that something is begun which must not be begun twice. `there`: it was begun before, by whoever may have died in it. */
export async function takeMark(db: Database, key: string): Promise<"fresh" | "there"> {
  return (await takeLease(db, key, markMs)) === undefined ? "there" : "fresh";
}

/** Deletes what is over. */
export async function pruneLeases(db: Database): Promise<void> {
  await sql`delete from leases where until < clock_timestamp()`.execute(db);
}
