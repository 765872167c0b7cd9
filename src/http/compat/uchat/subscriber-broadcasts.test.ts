import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestServer, testServer } from "../../../../test/server.ts";
import {
  aUchatTenant,
  type DoorCase,
  describeDoor,
  doorTenants,
  telegramId,
  type UchatTenant,
} from "../../../../test/uchat-door.ts";
import { toLiteral } from "../../../engine/literal-text.ts";
import { toNs } from "../../../engine/uchat-ns.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());
const tenants = doorTenants(() => aUchatTenant(server));

/** The newest broadcast, as the native API shows it, and the job that takes it on. */
async function newest({ call }: UchatTenant) {
  const [broadcast] = (await call("GET", "/broadcasts?limit=1")).json().data;
  return { broadcast, job: server.enqueued.at(-1) };
}
const isStarted = (perMinute: number) => async (tenant: UchatTenant, body: object) => {
  expect(body).toEqual({ status: "ok" });
  const { broadcast, job } = await newest(tenant);
  expect(broadcast).toMatchObject({
    status: "preparing",
    perMinute,
    actions: expect.arrayContaining([{ action: "start_flow", args: { flow: tenant.flowRef } }]),
  });
  expect(job).toMatchObject({ kind: "run-broadcast", data: { id: broadcast.id } });
};

const segments = new Map<UchatTenant, string>();
const cases: readonly DoorCase[] = [
  {
    endpoint: "POST /subscriber/broadcast",
    good: ({ userNs, flowNs }) => ({ user_ns_list: `${userNs}, ${userNs}`, sub_flow_ns: flowNs, type: "EMAIL" }),
    after: isStarted(60),
    missing: [() => ({ user_ns_list: "f1u999999999" }), () => ({ sub_flow_ns: "f1s999999999" })],
    bad: [{ user_ns_list: "" }, { max_per_minute: 0 }],
  },
  {
    endpoint: "POST /subscriber/broadcast-by-user-id",
    good: ({ flowNs }) => ({ user_id_list: String(telegramId), sub_flow_ns: flowNs, max_per_minute: "120" }),
    after: isStarted(120),
    missing: [() => ({ user_id_list: "nobody-of-this-name" })],
    bad: [{ user_id_list: "" }],
  },
  {
    endpoint: "POST /subscriber/broadcast-by-tag",
    good: ({ tagNs, fieldNs, flowNs }) => ({
      tags: [tagNs],
      exclude_tags: [],
      sub_flow_ns: flowNs,
      name: "Spring",
      user_fields: [{ var_ns: fieldNs, value: "7" }],
    }),
    after: isStarted(60),
    missing: [() => ({ tags: ["f1t999999999"] })],
    bad: [{ tags: [] }],
  },
  {
    endpoint: "POST /subscriber/broadcast-by-segment",
    before: async (tenant) => {
      const condition = { match: "all", rules: [] };
      const made = await tenant.call("POST", "/segments", {
        body: { bot: tenant.bot.id, name: `All ${segments.size}`, condition },
      });
      segments.set(tenant, toNs("segment", tenant.bot.id, made.json().id));
    },
    good: (tenant) => ({ segment_ns: segments.get(tenant) ?? `f${tenant.bot.id}sg999999`, sub_flow_ns: tenant.flowNs }),
    after: isStarted(60),
    missing: [() => ({ segment_ns: "f1sg999999999" })],
    bad: [{ segment_ns: "" }],
  },
];

describe("broadcasts", () => {
  describeDoor(cases, tenants);

  it("set the bot's own values first, or refuse them all", async () => {
    const tenant = await aUchatTenant(server);
    const { call, bot } = tenant;
    const condition = { match: "all", rules: [] };
    const segment = (await call("POST", "/segments", { body: { bot: bot.id, name: "All", condition } })).json();
    const made = await tenant.door("POST /flow/create-bot-field", { name: "Sale", var_type: "number", value: "1" });
    const varNs = made.json().data.var_ns;
    const wanted = { segment_ns: toNs("segment", bot.id, segment.id), sub_flow_ns: tenant.flowNs };
    const tell = async (value: string) =>
      await tenant.door("POST /subscriber/broadcast-by-segment", {
        ...wanted,
        bot_fields: [{ var_ns: varNs, value }],
      });
    expect((await tell("7")).json()).toEqual({ status: "ok" });
    const value = async () => (await call("GET", "/variables")).json().data[0].value;
    expect(await value()).toBe(7);
    expect((await tell("many")).statusCode).toBe(400);
    expect([await value(), (await call("GET", "/broadcasts")).json().data.length]).toEqual([7, 1]);
  });

  it("set subscribers' values as they are given: braces are no template, and nothing clears", async () => {
    const tenant = await aUchatTenant(server);
    const tell = async (value: unknown) => {
      const user_fields = [{ var_ns: tenant.fieldNs, value }];
      const input = { tags: [tenant.tagNs], sub_flow_ns: tenant.flowNs, user_fields };
      expect((await tenant.door("POST /subscriber/broadcast-by-tag", input)).json()).toEqual({ status: "ok" });
      return (await newest(tenant)).broadcast.actions[0];
    };
    expect(await tell("{{ contact.email }}")).toMatchObject({ args: { value: toLiteral("{{ contact.email }}") } });
    expect(await tell(7)).toMatchObject({ action: "set_field", args: { field: "city", value: 7 } });
    expect(await tell("")).toMatchObject({ action: "clear_field", args: { field: "city" } });
  });

  it("wait for their time", async () => {
    const tenant = await aUchatTenant(server);
    const time = Math.floor(server.now() / 1000) + 3_600;
    await tenant.door("POST /subscriber/broadcast", {
      user_ns_list: tenant.userNs,
      sub_flow_ns: tenant.flowNs,
      scheduled_time: time,
    });
    const { broadcast, job } = await newest(tenant);
    expect(broadcast).toMatchObject({ status: "scheduled", startAt: new Date(time * 1000).toISOString() });
    expect(job?.startAt).toBe(time * 1000);
  });
});
