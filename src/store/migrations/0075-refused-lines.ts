import { type Kysely, sql } from "kysely";

/** The refused lines of an import that is over, as a file to correct: what is kept of the file that was uploaded. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table imports add column refused bytea`.execute(db);
}
