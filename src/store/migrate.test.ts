import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import { openDatabase } from "./database.ts";
import { type Migrations, migrateToLatest, SchemaTooNewError, UnfitDatabaseError } from "./migrate.ts";
import { migrations } from "./migrations.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const migrate = (known: Migrations) => migrateToLatest(database.db, database.schema, known);
const later = (name: string, column: string): Migrations => ({
  [name]: { up: async (db) => void (await sql.raw(`alter table leases add column ${column} text`).execute(db)) },
});

describe("a release that is older than its database", () => {
  it("starts beside the newer one, knowing one migration fewer or several", async () => {
    const [newest = "", second = ""] = Object.keys(migrations).reverse();
    const { [newest]: _one, ...oneFewer } = migrations;
    const { [second]: _two, ...twoFewer } = oneFewer;
    expect(await migrate(oneFewer)).toEqual([]);
    expect(await migrate(twoFewer)).toEqual([]);
  });

  it("adds its own migrations beside those that it does not know", async () => {
    const [newer, own] = [later("9001-newer", "newer"), later("9000-own", "own")];
    expect(await migrate({ ...migrations, ...newer })).toEqual(["9001-newer"]);
    expect(await migrate({ ...migrations, ...own })).toEqual(["9000-own"]);
    expect(await migrate({ ...migrations, ...newer, ...own })).toEqual([]);
  });

  it("refuses to start in one line after a migration that is marked as breaking, while those who know it start", async () => {
    const name = "9002-contract";
    const breaking: Migrations = {
      ...migrations,
      ...later("9000-own", "own"),
      ...later("9001-newer", "newer"),
      [name]: { up: async () => undefined, isBreaking: true },
    };
    expect(await migrate(breaking)).toEqual([name]);
    expect(await migrate(breaking)).toEqual([]);
    const refusal = await migrate(migrations).catch((thrown: unknown) => thrown);
    expect(refusal).toBeInstanceOf(SchemaTooNewError);
    expect(String(refusal)).toMatch(
      /^SchemaTooNewError: this release is older than its database \(9002-contract\): .*$/,
    );
  });

  it("changes nothing where one of several migrations fails", async () => {
    const failing: Migrations = {
      ...migrations,
      ...later("9003-good", "good"),
      "9004-bad": { up: async (db) => void (await sql.raw("select nonsense").execute(db)) },
    };
    await database.db.deleteFrom("breakingMigrations").execute();
    await expect(migrate(failing)).rejects.toThrow("nonsense");
    expect(await migrate({ ...migrations, ...later("9003-good", "good") })).toEqual(["9003-good"]);
  });
});

const serverUrl = process.env.TEST_DATABASE_URL ?? "";

describe.runIf(serverUrl !== "")("a database that keeps texts in something else than UTF-8", () => {
  const name = `rp_ascii_${process.pid}`;
  afterAll(() => sql.raw(`drop database if exists ${name}`).execute(database.db));

  it("is refused with what to do, before anything is made", async () => {
    await sql
      .raw(`create database ${name} encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C' template template0`)
      .execute(database.db);
    const ascii = await openDatabase({
      databaseUrl: Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href,
    });
    try {
      const refusal = await migrateToLatest(ascii.db).catch((thrown: unknown) => thrown);
      expect(refusal).toBeInstanceOf(UnfitDatabaseError);
      expect(String(refusal)).toMatch(/texts in SQL_ASCII: .*createdb --encoding=UTF8/);
      const { rows } = await sql`select 1 from pg_tables where schemaname = 'public'`.execute(ascii.db);
      expect(rows).toEqual([]);
    } finally {
      await ascii.close();
    }
  });
});
