import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestServer, testServer } from "../../../../test/server.ts";
import {
  aUchatTenant,
  type DoorCase,
  describeDoor,
  doorTenants,
  nobody,
  type UchatTenant,
} from "../../../../test/uchat-door.ts";
import { addMember } from "../../../store/member-store.ts";
import type { BotUser } from "./bot-user.ts";

let server: TestServer;
const members = new Map<UchatTenant, number>();

async function aTeam(): Promise<UchatTenant> {
  const tenant = await aUchatTenant(server);
  const person = { email: `kim${tenant.workspace.id}@example.com`, name: "Kim", role: "agent" } as const;
  const member = await server.database.db
    .transaction()
    .execute(async (trx) => await addMember(trx, tenant.workspace.id, person));
  members.set(tenant, member.id);
  return tenant;
}

beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());
const tenants = doorTenants(aTeam);

const me = ({ userNs }: UchatTenant) => ({ user_ns: userNs });
const info = async (tenant: UchatTenant): Promise<BotUser> =>
  (await tenant.door("GET /subscriber/get-info", me(tenant))).json();
const facts = async ({ call, contactId }: UchatTenant) =>
  (await call("GET", `/contacts/${contactId}/events`)).json().data[0].facts;
const found = async (tenant: UchatTenant, query: object) =>
  (await tenant.door("GET /subscribers", query)).json().data.length;

/** What the event that a call made says that is now so. */
const says = (fact: object) => async (tenant: UchatTenant) =>
  expect(await facts(tenant)).toEqual([expect.objectContaining(fact)]);

const cases: readonly DoorCase[] = [
  {
    endpoint: "POST /subscriber/pause-bot",
    good: ({ userNs }) => ({ user_ns: userNs, minutes: "30" }),
    after: (tenant) => says({ kind: "bot_paused", until: server.now() + 30 * 60_000 })(tenant),
    missing: [nobody],
    bad: [{ minutes: 0 }, { minutes: "soon" }, { minutes: "" }],
  },
  {
    endpoint: "POST /subscriber/resume-bot",
    good: me,
    before: ({ door, userNs }) => door("POST /subscriber/pause-bot", { user_ns: userNs, minutes: 5 }),
    after: says({ kind: "bot_resumed" }),
    missing: [nobody],
  },
  {
    endpoint: "POST /subscriber/move-chat-to",
    good: ({ userNs }) => ({ user_ns: userNs, status: "Pending" }),
    after: says({ kind: "conversation_moved", status: "pending" }),
    missing: [nobody],
    bad: [{ status: "lost" }],
  },
  {
    endpoint: "POST /subscriber/assign-agent",
    good: (tenant) => ({ user_ns: tenant.userNs, agent_id: members.get(tenant) ?? 0 }),
    after: (tenant) => says({ kind: "agent_assigned", agent: members.get(tenant) })(tenant),
    missing: [nobody, () => ({ agent_id: members.get(tenants.other()) ?? 0 }), () => ({ agent_id: 999_999 })],
    bad: [{ agent_id: "Kim" }],
  },
  {
    endpoint: "POST /subscriber/assign-agent-group",
    good: ({ userNs }) => ({ user_ns: userNs, agent_group_id: 1 }),
    isNotOffered: true,
  },
  {
    endpoint: "POST /subscriber/unassign-agent",
    good: me,
    before: (tenant) =>
      tenant.door("POST /subscriber/assign-agent", { ...me(tenant), agent_id: members.get(tenant) ?? 0 }),
    after: says({ kind: "agent_unassigned" }),
    missing: [nobody],
  },
  {
    endpoint: "DELETE /subscriber/unsubscribe-from-bot",
    good: me,
    after: async (tenant) => expect((await info(tenant)).subscribed).toBeNull(),
    missing: [nobody],
  },
  {
    endpoint: "POST /subscriber/subscribe-to-bot",
    good: me,
    before: ({ door, userNs }) => door("DELETE /subscriber/unsubscribe-from-bot", { user_ns: userNs }),
    after: async (tenant) => expect((await info(tenant)).subscribed).toBe("2026-01-15 12:00:00"),
    missing: [nobody],
  },
  ...(["email", "sms"] as const).flatMap((kind): DoorCase[] => [
    {
      endpoint: `POST /subscriber/opt-in-${kind}`,
      good: me,
      after: async (tenant) => {
        expect((await info(tenant))[`opted_in_${kind}`]).toBe("2026-01-15 12:00:00");
        expect(await found(tenant, { [`is_opt_in_${kind}`]: "yes" })).toBe(1);
        expect(await found(tenant, { [`is_opt_in_${kind}`]: "no" })).toBe(0);
      },
      missing: [nobody],
    },
    {
      endpoint: `DELETE /subscriber/opt-out-${kind}`,
      good: me,
      before: ({ door, userNs }) => door(`POST /subscriber/opt-in-${kind}`, { user_ns: userNs }),
      after: async (tenant) => {
        expect((await info(tenant))[`opted_in_${kind}`]).toBeNull();
        expect(await found(tenant, { [`is_opt_in_${kind}`]: "no" })).toBe(1);
      },
      missing: [nobody],
    },
  ]),
  {
    endpoint: "POST /subscriber/log-custom-event",
    good: ({ userNs }) => ({ user_ns: userNs, event_name: "purchase", text_value: "{{ tee }}", price_value: "9.5" }),
    after: async (tenant) => {
      await says({ kind: "custom_event", event: "purchase", text: "{{ tee }}", price: 9.5 })(tenant);
      const [event] = await server.database.db
        .selectFrom("customEvents")
        .select("id")
        .where("workspaceId", "=", tenant.workspace.id)
        .execute();
      expect(await found(tenant, { event_ns: `f${tenant.bot.id}e${event?.id}` })).toBe(1);
      const unknown = await tenant.door("GET /subscribers", { event_ns: `f${tenant.bot.id}e999999` });
      expect(unknown.statusCode).toBe(400);
    },
    missing: [nobody],
    bad: [{ price_value: "much" }, { event_name: "" }],
  },
  {
    endpoint: "POST /subscriber/app-trigger",
    good: ({ userNs }) => ({ user_ns: userNs, trigger_name: "bought", context: { product_id: "1" } }),
    isNotOffered: true,
  },
];

describe("the door of a subscriber's conversation", () => {
  describeDoor(cases, tenants);

  it("goes on speaking through the door while the bot is paused", async () => {
    const tenant = await aTeam();
    await tenant.door("POST /subscriber/pause-bot", { user_ns: tenant.userNs, minutes: 5 });
    const sent = await tenant.door("POST /subscriber/send-text", { user_ns: tenant.userNs, content: "Hello" });
    expect(sent.json()).toEqual({ status: "ok" });
  });

  it("serves a live chat elsewhere: told while the bot is paused, it finds the message and answers", async () => {
    const tenant = await aTeam();
    const { bot, call, door, userNs, workspace } = tenant;
    const body = { bot: bot.id, name: "Chat", url: "https://chat.example/", format: "uchat" };
    const { id } = (await call("POST", "/webhooks", { body })).json();
    const told = async () =>
      (await call("GET", `/webhooks/${id}/deliveries`)).json().data.map((one: { body: unknown }) => one.body);
    await door("POST /subscriber/pause-bot", { user_ns: userNs, minutes: 5 });
    await door("POST /subscriber/assign-agent", { user_ns: userNs, agent_id: members.get(tenant) });
    await tenant.hear("help");
    const [first] = await told();
    const team = (await door("GET /team-info", {}, tenant.teamToken)).json().data;
    expect(first.meta).toEqual({
      ...{ user_ns: userNs, flow_ns: `f${bot.id}`, agent_id: members.get(tenant), team_id: team.id },
    });
    expect(team.id).toBe(workspace.id);
    const mids = [String(first.message._id)];
    const { data } = (await door("POST /subscriber/chat-messages-by-mids", { mids })).json();
    expect(first.message).toEqual({ ...data[0], _id: data[0].id, mid: "2", agent_id: members.get(tenant) });
    const sent = await door("POST /subscriber/send-text", { user_ns: userNs, content: "I am here", send_as_agent: 1 });
    expect(sent.json()).toEqual({ status: "ok" });
    const [last] = (await call("GET", `/contacts/${tenant.contactId}/messages`)).json().data;
    expect(last).toMatchObject({ direction: "out", status: "queued", content: { text: "I am here" } });
    await door("POST /subscriber/resume-bot", { user_ns: userNs });
    await tenant.hear("thanks");
    expect(await told()).toHaveLength(1);
  });
});
