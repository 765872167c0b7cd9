import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { aVisitor, chatbotDoor } from "../../../../test/chatbot-door.ts";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../../test/server.ts";
import { toObjectId } from "../../../engine/object-id.ts";
import { createdSchema, doneSchema, errorSchema, objectIdSchema } from "./answers.ts";
import { userSchema } from "./user.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

let tenant: Tenant;
let token: string;
beforeEach(async () => {
  tenant = await aTenant(server);
  token = await tenant.mintToken({ kind: "chatbot" });
});

const { call, good, refused } = chatbotDoor(
  () => server,
  () => token,
);

const listSchema = z.strictObject({ data: z.array(userSchema), count: z.number().int() });
const aUser = async (body: object = {}) => (await good(createdSchema, "POST", "/users", body)).id;
const read = async (id: string) => await good(userSchema, "GET", `/users/${id}`);
const names = async (query: string) =>
  (await good(listSchema, "GET", `/users?${query}`)).data.map(({ attributes }) => attributes.default_name);
const json = (value: unknown) => encodeURIComponent(JSON.stringify(value));

describe("a user", () => {
  it("is made once, however many ask for the same userId at the same moment", async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => call("POST", "/users", { userId: "customer-7" })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 7 }, () => 400)]);
    const found = await tenant.call("GET", "/contacts?clientExternalId=customer-7");
    expect(found.json().data).toHaveLength(1);
  });

  it("is made with an id of the caller's, attributes of any key and segments, and read back", async () => {
    const segment = (await good(createdSchema, "POST", "/users/segments", { name: "vip" })).id;
    const id = await aUser({
      userId: "customer-1",
      segments: segment,
      attributes: {
        default_email: "joe@doe.com",
        default_name: "Joe",
        default_city: "Perm",
        "Shoe size": 44,
        plan: "{{ x }}",
      },
      surplus: true,
    });
    const user = await read(id);
    expect(user).toMatchObject({ id, userId: "customer-1", banned: false, conversations: 0, segments: [segment] });
    expect(user.attributes).toMatchObject({
      default_email: "joe@doe.com",
      default_name: "Joe",
      default_city: "Perm",
      default_url: null,
      "Shoe size": "44",
      plan: "{{ x }}",
    });
    const { data: fields } = (await tenant.call("GET", "/fields")).json();
    expect(fields.map(({ key }: { key: string }) => key).sort()).toEqual(["default_city", "plan", "shoe_size"]);
  });

  it("gets an id where none is given: the e-mail, else one that is made", async () => {
    expect((await read(await aUser({ attributes: { default_email: "ann@example.com" } }))).userId).toBe(
      "ann@example.com",
    );
    expect((await read(await aUser())).userId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each(["Male", "Female", "Other"])(
    "has each of the attributes of ChatBot's own, with the gender %s, when made and when changed",
    async (gender) => {
      const own = (word: string) => ({
        default_email: `${word}@example.com`,
        default_name: word,
        default_url: `https://${word}.example.com`,
        default_avatar: `https://example.com/${word}.png`,
        default_language: "pl",
        default_timezone: "Europe/Warsaw",
        default_gender: gender,
        default_ip: "198.51.100.7",
        default_city: `City of ${word}`,
        default_region: `Region of ${word}`,
        default_country: `Country of ${word}`,
        default_referrer: `https://${word}.example.com/ad`,
        default_username: word,
      });
      const id = await aUser({ attributes: own("joe") });
      expect((await read(id)).attributes).toEqual(own("joe"));
      await good(doneSchema, "PUT", `/users/${id}`, { attributes: own("ann"), surplus: 1 });
      expect((await read(id)).attributes).toEqual(own("ann"));
    },
  );

  it("is changed, and loses what is empty", async () => {
    const id = await aUser({ attributes: { default_name: "Joe", city: "Perm" } });
    const attributes = { default_name: "Joseph", city: null, note: "x" };
    await good(doneSchema, "PUT", `/users/${id}`, { attributes });
    const user = await read(id);
    expect(user.attributes).toMatchObject({ default_name: "Joseph", note: "x" });
    expect(user.attributes).not.toHaveProperty("city");
  });

  it("who is banned gets no flow and no message until unbanned", async () => {
    const visitor = await aVisitor(server, tenant);
    const { id } = visitor;
    expect(await visitor.said()).toEqual(["Hello!"]);
    await good(doneSchema, "PUT", `/users/${id}/ban`, { banned: true });
    expect((await read(id)).banned).toBe(true);
    expect(await names("filters[0][type]=banned&filters[0][value]=true")).toHaveLength(1);
    await visitor.hear("hello");
    server.pass(3_600_000);
    expect(await visitor.said()).toEqual(["Hello!"]);
    await good(doneSchema, "PUT", `/users/${id}/ban`, { banned: "false" });
    expect((await read(id)).banned).toBe(false);
    await visitor.hear("hello");
    expect(await visitor.said()).toEqual(["Hello!", "Hello!"]);
  });

  it.each([
    ["POST", "/users", { userId: "x".repeat(257) }],
    ["POST", "/users", { attributes: "x" }],
    ["POST", "/users", { attributes: { default_email: "nobody" } }],
    ["POST", "/users", { attributes: { default_name: "x".repeat(257) } }],
    [
      "POST",
      "/users",
      { attributes: Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${index}`, "x"])) },
    ],
    ["POST", "/users", { attributes: { note: "x".repeat(1025) } }],
    ["PUT", "/users/ID", { attributes: { default_timezone: "Nowhere" } }],
    ["PUT", "/users/ID/ban", { banned: "perhaps" }],
    ["POST", "/users/segments", { name: " " }],
    ["GET", "/users/123", undefined],
  ] as const)("%s %s refuses %j", async (method, path, body) => {
    await refused(400, method, path.replace("ID", await aUser()), body);
  });

  it("is not made twice with one userId", async () => {
    await aUser({ userId: "one" });
    expect(await refused(400, "POST", "/users", { userId: "one" })).toContain("one");
  });

  it("who is not there, or another workspace's, is 404 everywhere", async () => {
    const id = await aUser();
    const other = await aTenant(server);
    const foreign = await other.mintToken({ kind: "chatbot" });
    for (const [method, path, body] of [
      ["GET", "", undefined],
      ["PUT", "", { attributes: { a: "b" } }],
      ["PUT", "/ban", { banned: true }],
      ["POST", "/segments", { segmentIds: [] }],
      ["PUT", "/segments", { segmentIds: [] }],
    ] as const) {
      await refused(404, method, `/users/${id}${path}`, body, foreign);
      await refused(404, method, `/users/${toObjectId("user", 999_999)}${path}`, body);
      await refused(404, method, `/users/${toObjectId("story", 1)}${path}`, body);
    }
    expect((await call("GET", "/users", undefined, foreign)).body).toEqual({ data: [], count: 0 });
  });
});

describe("segments", () => {
  it("are tags: made once, listed, added and replaced", async () => {
    const make = async (name: string) => (await good(createdSchema, "POST", "/users/segments", { name })).id;
    const [vip, lead] = [await make("vip"), await make("lead")];
    expect(await make("vip")).toBe(vip);
    const list = await good(
      z.array(z.strictObject({ id: objectIdSchema, name: z.string() })),
      "GET",
      "/users/segments",
    );
    expect(list).toEqual([
      { id: lead, name: "lead" },
      { id: vip, name: "vip" },
    ]);
    const id = await aUser();
    await good(doneSchema, "POST", `/users/${id}/segments`, { segmentIds: [vip] });
    await good(doneSchema, "POST", `/users/${id}/segments`, { segmentIds: ["lead"] });
    expect((await read(id)).segments).toEqual([vip, lead]);
    await good(doneSchema, "PUT", `/users/${id}/segments`, { segmentIds: [lead] });
    expect((await read(id)).segments).toEqual([lead]);
    await refused(404, "POST", `/users/${id}/segments`, { segmentIds: [toObjectId("segment", 999_999)] });
    const other = await aTenant(server);
    const foreign = await other.mintToken({ kind: "chatbot" });
    await refused(404, "POST", "/users", { segments: [vip], attributes: { surplus: "x" } }, foreign);
    expect((await other.call("GET", "/fields")).json().data).toEqual([]);
  });
});

describe("the search for users", () => {
  beforeEach(async () => {
    const segment = (await good(createdSchema, "POST", "/users/segments", { name: "vip" })).id;
    for (const [name, more] of [
      ["Ann", { segments: [segment], attributes: { default_email: "ann@example.com", city: "Perm" } }],
      ["Bob", { userId: "b-1", attributes: { city: "Moscow" } }],
      ["Cid", {}],
    ] as const) {
      await aUser({ ...more, attributes: { default_name: name, ...("attributes" in more ? more.attributes : {}) } });
      server.pass(86_400_000);
    }
  });

  it("gives all, newest first, in pages by `after`", async () => {
    const { data, count } = await good(listSchema, "GET", "/users?limit=2");
    expect([data.map(({ attributes }) => attributes.default_name), count]).toEqual([["Cid", "Bob"], 3]);
    expect(await names(`limit=2&after=${data[1]?.id}`)).toEqual(["Ann"]);
    expect(await names(`sort[field]=createdAt&sort[order]=asc&after=${data[1]?.id}`)).toEqual(["Cid"]);
  });

  it("sorts by who was seen last, in pages too", async () => {
    const ids = await server.database.db.selectFrom("contacts").select("id").where("name", "=", "Ann").execute();
    await server.database.db
      .updateTable("contacts")
      .set({ lastInboundAt: new Date(server.now() + 1000) })
      .where(
        "id",
        "in",
        ids.map(({ id }) => id),
      )
      .where("workspaceId", "=", tenant.workspace.id)
      .execute();
    expect(await names("sort[field]=lastSeen")).toEqual(["Ann", "Cid", "Bob"]);
    const { data } = await good(listSchema, "GET", "/users?sort[field]=lastSeen&limit=1");
    expect(await names(`sort[field]=lastSeen&after=${data[0]?.id}`)).toEqual(["Cid", "Bob"]);
  });

  it("reads the query in brackets, with dots, as JSON, and from the body of a GET", async () => {
    const filter = { type: "default_name", operator: "equal", value: "Bob" };
    const sort = { field: "createdAt", order: "asc" };
    expect(await names("filters[0][type]=default_name&filters[0][value]=Bob")).toEqual(["Bob"]);
    expect(await names("sort.field=createdAt&sort.order=asc")).toEqual(["Ann", "Bob", "Cid"]);
    expect(await names(`filters=${json([filter])}&sort=${json(sort)}`)).toEqual(["Bob"]);
    expect(await names(`filters[]=${json(filter)}&after=&match=`)).toEqual(["Bob"]);
    expect((await call("GET", "/users", { sort: null, filters: null, after: null, more: 1 })).body.count).toBe(3);
    const answer = await call("GET", "/users", { filters: [filter], sort });
    expect(
      answer.body.data.map(({ attributes }: { attributes: Record<string, string> }) => attributes.default_name),
    ).toEqual(["Bob"]);
  });

  it.each([
    ["a segment by name", [{ type: "Segment", value: "vip" }], ["Ann"]],
    ["not in a segment", [{ type: "segment", operator: "isNot", value: "vip" }], ["Cid", "Bob"]],
    ["the customer's id", [{ type: "Customer User ID", value: "b-1" }], ["Bob"]],
    ["an e-mail whatever its case", [{ type: "default_email", value: "ANN@example.com" }], ["Ann"]],
    ["part of an e-mail", [{ type: "default_email", operator: "contains", value: "@example" }], ["Ann"]],
    ["part of a name", [{ type: "default_name", operator: "contains", value: "i" }], ["Cid"]],
    ["what a pattern would be", [{ type: "default_name", operator: "contains", value: "%" }], []],
    ["an attribute", [{ type: "attribute", key: "city", value: "Perm" }], ["Ann"]],
    [
      "another attribute than",
      [{ type: "attribute", key: "city", operator: "not_equal", value: "Perm" }],
      ["Cid", "Bob"],
    ],
    ["an attribute that is there", [{ type: "attribute", key: "city", operator: "exists" }], ["Bob", "Ann"]],
    ["an attribute that nobody has", [{ type: "attribute", key: "shoe", value: "44" }], []],
    ["not banned", [{ type: "banned", value: false }], ["Cid", "Bob", "Ann"]],
    [
      "two of them",
      [
        { type: "default_name", value: "Ann" },
        { type: "segment", value: "vip" },
      ],
      ["Ann"],
    ],
    [
      "two that exclude each other",
      [
        { type: "default_name", value: "Ann" },
        { type: "userId", value: "b-1" },
      ],
      [],
    ],
  ])("finds by %s", async (_what, filters, found) => {
    expect(await names(`filters=${json(filters)}`)).toEqual(found);
  });

  it("finds people from a channel by their id there", async () => {
    const { id } = await aVisitor(server, tenant);
    expect((await read(id)).userId).toBe("900001");
    const found = async (operator: string) => {
      const filters = json([{ type: "userId", operator, value: "900001" }]);
      return (await good(listSchema, "GET", `/users?filters=${filters}`)).data.map((user) => user.id);
    };
    expect(await found("equal")).toEqual([id]);
    expect(await found("contains")).toEqual([id]);
    expect(await found("notEqual")).toHaveLength(3);
  });

  it("finds by any of several, and by time", async () => {
    const any = [
      { type: "default_name", value: "Ann" },
      { type: "userId", value: "b-1" },
    ];
    expect(await names(`match=any&filters=${json(any)}`)).toEqual(["Bob", "Ann"]);
    const yesterday = new Date(server.now() - 86_400_000).toISOString();
    const before = new Date(server.now() - 86_400_000 - 1).toISOString().replace("T", " ");
    expect(await names(`filters=${json([{ type: "Created At", operator: "after", value: before }])}`)).toEqual(["Cid"]);
    expect(await names(`filters=${json([{ type: "lastSeen", operator: "on", value: yesterday }])}`)).toEqual(["Cid"]);
    const seconds = Math.floor(server.now() / 1000) - 86_400;
    expect(await names(`filters=${json([{ type: "createdAt", operator: "before", value: seconds }])}`)).toEqual([
      "Bob",
      "Ann",
    ]);
  });

  it.each([
    "limit=41",
    "limit=none",
    "sort[field]=name",
    "sort[order]=up",
    "match=some",
    "after=12",
    `filters=${json([{ type: "shoe", value: 1 }])}`,
    `filters=${json([{ type: "default_name", operator: "resembles", value: "x" }])}`,
    `filters=${json([{ type: "createdAt", operator: "after", value: "soon" }])}`,
    `filters=${json([{ type: "attribute", value: "x" }])}`,
    `filters=${json(Array.from({ length: 6 }, () => ({ type: "banned", value: true })))}`,
    "filters=%5B%7B",
  ])("refuses %s", async (query) => {
    await refused(400, "GET", `/users?${query}`);
  });
});

describe("the export of users", () => {
  it("is a CSV behind a link that wants the token, with no formula in it", async () => {
    await aUser({ userId: "u1", attributes: { default_name: '=HYPERLINK("x")', note: 'a "b", c' } });
    await aUser({ userId: "u2", attributes: { constructor: "x" } });
    const { body } = await call("POST", "/users/export");
    expect(body.url).toBe("https://bots.example/compat/chatbot/users/export.csv");
    const csv = await server.app.inject({
      url: "/compat/chatbot/users/export.csv",
      headers: { authorization: `Bearer ${token}` },
    });
    expect(csv.headers["content-type"]).toContain("text/csv");
    const [head, line] = csv.body.split("\r\n");
    expect(head).toContain('"userId"');
    expect(line).toContain('"\'=HYPERLINK(""x"")"');
    expect(line).toContain('"a ""b"", c"');
    await refused(401, "GET", "/users/export.csv", undefined, "nobody");
  });
});

describe("the door", () => {
  it("refuses in the vendor's shape: a wrong token, an unknown path, a wrong method, a body that is none", async () => {
    await refused(401, "GET", "/users", undefined, "nobody");
    await refused(401, "GET", "/stories", undefined, tenant.token);
    await refused(404, "GET", "/nothing");
    await refused(405, "DELETE", "/users");
    await refused(405, "PATCH", "/stories", {});
    await refused(404, "PATCH", "/nothing", {});
    await refused(404, "GET", "/nothing", undefined, "nobody");
    const broken = await server.app.inject({
      method: "POST",
      url: "/compat/chatbot/users",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      payload: "{{{",
    });
    expect([broken.statusCode, errorSchema.parse(broken.json()).status.type]).toEqual([400, "bad_request"]);
    const large = await server.app.inject({
      method: "POST",
      url: "/compat/chatbot/users",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      payload: JSON.stringify({ attributes: { x: "x".repeat(1_100_000) } }),
    });
    expect([large.statusCode, errorSchema.parse(large.json()).status.type]).toEqual([413, "payload_too_large"]);
  });

  it("takes a token behind any number of spaces, with headers that it does not know", async () => {
    for (const spaces of [" ", "  ", "     "]) {
      const answer = await server.app.inject({
        url: "/compat/chatbot/stories",
        headers: { authorization: `Bearer${spaces}${token}`, "x-surplus": "1" },
      });
      expect(answer.statusCode).toBe(200);
    }
  });

  it("limits a token's requests a second in the vendor's shape", async () => {
    const strict = await testServer({ requestsPerSecond: 1 });
    try {
      const bearer = await (await aTenant(strict)).mintToken({ kind: "chatbot" });
      const ask = async () =>
        await strict.app.inject({ url: "/compat/chatbot/users", headers: { authorization: `Bearer ${bearer}` } });
      const answers = [await ask(), await ask(), await ask()];
      const limited = answers.find(({ statusCode }) => statusCode === 429);
      expect(errorSchema.parse(limited?.json()).status).toMatchObject({ code: 429, type: "too_many_requests" });
      expect(limited?.headers["retry-after"]).toBe("1");
    } finally {
      await strict.close();
    }
  });

  it("of a token that is bound to a bot sees and makes that bot's users alone", async () => {
    const id = await aUser({ attributes: { default_name: "Ann" } });
    const second = (await tenant.call("POST", "/bots", { body: { name: "Second" } })).json();
    token = await tenant.mintToken({ kind: "chatbot", botId: second.id });
    await refused(404, "GET", `/users/${id}`);
    await aUser({ attributes: { default_name: "Bob" } });
    expect(await names("")).toEqual(["Bob"]);
  });

  it("keeps every change in the integration log", async () => {
    const id = await aUser({ attributes: { default_name: "Ann" } });
    await refused(400, "PUT", `/users/${id}/ban`, { banned: 1 });
    const log = (await tenant.call("GET", "/integration-log?integration=chatbot")).json().data;
    expect(log).toMatchObject([
      { ok: false, summary: "banned has to be true or false", request: { method: "PUT" }, response: { status: 400 } },
      {
        ok: true,
        summary: "done",
        request: { method: "POST", path: "/compat/chatbot/users" },
        response: { status: 200 },
      },
    ]);
    expect(log[0].contactId).toBe(Number.parseInt(id.slice(8), 16));
    expect(JSON.stringify(log)).not.toContain(token);
  });
});
