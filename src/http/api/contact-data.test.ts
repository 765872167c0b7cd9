import { sql } from "kysely";
import { afterAll, beforeAll, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import { exportedTables } from "../../store/contact-data-store.ts";

let server: TestServer;
let tenant: Tenant;
beforeAll(async () => {
  server = await testServer();
  tenant = await aTenant(server);
});
afterAll(() => server.close());

const toSnake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const aContact = async (body: object): Promise<{ id: number; cuid: string }> =>
  (await tenant.call("POST", "/contacts", { body: { bot: tenant.bot.ref, ...body } })).json();

async function contactTables(): Promise<string[]> {
  const { rows } = await sql<{ tableName: string }>`select table_name from information_schema.columns
    where column_name = 'contact_id' and table_schema = current_schema() order by table_name`.execute(
    server.database.db,
  );
  return rows.map(({ tableName }) => tableName);
}

/** Puts a row for the contact into a table, whatever it takes: every column that has to be there gets something of its type. */
async function fill(table: string, contactId: number): Promise<void> {
  const { db } = server.database;
  const { rows } = await sql<{ columnName: string; dataType: string; columnDefault: string | null }>`
    select column_name, data_type, column_default from information_schema.columns where table_schema = current_schema()
      and table_name = ${table} and is_nullable = 'NO' and is_identity = 'NO' and is_generated = 'NEVER' order by ordinal_position`.execute(
    db,
  );
  const wanted = rows.filter((row) => row.columnName === "contact_id" || row.columnDefault === null);
  const values = wanted.map(({ columnName, dataType }) => {
    if (columnName === "contact_id") return sql`${contactId}::bigint`;
    if (columnName === "workspace_id") return sql`${tenant.workspace.id}::bigint`;
    if (dataType === "bigint" || dataType === "integer") return sql.raw(String(filler));
    if (dataType === "smallint") return sql`1`;
    if (dataType === "boolean") return sql`true`;
    if (dataType === "date") return sql`current_date`;
    if (dataType === "uuid") return sql`gen_random_uuid()`;
    if (dataType.startsWith("json")) return sql`'[]'`;
    return dataType.startsWith("timestamp") ? sql`now()` : sql.raw(`'${allowed[columnName] ?? `x${filler}`}'`);
  });
  const columns = wanted.map(({ columnName }) => columnName);
  if (!columns.includes("contact_id")) {
    columns.push("contact_id");
    values.push(sql`${contactId}::bigint`);
  }
  await sql`insert into ${sql.table(table)} (${sql.join(columns.map((name) => sql.ref(name)))}) values (${sql.join(values)})`.execute(
    db,
  );
}
/** Any number: nobody else has a row with it. */
const filler = 987_654;
const allowed: Readonly<Record<string, string>> = { direction: "in", waits_for: "time", status: "paid" };

it("names every table that belongs to a contact", async () => {
  expect(exportedTables.map(toSnake).sort()).toEqual(await contactTables());
});

it("exports the rows of every such table, and deleting the contact leaves none of them", async () => {
  const { id } = await aContact({ name: "Ann", tags: ["vip"] });
  const { db } = server.database;
  // Rows of other tables that these would have to refer to are not the point.
  const { rows: constraints } = await sql<{
    name: string;
    owner: string;
    target: string;
  }>`select con.conname as name, con.conrelid::regclass::text as owner,
      con.confrelid::regclass::text as target from pg_constraint con join pg_namespace n on n.oid = con.connamespace
    where con.contype = 'f' and n.nspname = current_schema()`.execute(db);
  const tables = await contactTables();
  for (const { name, owner, target } of constraints) {
    const [table, referred] = [owner, target].map((one) => one.split(".").at(-1));
    if (table !== undefined && tables.includes(table) && referred !== "contacts") {
      await sql`alter table ${sql.table(table)} drop constraint ${sql.ref(name)}`.execute(db);
    }
  }
  const had: Record<string, unknown[]> = (await tenant.call("GET", `/contacts/${id}/data`)).json();
  for (const name of exportedTables) if ((had[name] ?? []).length === 0) await fill(toSnake(name), id);
  const answer = await tenant.call("GET", `/contacts/${id}/data`);
  const data = answer.json();
  expect(data.contact).toMatchObject({ id, name: "Ann" });
  expect(data.contactTags).toMatchObject([{ name: "vip" }]);
  for (const name of exportedTables) expect([name, data[name].length]).not.toEqual([name, 0]);
  expect((await tenant.call("DELETE", `/contacts/${id}`)).statusCode).toBe(204);
  const left: string[] = [];
  for (const table of tables) {
    const { rows } = await sql`select from ${sql.table(table)} where contact_id = ${id}`.execute(db);
    if (rows.length > 0) left.push(table);
  }
  // A ledger's line is a number alone: whose it was is known no more.
  expect(left).toEqual(["broadcast_recipients"]);
});

it("exports when a person opted out and in, and by which door", async () => {
  const { id } = await aContact({});
  for (const action of ["opt_out", "opt_in"]) {
    await tenant.call("POST", `/contacts/${id}/actions`, { body: { action, args: {} } });
  }
  const { events } = (await tenant.call("GET", `/contacts/${id}/data`)).json();
  const changes = (events as { source: string; occurredAt: string; facts: { kind: string }[] }[]).filter(({ facts }) =>
    facts.some(({ kind }) => kind.startsWith("opted_")),
  );
  expect(changes.map(({ facts, source }) => [facts[0]?.kind, source])).toEqual([
    ["opted_out", "api"],
    ["opted_in", "api"],
  ]);
  expect(changes.every(({ occurredAt: at }) => Number.isFinite(Date.parse(at)))).toBe(true);
});

it("is shown to nobody else", async () => {
  const { id } = await aContact({});
  const other = await aTenant(server);
  expect((await other.call("GET", `/contacts/${id}/data`)).json().error.code).toBe("contact.not_found");
});

it("says before a merge what would move and what would be lost", async () => {
  await tenant.call("POST", "/fields", { body: { key: "city", name: "City", kind: "text" } });
  const ann = await aContact({ name: "Ann", email: "ann@example.com", fields: { city: "Berlin" } });
  const anna = await aContact({ name: "Anna", phone: "+79161234567", fields: { city: "Bonn" }, tags: ["b"] });
  const preview = await tenant.call("GET", `/contacts/${ann.id}/merge-preview?secondary=cuid:${anna.cuid}`);
  expect(preview.json()).toMatchObject({
    merged: { id: ann.id, name: "Ann", phone: "+79161234567", tags: ["b"], fields: { city: "Berlin" } },
    secondary: { id: anna.id, name: "Anna" },
    moved: { contactTags: 1, contactFields: 1, events: 1 },
    lost: { profile: { name: "Anna" }, fields: { city: "Bonn" } },
    ended: [],
  });
  expect((await tenant.call("GET", `/contacts/${ann.id}`)).json().phone).toBeNull();
  const itself = await tenant.call("GET", `/contacts/${ann.id}/merge-preview?secondary=${ann.id}`);
  expect(itself.json().error.code).toBe("contact.merge_itself");
});

it("finds events of a contact by kind, of what happened or what followed", async () => {
  const { id } = await aContact({ name: "Kim" });
  await tenant.call("POST", `/contacts/${id}/actions`, { body: { action: "add_tag", args: { tag: "k" } } });
  const kinds = async (query: string) => {
    const answer = await tenant.call("GET", `/contacts/${id}/events?${query}`);
    expect(answer.statusCode, answer.body).toBe(200);
    return answer.json().data.map((one: { kind: string }) => one.kind);
  };
  expect(await kinds("kind=tag_added")).toEqual(["actions"]);
  expect(await kinds("kind=message&kind=tag_removed")).toEqual([]);
  expect(await kinds("kind=actions")).toHaveLength(2);
});
