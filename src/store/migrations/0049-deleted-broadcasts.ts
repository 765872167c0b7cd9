import { type Kysely, sql } from "kysely";

/** A broadcast that was deleted, and whose ledger goes away by pieces. An older process beside shows it until it is gone; what is over or a draft it does not send. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table broadcasts add column deleted_at timestamptz`.execute(db);
  await sql`create index broadcasts_deleted on broadcasts (id) where deleted_at is not null`.execute(db);
}
