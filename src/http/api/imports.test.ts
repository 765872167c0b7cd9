import { afterAll, beforeAll, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import { maxImportBytes } from "../../model/import.ts";

let server: TestServer;
let tenant: Tenant;
beforeAll(async () => {
  server = await testServer();
  tenant = await aTenant(server);
  await tenant.call("POST", "/fields", { body: { key: "city", name: "City", kind: "text" } });
});
afterAll(() => server.close());

const upload = async (body: string | Buffer, query = `bot=${tenant.bot.ref}&name=people.csv`, from = tenant) =>
  await from.call("POST", `/imports?${query}`, { body, headers: { "content-type": "text/csv" } });

it("takes a file, says how it reads it, and lets that be changed", async () => {
  const answer = await upload("Name;Phone;City;Other\nAnn;1;Bonn;x\nBob;2;;y\n");
  expect([answer.statusCode, answer.json()]).toMatchObject([
    201,
    {
      name: "people.csv",
      status: "uploaded",
      separator: ";",
      encoding: "utf-8",
      columns: ["Name", "Phone", "City", "Other"],
      mapping: ["name", "phone", "field:city", null],
      sample: [
        ["Ann", "1", "Bonn", "x"],
        ["Bob", "2", "", "y"],
      ],
      lines: 2,
    },
  ]);
  const { id } = answer.json();
  const change = async (body: object) => (await tenant.call("PATCH", `/imports/${id}`, { body })).json();
  expect(await change({ mapping: ["name", "phone", null, "tags"], tags: ["new"] })).toMatchObject({
    mapping: ["name", "phone", null, "tags"],
    tags: ["new"],
  });
  expect(await change({ separator: "," })).toMatchObject({ columns: ["Name;Phone;City;Other"] });
  expect((await change({ mapping: ["name", "phone"] })).error.code).toBe("request.invalid");
  expect((await tenant.call("GET", `/imports/${id}/preview`)).json().columns).toHaveLength(1);
});

it("enqueues a check and an import once each, and refuses what is out of turn", async () => {
  const { id } = (await upload("name\nAnn\n")).json();
  const step = async (name: string) => (await tenant.call("POST", `/imports/${id}/${name}`)).json();
  expect(await step("start")).toMatchObject({ status: "running" });
  expect(server.enqueued.at(-1)).toMatchObject({ kind: "run-import", data: { id } });
  expect((await step("start")).error.code).toBe("import.bad_state");
  expect((await step("check")).error.code).toBe("import.bad_state");
  expect(await step("cancel")).toMatchObject({ status: "cancelled" });
  expect((await tenant.call("GET", "/imports")).json().data[0]).toMatchObject({ id, status: "cancelled" });
});

it("refuses what is no file of contacts, too large, or somebody else's", async () => {
  const codeOf = (answer: { json(): { error: { code: string } } }) => answer.json().error.code;
  expect(codeOf(await upload(""))).toBe("import.bad_file");
  expect(codeOf(await upload("name,email\n"))).toBe("import.bad_file");
  expect(codeOf(await upload(Buffer.alloc(maxImportBytes + 1, "a")))).toBe("import.too_large");
  const other = await aTenant(server);
  expect(codeOf(await upload("name\nAnn\n", `bot=${tenant.bot.ref}`, other))).toBe("bot.not_found");
  const { id } = (await upload("name\nAnn\n")).json();
  expect(codeOf(await other.call("GET", `/imports/${id}/refused.csv`))).toBe("import.not_found");
});

it("gives the refused lines back as a file, with what is wrong with each", async () => {
  const { id } = (await upload("name,email\nAnn,a@example.com\n=1+1,bad\nBob\n")).json();
  const { db } = server.database;
  await db
    .insertInto("importLines")
    .values([
      { importId: id, place: 1, line: 2, status: "created", reason: null },
      { importId: id, place: 2, line: 3, status: "refused", reason: "bad e-mail" },
      { importId: id, place: 3, line: 4, status: "refused", reason: "too short" },
    ])
    .execute();
  const file = await tenant.call("GET", `/imports/${id}/refused.csv`);
  expect(file.headers["content-disposition"]).toContain(`refused-${id}.csv`);
  expect(file.body).toBe("\ufeffname,email,problem\r\n'=1+1,bad,bad e-mail\r\nBob,,too short\r\n");
  const template = await tenant.call("GET", "/imports/template.csv");
  expect(template.body).toBe("\ufeffname,email,phone,clientExternalId,tags,city\r\n");
});

it("exports contacts with the columns chosen, and no formula", async () => {
  const make = (body: object) => tenant.call("POST", "/contacts", { body: { bot: tenant.bot.ref, ...body } });
  await make({ name: '=cmd("x")', phone: "+79161234567", fields: { city: "Bonn, Rhein" }, tags: ["a", "b"] });
  await make({ name: "Outside" });
  const condition = JSON.stringify({ match: "all", rules: [{ subject: "tag", key: "a", operator: "has" }] });
  const query = `columns=name,phone,tags,field.city&condition=${encodeURIComponent(condition)}`;
  const file = await tenant.call("GET", `/contacts/export.csv?${query}`);
  expect(file.headers["content-type"]).toBe("text/csv; charset=utf-8");
  expect(file.body).toBe('\ufeffname,phone,tags,City\r\n"\'=cmd(""x"")",\'+79161234567,"a, b","Bonn, Rhein"\r\n');
  const back = await upload(file.body);
  expect(back.json().mapping).toEqual(["name", "phone", "tags", "field:city"]);
  expect((await tenant.call("GET", "/contacts/export.csv?columns=shoes")).json().error.code).toBe("request.invalid");
});
