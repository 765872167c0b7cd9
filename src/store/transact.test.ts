import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import { isOnServer } from "../../test/shell.ts";
import { isPassingFault } from "./passing-fault.ts";
import { createWorkspace } from "./workspace-store.ts";

let database: TestDatabase;
let workspaces = 0;
let domain: string;
beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(() => {
  workspaces += 1;
  domain = `w${workspaces}`;
});
afterAll(() => database.close());

const add = (trx: TestDatabase["db"]) => createWorkspace(trx, { domain, name: "W" });
const isThere = async () => {
  const found = await database.db.selectFrom("workspaces").select("id").where("domain", "=", domain).execute();
  return found.length === 1;
};

describe("a transaction", () => {
  it("commits what it wrote, the last statement too, and gives what that gave", async () => {
    const made = await database.transact(async (trx) => ({ last: add(trx) }));
    expect(made).toMatchObject({ domain });
    expect(await isThere()).toBe(true);
  });

  it("runs statements in the order in which they were made, though none waits for the one before", async () => {
    for (let round = 0; round < 20; round += 1) {
      const rows = await database.transact(async (trx) => {
        await sql`create temporary table if not exists steps (at serial, name text) on commit drop`.execute(trx);
        const names = Array.from({ length: 12 }, (_, index) => String(index));
        const all = names.map((name, index) => {
          const statement = sql`/* prepare */ insert into steps (name) values (${name})`;
          return statement.execute(index % 3 === 0 ? trx.withoutPlugins() : trx);
        });
        const read = sql<{ name: string }>`select name from steps order by at`.execute(trx);
        await Promise.all(all);
        return { last: read };
      });
      expect(rows.rows.map(({ name }) => Number(name))).toEqual(Array.from({ length: 12 }, (_, index) => index));
    }
  });

  it.each(["its work", "its last statement", "a statement nobody looked at"])(
    "leaves nothing where %s fails",
    async (what) => {
      const broken = (trx: TestDatabase["db"]) => sql`select 1 / 0`.execute(trx);
      const attempt = database.transact(async (trx) => {
        await add(trx);
        if (what === "its work") throw new Error("division by zero");
        if (what === "its last statement") return { last: broken(trx) };
        broken(trx).catch(() => undefined);
        return { last: sql`select 1`.execute(trx) };
      });
      await expect(attempt).rejects.toThrow(/division by zero|aborted/);
      expect(await isThere()).toBe(false);
      // The connection goes on to serve.
      await database.transact(async (trx) => ({ last: add(trx) }));
      expect(await isThere()).toBe(true);
    },
  );

  it.runIf(isOnServer)("whose connection breaks says so to its caller, and to nobody else", async () => {
    const attempt = database.transact(async (trx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx);
      await sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(database.db);
      await expect(sql`select 1`.execute(trx)).rejects.toThrow();
      return { last: add(trx).then((made) => made) };
    });
    await expect(attempt).rejects.toSatisfy(isPassingFault);
    expect(await isThere()).toBe(false);
    await database.transact(async (trx) => ({ last: add(trx) }));
    expect(await isThere()).toBe(true);
  });
});
