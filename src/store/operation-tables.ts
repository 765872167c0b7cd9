import type { Generated } from "kysely";
import type { JsonColumn, Timestamp } from "./column-types.ts";

/** What processes keep for themselves and tell each other, and what was done to the database. */
export interface OperationTables {
  processes: {
    id: Generated<number>;
    roles: string;
    startedAt: Timestamp;
    heartbeatAt: Timestamp;
    /** False: it is behind a pooler, and neither holds a lock nor listens. */
    hasSession: Generated<boolean>;
    release: string | null;
  };
  breakingMigrations: { name: string; at: Timestamp };
  knownKinds: { kind: string; at: Timestamp };
  liveNews: { id: Generated<number>; processId: number; channel: string; payload: string; at: Timestamp };
  leases: { key: string; owner: string; until: Timestamp };
  secretKeys: { id: string; since: Generated<Date> };
  backups: { id: Generated<number>; at: Timestamp; file: string; bytes: number | null; release: string };
  prunings: {
    id: Generated<number>;
    at: Timestamp;
    tookMs: number;
    whole: boolean;
    kept: JsonColumn<Readonly<Record<string, number>>>;
    deleted: JsonColumn<Readonly<Record<string, number>>>;
  };
}
