import { readFileSync } from "node:fs";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { settingNames } from "../src/app/settings.ts";
import { scopes } from "../src/http/contract/common.ts";
import { memberRoles } from "../src/model/conversation.ts";
import { hashPassword } from "../src/shell/password.ts";
import { exportedTables } from "../src/store/contact-data-store.ts";
import { createUser, joinWorkspace } from "../src/store/member-store.ts";
import { sealedColumns } from "../src/store/secret-rotation-store.ts";
import { aTenant, type Tenant, type TestServer, testServer } from "./server.ts";
import { aBrowser } from "./signed-in.ts";

/** docs/security/data.md, held against the database and the API. */
const page = readFileSync("docs/security/data.md", "utf8");
const rowsUnder = (heading: string) =>
  (page.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "")
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .slice(2)
    .map((line) => line.split("|").map((cell) => cell.trim()));
const quoted = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, word = ""]) => word);

let server: TestServer;
let tenant: Tenant;
beforeAll(async () => {
  server = await testServer();
  tenant = await aTenant(server);
});
afterAll(() => server.close());

describe("the table of classes", () => {
  const rows = rowsUnder("Every table").map(
    ([, name = "", kind = "", holds = "", read = "", kept = "", gone = ""]) => ({
      table: quoted(name)[0] ?? "",
      kind,
      columns: quoted(holds),
      read,
      kept,
      gone,
    }),
  );

  async function readColumns(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
    const { rows: found } = await sql<{ tableName: string; columnName: string }>`
      select t.table_name, c.column_name from information_schema.tables t
      join information_schema.columns c on c.table_schema = t.table_schema and c.table_name = t.table_name
      where t.table_schema = current_schema() and t.table_type = 'BASE TABLE' and t.table_name not like 'kysely%'`.execute(
      server.database.db,
    );
    const tables = Map.groupBy(found, ({ tableName }) => tableName);
    return new Map([...tables].map(([name, columns]) => [name, new Set(columns.map((one) => one.columnName))]));
  }

  it("has a row for each table that there is, in their order", async () => {
    expect(rows.map(({ table }) => table)).toEqual([...(await readColumns()).keys()].sort());
  });

  it("gives each a class, who reads it, for how long it is kept, and what a person's deletion does", () => {
    const incomplete = rows.filter(
      ({ kind, read, kept, gone }) =>
        !["secret", "personal", "internal"].includes(kind) || read === "" || kept === "" || gone === "",
    );
    expect(incomplete).toEqual([]);
    const known: readonly string[] = [...scopes, ...settingNames, "system"];
    const named = rows.flatMap(({ read, kept }) => quoted(`${read} ${kept}`));
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });

  it("names every column that looks like a secret, and none that is gone", async () => {
    const real = await readColumns();
    const secret = /^(.*_)?(hash|sealed|secrets?|salt|password|uid)$/;
    const unnamed = [...real].flatMap(([table, columns]) =>
      [...columns]
        .filter((column) => secret.test(column) && !rows.find((row) => row.table === table)?.columns.includes(column))
        .map((column) => `${table}.${column}`),
    );
    expect(unnamed).toEqual([]);
    const lost = rows.flatMap(({ table, columns }) =>
      columns.filter((column) => real.get(table)?.has(column) !== true).map((column) => `${table}.${column}`),
    );
    expect(lost).toEqual([]);
    const plain = sealedColumns.filter(
      ({ table, column }) => !rows.some((row) => row.table === table && row.columns.includes(column)),
    );
    expect(plain).toEqual([]);
  });

  it("says of the tables with a contact's rows, and of no other, that they go with the person", () => {
    const toSnake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const reached = ["contacts", ...exportedTables.map(toSnake)].filter((name) => name !== "broadcast_recipients");
    expect(rows.filter(({ gone }) => gone === "deleted").map(({ table }) => table)).toEqual(reached.sort());
    expect(rows.filter(({ kind, gone }) => gone === "deleted" && kind !== "personal")).toEqual([]);
  });
});

describe("the table of roles", () => {
  const allowed = new Map(
    rowsUnder("Who reads what").map(([, role = "", may = ""]) => [role, may === "all" ? [...scopes] : quoted(may)]),
  );

  it("has every role", () => {
    expect([...allowed.keys()]).toEqual([...memberRoles]);
  });

  it.each(memberRoles)("is what the API lets a member do who is %s", async (role) => {
    const { db } = server.database;
    const [email, password] = [`${role}@example.com`, "correct horse battery"];
    const userId = await createUser(db, { email, name: "", passwordHash: await hashPassword(password) });
    await joinWorkspace(db, tenant.workspace.id, userId, role);
    const browser = aBrowser(server, "10.2.0.1");
    expect((await browser.call("POST", "/auth/session", { email, password })).statusCode).toBe(200);
    const { paths } = (await server.app.inject("/api/v1/openapi.json")).json();
    const asked = new Set<string>();
    for (const [path, methods] of Object.entries<Record<string, { "x-required-scope": string }>>(paths)) {
      for (const [method, { "x-required-scope": scope }] of Object.entries(methods)) {
        const isAllowed = allowed.get(role)?.includes(scope) === true;
        // What is refused is refused everywhere; what is allowed is seen once, and never a stream, which does not end.
        if (isAllowed && (asked.has(scope) || path.endsWith("/live"))) continue;
        // Of things that are not there: nothing is changed.
        const url = path.replaceAll(/\{[^}]+\}/g, "987654321");
        const answer = await browser.call(method.toUpperCase() as "GET", url);
        const isRefused = answer.statusCode === 403 && answer.json().error.code === "token.missing_scope";
        expect([method, path, scope, !isRefused]).toEqual([method, path, scope, isAllowed]);
        asked.add(scope);
      }
    }
    expect([...asked].sort()).toEqual([...scopes].sort());
  });
});
