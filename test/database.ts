import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import { type OpenDatabase, openDatabase } from "../src/store/database.ts";
import { migrateToLatest } from "../src/store/migrate.ts";
import { readTemplate, TemplateFiles } from "./embedded-template.ts";

/** Where the real server is that the suites shall use; absent: the embedded database. */
const serverUrl = process.env.TEST_DATABASE_URL;

export interface TestDatabase extends OpenDatabase {
  /** The schema this file works in, where a server is used. */
  readonly schema?: string;
}

/**
 * A migrated database for one test file, empty. Embedded: a copy of a template (0.1 s; migrating anew takes 2 to 4 s). With
 * `TEST_DATABASE_URL`: a schema of its own on that server, dropped by `close`.
 */
export async function testDatabase(): Promise<TestDatabase> {
  return serverUrl === undefined || serverUrl === "" ? await embeddedDatabase() : await onServer(serverUrl);
}

async function onServer(databaseUrl: string): Promise<TestDatabase> {
  const schema = `test_${randomBytes(8).toString("hex")}`;
  const database = await openDatabase({ databaseUrl, schema });
  await sql`create schema ${sql.id(schema)}`.execute(database.db);
  await migrateToLatest(database.db, schema);
  return {
    ...database,
    schema,
    close: async () => {
      await sql`drop schema ${sql.id(schema)} cascade`.execute(database.db);
      await sql`drop schema if exists ${sql.id(database.jobSchema)} cascade`.execute(database.db);
      await database.close();
    },
  };
}

/** The same, also where the suites run on a server: for what only the embedded one does. */
export async function embeddedDatabase(): Promise<TestDatabase> {
  return await openDatabase({ files: new TemplateFiles(await readTemplate()) });
}
