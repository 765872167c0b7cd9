import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestServer, testServer } from "../../../../test/server.ts";
import {
  aUchatTenant,
  type DoorCase,
  describeDoor,
  doorTenants,
  type UchatTenant,
} from "../../../../test/uchat-door.ts";
import { notOfferedEndpoints } from "./not-offered.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());
const tenants = doorTenants(() => aUchatTenant(server));
beforeAll(async () => {
  for (const tenant of [tenants.mine(), tenants.other()]) await aBotField(tenant);
});

const data = async (tenant: UchatTenant, endpoint: string, input: object = {}) =>
  (await tenant.door(endpoint, input, tenant.teamToken)).json().data;
const namesOf = async (tenant: UchatTenant, endpoint: string, input: object = {}) =>
  (await data(tenant, endpoint, input)).map(({ name }: { name: string }) => name);

async function aBotField(tenant: UchatTenant): Promise<void> {
  const made = await tenant.door("POST /flow/create-bot-field", { name: "Rate", var_type: "number", value: "1.5" });
  expect(made.statusCode, made.body).toBe(200);
}
const botFieldNs = async (tenant: UchatTenant): Promise<string> =>
  (await data(tenant, "GET /flow/bot-fields"))[0].var_ns;

const lists: readonly DoorCase[] = [
  ...[
    ["GET /flow/tags", "VI", [{ name: "vip" }]],
    ["GET /flow/user-fields", "home", [{ name: "Home town", var_type: "text", description: "" }]],
    ["GET /flow/bot-fields", "rat", [{ name: "Rate", var_type: "number", value: "1.5" }]],
    ["GET /flow/subflows", "", [{ sub_flow_ns: expect.any(String) }]],
  ].map(([endpoint, part, shown]) => ({
    endpoint: endpoint as string,
    good: () => ({ name: part, limit: "10", page: "1" }),
    before: aBotField,
    after: (_tenant: UchatTenant, body: never) =>
      expect((body as { data: object[] }).data).toMatchObject(shown as object[]),
    bad: [{ limit: 0 }, { page: "second" }],
    isOwn: true,
  })),
  {
    endpoint: "GET /team-info",
    good: () => ({}),
    after: ({ workspace }, body: { data: object }) =>
      expect(body.data).toMatchObject({ id: workspace.id, name: workspace.name }),
    bad: "nothing",
    isOwn: true,
  },
  {
    endpoint: "GET /me",
    good: () => ({}),
    after: ({ workspace }, body: object) => expect(body).toMatchObject({ id: workspace.id }),
    bad: "nothing",
    isOwn: true,
  },
  {
    endpoint: "GET /team-flows",
    good: () => ({ type: "telegram" }),
    after: ({ bot }, body: { data: object[] }) =>
      expect(body.data).toEqual([{ flow_ns: `f${bot.id}`, name: "Shop", type: "telegram", linked_label: "" }]),
    bad: [{ type: "pigeon" }],
    isOwn: true,
  },
  {
    endpoint: "GET /team-bot-users",
    good: () => ({ name: "ann" }),
    after: ({ userNs }, body: { data: object[] }) => expect(body.data).toMatchObject([{ user_ns: userNs }]),
    bad: [{ page: 0 }],
    isOwn: true,
  },
];

const webhooks: DoorCase = {
  endpoint: "GET /flow/inbound-webhooks",
  good: () => ({ name: "pay" }),
  before: ({ call, bot, flowRef }) =>
    call("POST", "/inbound-webhooks", { body: { bot: bot.id, name: "Payments", flow: flowRef, mapping: [] } }),
  after: ({ flowNs }, body: { data: object[] }) =>
    expect(body.data).toEqual([
      {
        name: "Payments",
        hook_uid: expect.any(String),
        sub_flow_ns: flowNs,
        status: "active",
        url: expect.stringMatching(/^https:\/\/bots\.example\/webhooks\/in\/./),
      },
    ]),
  bad: [{ page: 0 }],
  isOwn: true,
};

const segments: DoorCase = {
  endpoint: "GET /flow/segments",
  good: () => ({ name: "buy" }),
  before: async ({ call }) => {
    const condition = { match: "all", rules: [{ subject: "tag", key: "vip", operator: "has" }] };
    const made = await call("POST", "/segments", { body: { name: "Buyers", condition } });
    expect(made.statusCode, made.body).toBe(201);
  },
  after: ({ bot }, body: { data: object[] }) =>
    expect(body.data).toEqual([{ name: "Buyers", segment_ns: expect.stringMatching(`^f${bot.id}sg\\d+$`) }]),
  bad: [{ page: 0 }],
  isOwn: true,
};

const changes: readonly DoorCase[] = [
  {
    endpoint: "POST /flow/create-tag",
    good: () => ({ name: "new" }),
    after: async (tenant) => expect(await namesOf(tenant, "GET /flow/tags")).toEqual(["new", "vip"]),
    isOwn: true,
  },
  {
    endpoint: "DELETE /flow/delete-tag",
    good: ({ tagNs }) => ({ tag_ns: tagNs }),
    after: async (tenant) => expect(await namesOf(tenant, "GET /flow/tags")).toEqual([]),
    missing: [({ bot }) => ({ tag_ns: `f${bot.id}t999999` }), () => ({ tag_ns: "vip" })],
  },
  {
    endpoint: "DELETE /flow/delete-tag-by-name",
    good: () => ({ name: "vip" }),
    after: async (tenant) => expect(await namesOf(tenant, "GET /flow/tags")).toEqual([]),
    missing: [() => ({ name: "VIP" })],
    isOwn: true,
  },
  {
    endpoint: "POST /flow/create-user-field",
    good: () => ({ name: "Дата рождения", var_type: "date", description: "of birth" }),
    after: async (tenant) => {
      const made = (await data(tenant, "GET /flow/user-fields", { name: "рожд" }))[0];
      expect(made).toMatchObject({ var_type: "date", description: "of birth" });
      const { data: fields } = (await tenant.call("GET", "/fields")).json();
      expect(fields).toContainEqual(expect.objectContaining({ key: "data_rozhdeniya", kind: "date" }));
    },
    bad: [{ name: undefined }, { var_type: "colour" }],
    isOwn: true,
  },
  {
    endpoint: "DELETE /flow/delete-user-field",
    good: ({ fieldNs }) => ({ var_ns: fieldNs }),
    after: async (tenant) => expect(await namesOf(tenant, "GET /flow/user-fields")).toEqual([]),
    missing: [({ bot }) => ({ var_ns: `f${bot.id}v1999998` }), ({ bot }) => ({ var_ns: `f${bot.id}v3` })],
  },
  {
    endpoint: "DELETE /flow/delete-user-field-by-name",
    good: () => ({ name: "Home town" }),
    after: async (tenant) => expect(await namesOf(tenant, "GET /flow/user-fields")).toEqual([]),
    missing: [() => ({ name: "nowhere" })],
    isOwn: true,
  },
  {
    endpoint: "POST /flow/create-bot-field",
    good: () => ({ name: "Terms", var_type: "array", value: ["a", "b"] }),
    after: async (tenant) =>
      expect(await data(tenant, "GET /flow/bot-fields")).toMatchObject([{ name: "Terms", value: '["a","b"]' }]),
    isOwn: true,
  },
  {
    endpoint: "PUT /flow/set-bot-field-by-name",
    good: () => ({ name: "Rate", value: 2 }),
    before: aBotField,
    after: async (tenant, body: object) => {
      expect(body).toMatchObject({ name: "Rate", value: "2" });
      const made = (await tenant.call("GET", "/variables")).json().data;
      expect(made).toMatchObject([{ key: "rate", value: 2 }]);
    },
    missing: [() => ({ name: "nothing" }), () => ({ value: "much" })],
    isOwn: true,
  },
  {
    endpoint: "PUT /flow/set-bot-fields-by-name",
    good: () => ({ data: [{ name: "Rate", value: "3" }] }),
    before: aBotField,
    after: async (tenant) => expect(await data(tenant, "GET /flow/bot-fields")).toMatchObject([{ value: "3" }]),
    missing: [
      () => ({
        data: [
          { name: "Rate", value: "4" },
          { name: "nothing", value: "1" },
        ],
      }),
    ],
    bad: [{ data: [] }, { data: ["Rate"] }],
    isOwn: true,
  },
  {
    endpoint: "DELETE /flow/delete-bot-field-by-name",
    good: () => ({ name: "Rate" }),
    before: aBotField,
    after: async (tenant) => expect(await data(tenant, "GET /flow/bot-fields")).toEqual([]),
    missing: [() => ({ name: "nothing" })],
    isOwn: true,
  },
  {
    endpoint: "DELETE /flow/delete-sub-flow",
    good: ({ flowNs }) => ({ sub_flow_ns: flowNs }),
    after: async (tenant) => expect(await data(tenant, "GET /flow/subflows")).toEqual([]),
    missing: [({ bot }) => ({ sub_flow_ns: `f${bot.id}s999999` })],
  },
  {
    endpoint: "GET /team/labels",
    good: () => ({ name: "gold" }),
    before: ({ call }) => call("POST", "/labels", { body: { name: "Gold" } }),
    after: (_tenant, body: { data: object[] }) => expect(body.data).toEqual([{ id: expect.any(Number), name: "Gold" }]),
    bad: [{ page: 0 }],
    isOwn: true,
  },
  {
    endpoint: "POST /team/create-label",
    good: () => ({ name: "Gold" }),
    after: async (tenant) => expect(await namesOf(tenant, "GET /team/labels")).toEqual(["Gold"]),
    isOwn: true,
  },
  {
    endpoint: "DELETE /team/delete-label-by-name",
    good: () => ({ name: "Gold" }),
    before: ({ call }) => call("POST", "/labels", { body: { name: "Gold" } }),
    after: async (tenant) => expect(await namesOf(tenant, "GET /team/labels")).toEqual([]),
    missing: [() => ({ name: "Lead" })],
    isOwn: true,
  },
];

describeDoor([...lists, webhooks, segments, ...changes], tenants);
describeDoor(
  notOfferedEndpoints.map(({ method, path }) => ({
    endpoint: `${method} ${path}`,
    good: () => ({ listId: 1, listItemId: 1 }),
    bad: "nothing",
    isNotOffered: true,
    isOwn: true,
  })),
  tenants,
);

describe("things addressed by an id", () => {
  it("are set and deleted: bot fields, one and many, and labels", async () => {
    const tenant = await aUchatTenant(server);
    await aBotField(tenant);
    const var_ns = await botFieldNs(tenant);
    expect((await tenant.door("PUT /flow/set-bot-field", { var_ns, value: "7" })).json()).toMatchObject({
      var_ns,
      value: "7",
    });
    expect((await tenant.door("PUT /flow/set-bot-fields", { data: [{ var_ns, value: "" }] })).json()).toEqual({
      status: "ok",
    });
    expect(await data(tenant, "GET /flow/bot-fields")).toMatchObject([{ var_ns, value: "" }]);
    expect((await tenant.door("DELETE /flow/delete-bot-field", { var_ns })).json()).toEqual({ status: "ok" });
    expect((await tenant.door("DELETE /flow/delete-bot-field", { var_ns })).statusCode).toBe(400);
    const label = (await tenant.door("POST /team/create-label", { name: "Gold" }, tenant.teamToken)).json();
    const again = (await tenant.door("POST /team/create-label", { name: "Gold" }, tenant.teamToken)).json();
    expect(again).toEqual(label);
    const deleted = await tenant.door("DELETE /team/delete-label", { id: label.id }, tenant.teamToken);
    expect(deleted.json()).toEqual({ status: "ok" });
    expect((await tenant.door("DELETE /team/delete-label", { id: label.id }, tenant.teamToken)).statusCode).toBe(400);
  });

  it("of another workspace or bot are not there", async () => {
    const var_ns = await botFieldNs(tenants.mine());
    const second = (await tenants.mine().call("POST", "/bots", { body: { name: "Second" } })).json();
    const foreign = await tenants.mine().mintToken({ kind: "uchat", botId: second.id });
    for (const token of [tenants.other().teamToken, foreign]) {
      for (const [endpoint, input] of [
        ["PUT /flow/set-bot-field", { var_ns, value: "1" }],
        ["PUT /flow/set-bot-fields", { data: [{ var_ns, value: "1" }] }],
        ["DELETE /flow/delete-bot-field", { var_ns }],
      ] as const) {
        const answer = await tenants.mine().door(endpoint, input, token);
        expect([endpoint, answer.statusCode]).toEqual([endpoint, 400]);
      }
    }
    expect(await data(tenants.mine(), "GET /flow/bot-fields")).toMatchObject([{ value: "1.5" }]);
  });
});
