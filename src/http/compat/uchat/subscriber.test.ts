import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestServer, testServer } from "../../../../test/server.ts";
import {
  aUchatTenant,
  type DoorCase,
  describeDoor,
  doorTenants,
  nobody,
  telegramId,
  type UchatTenant,
} from "../../../../test/uchat-door.ts";
import type { BotUser } from "./bot-user.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());
const tenants = doorTenants(() => aUchatTenant(server));

const info = async ({ door, userNs }: UchatTenant): Promise<BotUser> =>
  (await door("GET /subscriber/get-info", { user_ns: userNs })).json();
const tagNames = async (tenant: UchatTenant) => (await info(tenant)).tags.map(({ name }) => name);
const labelsOf = async ({ call, contactId }: UchatTenant) =>
  (await call("GET", `/contacts/${contactId}`)).json().labels;
const fieldsOf = async (tenant: UchatTenant) =>
  Object.fromEntries((await info(tenant)).user_fields.map(({ name, value }) => [name, value]));

const garbage = () => ({ user_ns: "Ann" });
const noTag = ({ bot }: UchatTenant) => ({ tag_ns: `f${bot.id}t999999` });
const noField = ({ bot }: UchatTenant) => ({ var_ns: `f${bot.id}v1999998` });
const variableNs = ({ bot }: UchatTenant) => ({ var_ns: `f${bot.id}v3` });

const reading: readonly DoorCase[] = [
  {
    endpoint: "GET /subscriber/get-info",
    good: ({ userNs }) => ({ user_ns: userNs }),
    after: ({ userNs }, body: BotUser) => {
      expect(body).toMatchObject({
        user_ns: userNs,
        user_id: String(telegramId),
        first_name: "Ann",
        last_name: "Lee",
        language: "en",
        opted_in_through: "telegram",
        subscribed: "2026-01-15 12:00:00",
        last_interaction: "2026-01-15 12:00:00",
        last_message_type: "in",
      });
    },
    missing: [nobody, garbage],
  },
  {
    endpoint: "GET /subscriber/get-info-by-user-id",
    good: () => ({ user_id: telegramId }),
    after: ({ userNs }, body: BotUser) => expect(body.user_ns).toBe(userNs),
    missing: [() => ({ user_id: "12345" })],
    isOwn: true,
  },
  {
    endpoint: "GET /subscribers",
    good: ({ tagNs, fieldNs }) => ({ tag_ns: tagNs, user_field_ns: fieldNs, limit: "10", page: "1" }),
    missing: [noTag, ({ bot }) => ({ user_field_ns: `f${bot.id}v1999998` })],
    bad: [{ limit: "many" }, { page: 0 }, { is_channel: "pigeon" }, { is_opt_in_email: "perhaps" }],
  },
];

const changing: readonly DoorCase[] = [
  {
    endpoint: "POST /subscriber/create",
    good: () => ({
      first_name: "Bob",
      last_name: "Ray",
      phone: "+7 900 123-45-67",
      email: "Bob@example.com",
      gender: "male",
    }),
    after: (_tenant, body: BotUser) =>
      expect(body).toMatchObject({
        first_name: "Bob",
        phone: "+79001234567",
        email: "Bob@example.com",
        gender: "male",
      }),
    bad: [{ phone: "", email: "" }, { phone: "12" }, { email: "nobody" }],
    isOwn: true,
  },
  {
    endpoint: "POST /subscriber/create-many",
    good: () => ({ users: [{ phone: "+79001234567" }, { email: "b@example.com" }] }),
    after: (_tenant, body: { data: BotUser[] }) =>
      expect(body.data).toMatchObject([{ phone: "+79001234567" }, { email: "b@example.com" }]),
    bad: [{ users: [] }, { users: "+79001234567" }, { users: [{ phone: "12" }] }],
    isOwn: true,
  },
  {
    endpoint: "PUT /subscriber/update",
    good: ({ userNs }) => ({ user_ns: userNs, first_name: "Anna", email: "", image: "https://x.example/a.png" }),
    after: (_tenant, body: BotUser) =>
      expect(body).toMatchObject({ first_name: "Anna", last_name: "Lee", profile_pic: "https://x.example/a.png" }),
    missing: [nobody],
    bad: [{ phone: "12" }, { user_ns: "" }],
  },
  {
    endpoint: "POST /subscriber/add-tag",
    good: ({ userNs, tagNs }) => ({ user_ns: userNs, tag_ns: tagNs }),
    after: async (tenant) => expect(await tagNames(tenant)).toEqual(["vip"]),
    missing: [nobody, noTag, () => ({ tag_ns: "vip" })],
  },
  {
    endpoint: "POST /subscriber/add-tags",
    good: ({ userNs, tagNs }) => ({ user_ns: userNs, data: [{ tag_ns: tagNs }] }),
    after: async (tenant) => expect(await tagNames(tenant)).toEqual(["vip"]),
    missing: [nobody, (tenant) => ({ data: [noTag(tenant)] })],
    bad: [{ data: ["vip"] }, { data: [] }, { data: Array.from({ length: 21 }, () => ({ tag_ns: "f1t1" })) }],
  },
  {
    endpoint: "POST /subscriber/add-tag-by-name",
    good: ({ userNs }) => ({ user_ns: userNs, tag_name: "new" }),
    after: async (tenant) => expect(await tagNames(tenant)).toEqual(["new"]),
    missing: [nobody],
    bad: [{ tag_name: "  " }, { tag_name: { a: 1 } }],
  },
  {
    endpoint: "POST /subscriber/add-tags-by-name",
    good: ({ userNs }) => ({ user_ns: userNs, data: [{ tag_name: "new" }, { tag_name: 2026 }] }),
    after: async (tenant) => expect(await tagNames(tenant)).toEqual(["new", "2026"]),
    missing: [nobody],
  },
  ...(["tag", "tags", "tag-by-name", "tags-by-name"] as const).map(
    (what): DoorCase => ({
      endpoint: `DELETE /subscriber/remove-${what}`,
      good: ({ userNs, tagNs }) => {
        const one = what.endsWith("name") ? { tag_name: "vip" } : { tag_ns: tagNs };
        return { user_ns: userNs, ...(what.startsWith("tags") ? { data: [one] } : one) };
      },
      before: ({ door, userNs }) =>
        door("POST /subscriber/add-tags-by-name", { user_ns: userNs, data: [{ tag_name: "vip" }, { tag_name: "b" }] }),
      after: async (tenant) => {
        const [event] = (await tenant.call("GET", `/contacts/${tenant.contactId}/events`)).json().data;
        expect(event).toMatchObject({ source: "uchat" });
        expect(await tagNames(tenant)).toEqual(["b"]);
      },
      missing: [nobody],
    }),
  ),
  {
    endpoint: "POST /subscriber/add-labels-by-name",
    good: ({ userNs }) => ({ user_ns: userNs, data: [{ label_name: "hot" }] }),
    after: async (tenant) => expect(await labelsOf(tenant)).toEqual(["hot"]),
    missing: [nobody],
    bad: [{ data: ["hot"] }],
  },
  {
    endpoint: "DELETE /subscriber/remove-labels-by-name",
    good: ({ userNs }) => ({ user_ns: userNs, data: [{ label_name: "hot" }] }),
    before: ({ door, userNs }) =>
      door("POST /subscriber/add-labels-by-name", { user_ns: userNs, data: [{ label_name: "hot" }] }),
    after: async (tenant) => expect(await labelsOf(tenant)).toEqual([]),
    missing: [nobody],
  },
];

const fields: readonly DoorCase[] = [
  {
    endpoint: "PUT /subscriber/set-user-field",
    good: ({ userNs, fieldNs }) => ({ user_ns: userNs, var_ns: fieldNs, value: "{{ Perm }}" }),
    after: async (tenant) => expect(await fieldsOf(tenant)).toEqual({ "Home town": "{{ Perm }}" }),
    missing: [nobody, noField, variableNs],
    bad: [{ var_ns: "" }, { value: undefined }],
  },
  {
    endpoint: "PUT /subscriber/set-user-fields",
    good: ({ userNs, fieldNs }) => ({ user_ns: userNs, data: [{ var_ns: fieldNs, value: 7 }] }),
    after: async (tenant) => expect(await fieldsOf(tenant)).toEqual({ "Home town": "7" }),
    missing: [nobody, (tenant) => ({ data: [{ ...noField(tenant), value: "x" }] })],
    bad: [{ data: [{ value: "x" }] }],
  },
  {
    endpoint: "PUT /subscriber/set-user-field-by-name",
    good: ({ userNs }) => ({ user_ns: userNs, field_name: "Home town", value: "Perm" }),
    after: async (tenant) => expect(await fieldsOf(tenant)).toEqual({ "Home town": "Perm" }),
    missing: [nobody, () => ({ field_name: "Shoe size" })],
  },
  {
    endpoint: "PUT /subscriber/set-user-fields-by-name",
    good: ({ userNs }) => ({ user_ns: userNs, data: [{ name: "city", value: "Perm" }] }),
    after: async (tenant) => expect(await fieldsOf(tenant)).toEqual({ "Home town": "Perm" }),
    missing: [nobody, () => ({ data: [{ name: "Shoe size", value: 1 }] })],
  },
  ...(["", "s", "-by-name", "s-by-name"] as const).map(
    (what): DoorCase => ({
      endpoint: `DELETE /subscriber/clear-user-field${what}`,
      good: ({ userNs, fieldNs }) => {
        const named = what.startsWith("s") ? { name: "Home town" } : { field_name: "Home town" };
        const one = what.endsWith("name") ? named : { var_ns: fieldNs };
        return { user_ns: userNs, ...(what.startsWith("s") ? { data: [one] } : one) };
      },
      before: ({ door, userNs }) =>
        door("PUT /subscriber/set-user-field-by-name", { user_ns: userNs, field_name: "city", value: "Perm" }),
      after: async (tenant) => expect(await fieldsOf(tenant)).toEqual({}),
      missing: [nobody],
    }),
  ),
];

describe("the door of a subscriber", () => {
  describeDoor([...reading, ...changing, ...fields], tenants);
});

describe("a subscriber", () => {
  let mine: UchatTenant;
  beforeEach(async () => {
    mine = await aUchatTenant(server);
  });

  it("that is made can be read as it is, and under data", async () => {
    const { data, ...made } = (await mine.door("POST /subscriber/create", { phone: "+79001234567" })).json();
    expect(data).toEqual(made);
    expect((await mine.door("GET /subscriber/get-info", { user_ns: made.user_ns })).json()).toEqual(made);
  });

  it("that is asked for twice is one, known by phone or, without one, by e-mail, and gets what is given", async () => {
    const make = async (input: object) => (await mine.door("POST /subscriber/create", input)).json();
    const first = await make({ phone: "+79001234567", first_name: "Ann" });
    const again = await make({ phone: "8 900 123-45-67", last_name: "Lee", email: "ann@example.com" });
    expect(again).toMatchObject({ user_ns: first.user_ns, first_name: "Ann", last_name: "Lee" });
    expect((await make({ email: "ANN@example.com" })).user_ns).toBe(first.user_ns);
    const other = await make({ phone: "+79001234568", email: "ann@example.com" });
    expect(other.user_ns).not.toBe(first.user_ns);
    const phone = "+79001234569";
    const same = await Promise.all(Array.from({ length: 6 }, () => make({ phone })));
    expect(new Set(same.map((one) => one.user_ns)).size).toBe(1);
    const many = (await mine.door("POST /subscriber/create-many", { users: [{ phone }, { phone }] })).json();
    expect(many.data.map((one: { user_ns: string }) => one.user_ns)).toEqual([same[0].user_ns, same[0].user_ns]);
  });

  it("that is deleted is gone for every call", async () => {
    expect((await mine.door("DELETE /subscriber/delete", { user_ns: mine.userNs })).json()).toEqual({ status: "ok" });
    for (const [endpoint, input] of [
      ["GET /subscriber/get-info", {}],
      ["POST /subscriber/add-tag-by-name", { tag_name: "x" }],
      ["DELETE /subscriber/delete", {}],
    ] as const) {
      const answer = await mine.door(endpoint, { user_ns: mine.userNs, ...input });
      expect([endpoint, answer.statusCode]).toEqual([endpoint, 400]);
    }
  });

  it("shows values of every kind as text", async () => {
    for (const [kind, value, shown] of [
      ["number", 2.5, "2.5"],
      ["boolean", "yes", "true"],
      ["date", "2026-02-03", "2026-02-03"],
      ["list", ["a", "b"], '["a","b"]'],
      ["json", { a: 1 }, '{"a":1}'],
    ] as const) {
      const made = await mine.call("POST", "/fields", { body: { key: kind, name: kind, kind } });
      expect(made.statusCode).toBe(201);
      await mine.door("PUT /subscriber/set-user-field-by-name", { user_ns: mine.userNs, field_name: kind, value });
      expect((await fieldsOf(mine))[kind]).toBe(shown);
    }
    const bad = await mine.door("PUT /subscriber/set-user-field-by-name", {
      user_ns: mine.userNs,
      field_name: "number",
      value: "many",
    });
    expect([bad.statusCode, bad.json().message]).toEqual([400, expect.stringContaining("number")]);
  });

  it("loses a field's value by an empty one", async () => {
    const input = { user_ns: mine.userNs, var_ns: mine.fieldNs };
    for (const empty of ["", null]) {
      await mine.door("PUT /subscriber/set-user-field", { ...input, value: "Perm" });
      const answer = await mine.door("PUT /subscriber/set-user-field", { ...input, value: empty });
      expect([answer.statusCode, await fieldsOf(mine)]).toEqual([200, {}]);
    }
  });
});

describe("the list of subscribers", () => {
  let mine: UchatTenant;
  const found = async (query: object) =>
    (await mine.door("GET /subscribers", query)).json().data.map(({ first_name }: BotUser) => first_name);
  beforeEach(async () => {
    mine = await aUchatTenant(server);
    await mine.door("POST /subscriber/create", { first_name: "Bob", phone: "+79001234567", email: "bob@example.com" });
    await mine.door("POST /subscriber/create", { first_name: "Cid", phone: "+79001234568" });
    await mine.door("POST /subscriber/add-tag", { user_ns: mine.userNs, tag_ns: mine.tagNs });
    await mine.door("PUT /subscriber/set-user-field", { user_ns: mine.userNs, var_ns: mine.fieldNs, value: "Perm" });
  });

  it.each([
    ["all, oldest first", {}, ["Ann", "Bob", "Cid"]],
    ["a page", { limit: 1, page: 2 }, ["Bob"]],
    ["a page beyond the last", { page: 5 }, []],
    ["part of a name", { name: "bo" }, ["Bob"]],
    ["first and last name", { name: "ann lee" }, ["Ann"]],
    ["what a pattern would be", { name: "%" }, []],
    ["a phone in another form", { phone: "8 (900) 123-45-67" }, ["Bob"]],
    ["digits of a phone", { phone: "90012345" }, ["Bob", "Cid"]],
    ["an e-mail whatever its case", { email: "BOB@example.com" }, ["Bob"]],
    ["a channel", { is_channel: "telegram" }, ["Ann"]],
    ["another channel", { is_channel: "web" }, []],
    ["who wrote lately", { is_interacted_in_last_24h: "yes" }, ["Ann"]],
    ["who did not", { is_interacted_in_last_24h: "no" }, ["Bob", "Cid"]],
    ["whom the bot spoke to lately", { is_bot_interacted_in_last_24h: "yes" }, []],
    ["with whom anybody spoke lately", { is_last_message_in_last_24h: "yes" }, ["Ann"]],
    ["a label that nobody has", { label_id: 999_999 }, []],
  ])("narrows to %s", async (_what, query, names) => {
    expect(await found(query)).toEqual(names);
  });

  it("narrows to a tag, and to a field's value", async () => {
    expect(await found({ tag_ns: mine.tagNs })).toEqual(["Ann"]);
    expect(await found({ user_field_ns: mine.fieldNs, user_field_value: "Perm" })).toEqual(["Ann"]);
    expect(await found({ user_field_ns: mine.fieldNs, user_field_value: "Omsk" })).toEqual([]);
  });

  it("comes in pages that lead on, and says how many there are", async () => {
    const first = (await mine.door("GET /subscribers", { limit: 2, name: "" })).json();
    expect(first.meta).toMatchObject({ current_page: 1, last_page: 2, per_page: 2, total: 3, from: 1, to: 2 });
    expect(first.links).toMatchObject({ prev: null, next: expect.stringContaining("limit=2") });
    const { pathname, search } = new URL(first.links.next);
    const headers = { authorization: `Bearer ${mine.botToken}` };
    const second = (await server.app.inject({ method: "GET", url: `${pathname}${search}`, headers })).json();
    expect(second.data.map(({ first_name }: BotUser) => first_name)).toEqual(["Cid"]);
    expect([second.meta.total, second.links.next]).toEqual([3, null]);
    const beyond = (await mine.door("GET /subscribers", { limit: 2, page: 9 })).json();
    expect([beyond.data, beyond.meta.total, beyond.links.next]).toEqual([[], 3, null]);
  });

  it("forgets who wrote a day ago", async () => {
    server.pass(86_400_001);
    expect(await found({ is_interacted_in_last_24h: "yes" })).toEqual([]);
  });
});

describe("a tag by its ns", () => {
  it("is the same tag after it was renamed, at once", async () => {
    const mine = await aUchatTenant(server);
    const input = { user_ns: mine.userNs, tag_ns: mine.tagNs };
    const rename = (name: string) => mine.call("PATCH", `/tags/${mine.tagNs.split("t")[1]}`, { body: { name } });
    await mine.door("POST /subscriber/add-tag", input);
    await rename("very important");
    expect((await mine.door("DELETE /subscriber/remove-tag", input)).statusCode).toBe(200);
    expect(await tagNames(mine)).toEqual([]);
    await rename("most important");
    expect((await mine.door("POST /subscriber/add-tag", input)).statusCode).toBe(200);
    expect(await tagNames(mine)).toEqual(["most important"]);
    expect((await mine.call("GET", "/tags")).json().data).toHaveLength(1);
  });
});
