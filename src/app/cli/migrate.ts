import { sql } from "kysely";
import { z } from "zod";
import { migrateToLatest } from "../../store/migrate.ts";
import { defineDatabaseCommand } from "./command.ts";

/** Every process migrates the database it opens; this command does nothing else, for set-ups that migrate before they start. */
export const migrate = defineDatabaseCommand({
  kind: "database",
  name: "migrate",
  summary: "Bring the database's tables up to date",
  options: z.strictObject({}),
  async run({ database }) {
    await migrateToLatest(database.db);
    // Kysely's own record of what has run.
    const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(database.db);
    const names = rows.map(({ name }) => name);
    return { text: `The tables are up to date (${names.at(-1)}).`, data: { migrations: names } };
  },
});
