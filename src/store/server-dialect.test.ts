import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import { migrateToLatest } from "./migrate.ts";

describe("the migrator on a server", () => {
  let database: TestDatabase;
  let beside: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
    beside = await testDatabase();
  });
  afterAll(async () => {
    await database.close();
    await beside.close();
  });

  test("is not disturbed by tables that change in another schema meanwhile", async ({ skip }) => {
    if (database.kind === "embedded") skip("one process has an embedded database");
    let running = true;
    const changes = (async () => {
      while (running) {
        await sql`create table passing (id int)`.execute(beside.db);
        await sql`alter table passing rename column id to key`.execute(beside.db);
        await sql`drop table passing`.execute(beside.db);
      }
    })();
    for (let look = 0; look < 40; look += 1) expect(await migrateToLatest(database.db, database.schema)).toEqual([]);
    running = false;
    await changes;
  });
});
