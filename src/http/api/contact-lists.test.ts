import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";

let server: TestServer;
let mine: Tenant;
let other: Tenant;
beforeAll(async () => {
  server = await testServer();
  [mine, other] = [await aTenant(server), await aTenant(server)];
  for (const [name, body] of Object.entries(people)) await aContact(mine, { name, ...body });
  await aContact(mine, { email: "nameless@example.com" });
  await aContact(other, { name: "Ann of others" });
});
afterAll(() => server.close());

const people = {
  "Ann Lee": { email: "ann@mail.example", phone: "+79161234567", tags: ["vip"] },
  "Борис Ёлкин": { phone: "+4915112345678" },
  "carol 50%": { tags: ["vip"], clientExternalId: "GC-77" },
  "Dan _x": {},
};
const aContact = async (tenant: Tenant, body: object) => {
  const made = await tenant.call("POST", "/contacts", { body: { bot: tenant.bot.ref, ...body } });
  expect(made.statusCode, made.body).toBe(201);
};
const search = async (body: object, tenant = mine) => (await tenant.call("POST", "/contacts/search", { body })).json();
const namesOf = ({ data }: { data: { name: string | null; email: string }[] }) =>
  data.map(({ name, email }) => name ?? email);
const isVip = { match: "all", rules: [{ subject: "tag", key: "vip", operator: "has" }] };
/** A pattern is the engine's to judge. */
const byPattern = { match: "all", rules: [{ subject: "profile", key: "name", operator: "matches", value: "^[A-D]" }] };

describe("a search of contacts", () => {
  it.each([
    ["lee", ["Ann Lee"]],
    ["nn le", ["Ann Lee"]],
    ["БОРИС", ["Борис Ёлкин"]],
    ["ёл", ["Борис Ёлкин"]],
    ["gc-7", ["carol 50%"]],
    ["0%", []],
    ["50%", ["carol 50%"]],
    ["_x", ["Dan _x"]],
    ["mail.example", ["Ann Lee"]],
    ["8 (916) 123-45-67", ["Ann Lee"]],
    ["61 23-45", ["Ann Lee"]],
    ["a", ["Ann Lee"]],
    ["ee", []],
    ["nobody", []],
  ])("finds %j", async (q, names) => {
    expect(namesOf(await search({ q })).sort()).toEqual(names);
    if (q.length > 2)
      expect((await mine.call("GET", `/contacts?q=${encodeURIComponent(q)}`)).json().data).toHaveLength(names.length);
  });

  it("finds by user name and by cuid", async () => {
    const [ann] = (await search({ q: "Ann" })).data;
    expect(namesOf(await search({ q: ann.cuid }))).toEqual(["Ann Lee"]);
    await server.database.db.insertInto("channels").values({ botId: mine.bot.id, kind: "fake", name: "F" }).execute();
    await server.database.db
      .insertInto("identities")
      .values(({ selectFrom }) => ({
        contactId: ann.id,
        channelId: selectFrom("channels").select("id").where("botId", "=", mine.bot.id),
        externalId: "x",
        username: "Lady_Ann",
      }))
      .execute();
    expect(namesOf(await search({ q: "y_an" }))).toEqual(["Ann Lee"]);
  });

  it("goes by condition, by segment, by both, newest or oldest first or by name, who has none last", async () => {
    const made = await mine.call("POST", "/segments", { body: { name: "Vips", condition: isVip } });
    expect(namesOf(await search({ condition: isVip }))).toEqual(["carol 50%", "Ann Lee"]);
    expect(namesOf(await search({ segment: made.json().id, q: "lee" }))).toEqual(["Ann Lee"]);
    expect(namesOf(await search({ condition: byPattern, order: "oldest" }))).toEqual(["Ann Lee", "Dan _x"]);
    expect(namesOf(await search({ order: "name" }))).toEqual([
      "Ann Lee",
      "carol 50%",
      "Dan _x",
      "nameless@example.com",
      "Борис Ёлкин",
    ]);
  });

  it.each(["newest", "oldest", "name"])("comes in pages that overlap nowhere, %s", async (order) => {
    const whole = namesOf(await search({ order }));
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await search({ order, limit: 2, ...(cursor === null ? {} : { cursor }) });
      found.push(...namesOf(page));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(found).toEqual(whole);
    expect(found).toHaveLength(5);
  });

  it("is refused with a condition that is none, a segment of others and a foreign cursor", async () => {
    const theirs = await other.call("POST", "/segments", { body: { name: "Theirs", condition: isVip } });
    for (const [body, code] of [
      [
        { condition: { match: "all", rules: [{ subject: "field", key: "x", operator: "sounds_like" }] } },
        "segment.bad_condition",
      ],
      [{ segment: theirs.json().id }, "segment.not_found"],
      [{ cursor: "bm9uZQ" }, "request.bad_cursor"],
      [{ bot: "elsewhere" }, "bot.not_found"],
      [{ q: "  " }, "request.invalid"],
    ] as const) {
      expect((await search(body)).error.code).toBe(code);
    }
  });
});

describe("a count of contacts", () => {
  const count = async (body: object) => (await mine.call("POST", "/contacts/count", { body })).json();

  it("is whole where it is quick", async () => {
    expect(await count({})).toEqual({ count: 5, share: 1, nextCursor: null });
    expect(await count({ condition: isVip })).toEqual({ count: 2, share: 1, nextCursor: null });
    expect(await count({ condition: byPattern, q: "ann" })).toEqual({ count: 1, share: 1, nextCursor: null });
  });
});
