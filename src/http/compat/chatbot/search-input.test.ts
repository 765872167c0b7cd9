import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { aVisitor, chatbotDoor, chatbotUsers, userListSchema } from "../../../../test/chatbot-door.ts";
import { type TestServer, testServer } from "../../../../test/server.ts";
import { createdSchema } from "./answers.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

const door = chatbotDoor(() => server);
const { tenant, call, good, refused } = door;
const { aUser, read, names } = chatbotUsers(door);

const json = (value: unknown) => encodeURIComponent(JSON.stringify(value));

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
    const { data, count } = await good(userListSchema, "GET", "/users?limit=2");
    expect([data.map(({ attributes }) => attributes.default_name), count]).toEqual([["Cid", "Bob"], 3]);
    expect(await names(`limit=2&after=${data[1]?.id}`)).toEqual(["Ann"]);
    expect(await names(`sort[field]=createdAt&sort[order]=asc&after=${data[1]?.id}`)).toEqual(["Cid"]);
  });

  it("leaves out what a scenario's empty boxes send, however deep, and reads an order in capitals", async () => {
    const empty = "after=&match=&limit=&filters=&sort[field]=&sort[order]=";
    expect(await names(empty)).toEqual(["Cid", "Bob", "Ann"]);
    const filter = "filters[0][type]=&filters[0][operator]=&filters[0][value]=";
    expect(await names(`${filter}&sort[order]=ASC`)).toEqual(["Ann", "Bob", "Cid"]);
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
      .where("workspaceId", "=", tenant().workspace.id)
      .execute();
    expect(await names("sort[field]=lastSeen")).toEqual(["Ann", "Cid", "Bob"]);
    const { data } = await good(userListSchema, "GET", "/users?sort[field]=lastSeen&limit=1");
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
    const { id } = await aVisitor(server, tenant());
    expect((await read(id)).userId).toBe("900001");
    const found = async (operator: string) => {
      const filters = json([{ type: "userId", operator, value: "900001" }]);
      return (await good(userListSchema, "GET", `/users?filters=${filters}`)).data.map((user) => user.id);
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
