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
import { createClosingNote } from "../../../store/closing-note-store.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());
const tenants = doorTenants(() => aUchatTenant(server));

const me = ({ userNs }: UchatTenant) => ({ user_ns: userNs });
const tag = ({ door, userNs }: UchatTenant) =>
  door("POST /subscriber/add-tag-by-name", { user_ns: userNs, tag_name: "vip" });
const label = ({ door, userNs }: UchatTenant) =>
  door("POST /subscriber/add-labels-by-name", { user_ns: userNs, data: [{ label_name: "hot" }] });

const reading: readonly DoorCase[] = [
  {
    endpoint: "GET /subscriber/tags",
    good: me,
    before: tag,
    after: ({ tagNs }, body: object) => expect(body).toEqual({ data: [{ name: "vip", tag_ns: tagNs }] }),
    missing: [nobody],
  },
  {
    endpoint: "GET /subscriber/has-tag",
    good: ({ userNs, tagNs }) => ({ user_ns: userNs, tag_ns: tagNs }),
    before: tag,
    after: (_tenant, body: object) => expect(body).toEqual({ status: "ok", has_tag: true }),
    missing: [nobody, ({ bot }) => ({ tag_ns: `f${bot.id}t999999` })],
    bad: [{ tag_ns: "" }],
  },
  {
    endpoint: "GET /subscriber/labels",
    good: me,
    before: label,
    after: (_tenant, body: object) => expect(body).toEqual({ data: [{ id: expect.any(Number), name: "hot" }] }),
    missing: [nobody],
  },
  {
    endpoint: "GET /subscriber/has-label",
    good: ({ userNs }) => ({ user_ns: userNs, label_name: "hot" }),
    before: label,
    after: (_tenant, body: object) => expect(body).toEqual({ status: "ok", has_label: true }),
    missing: [nobody],
    bad: [{ label_name: "" }],
  },
  {
    endpoint: "GET /subscriber/sequences",
    good: me,
    before: async ({ call, bot, contactId }) => {
      const { ref } = (await call("POST", "/sequences", { body: { bot: bot.id, name: "Warm-up" } })).json();
      const body = { action: "subscribe_sequence", args: { sequence: ref } };
      expect((await call("POST", `/contacts/${contactId}/actions`, { body })).statusCode).toBe(200);
    },
    after: (_tenant, body: object) =>
      expect(body).toEqual({ data: [{ id: expect.any(Number), name: "Warm-up", ref: expect.any(String) }] }),
    missing: [nobody],
  },
];

const closing: DoorCase = {
  endpoint: "GET /subscriber/closing-notes",
  good: me,
  before: async ({ call, bot, contactId }) => {
    const note = { name: "Solved", description: "", requireAttachment: 0, requireSummary: 2 } as const;
    await server.database.db.transaction().execute(async (trx) => await createClosingNote(trx, bot, note));
    const args = { status: "done", closingNote: "Solved", summary: "Refunded" };
    const body = { action: "move_conversation", args };
    expect((await call("POST", `/contacts/${contactId}/actions`, { body })).statusCode).toBe(200);
  },
  after: (_tenant, body: object) =>
    expect(body).toMatchObject({ data: [{ name: "Solved", summary: "Refunded", created_at: "2026-01-15 12:00:00" }] }),
  missing: [nobody],
};

/** Another subscriber of the same bot. */
const seconds = new Map<UchatTenant, string>();
const makeSecond = async (tenant: UchatTenant) => {
  const body = { phone: "+79001234567" };
  const made = (await tenant.door("POST /subscriber/create", body)).json();
  await tenant.door("POST /subscriber/add-tag-by-name", { user_ns: made.user_ns, tag_name: "old" });
  seconds.set(tenant, made.user_ns);
};

const changing: readonly DoorCase[] = [
  {
    endpoint: "DELETE /subscriber/remove-all-tags",
    good: me,
    before: async (tenant) => {
      await tag(tenant);
      await tenant.door("POST /subscriber/add-tag-by-name", { user_ns: tenant.userNs, tag_name: "b" });
    },
    after: async (tenant, body: object) => {
      expect(body).toEqual({ status: "ok" });
      expect((await tenant.door("GET /subscriber/tags", me(tenant))).json()).toEqual({ data: [] });
    },
    missing: [nobody],
  },
  {
    endpoint: "DELETE /subscriber/remove-all-labels",
    good: me,
    before: label,
    after: async (tenant, body: object) => {
      expect(body).toEqual({ status: "ok" });
      expect((await tenant.door("GET /subscriber/labels", me(tenant))).json()).toEqual({ data: [] });
    },
    missing: [nobody],
  },
  {
    endpoint: "DELETE /subscriber/remove-all-smart-delays",
    good: me,
    before: ({ door, userNs }) => door("POST /subscriber/send-main-flow", { user_ns: userNs }),
    after: async ({ call, contactId, door, userNs }, body: object) => {
      expect(body).toEqual({ status: "ok", delete: 1 });
      expect((await call("GET", `/contacts/${contactId}/positions`)).json().data).toEqual([]);
      const again = await door("DELETE /subscriber/remove-all-smart-delays", { user_ns: userNs });
      expect(again.json()).toEqual({ status: "ok", delete: 0 });
    },
    missing: [nobody],
  },
  {
    endpoint: "DELETE /subscriber/remove-all-scheduled-messages",
    good: me,
    before: async ({ call, contactId }) => {
      for (const minutes of [5, 10]) {
        const body = { action: "schedule_message", args: { content: "Later", minutes } };
        expect((await call("POST", `/contacts/${contactId}/actions`, { body })).statusCode).toBe(200);
      }
    },
    after: async ({ call, contactId, door, userNs }, body: object) => {
      expect(body).toEqual({ status: "ok", delete: 2 });
      expect((await call("GET", `/contacts/${contactId}/scheduled-messages`)).json().data).toEqual([]);
      const again = await door("DELETE /subscriber/remove-all-scheduled-messages", { user_ns: userNs });
      expect(again.json()).toEqual({ status: "ok", delete: 0 });
    },
    missing: [nobody],
  },
  {
    endpoint: "POST /subscriber/merge",
    before: makeSecond,
    good: (tenant) => ({
      user_ns: tenant.userNs,
      secondary_user_ns: seconds.get(tenant) ?? `f${tenant.bot.id}u999999`,
      delete_secondary: "yes",
    }),
    after: async (tenant) => {
      const info = (await tenant.door("GET /subscriber/get-info", { user_ns: tenant.userNs })).json();
      expect(info).toMatchObject({ phone: "+79001234567", first_name: "Ann", tags: [{ name: "old" }] });
      const gone = await tenant.door("GET /subscriber/get-info", { user_ns: seconds.get(tenant) ?? "" });
      expect(gone.statusCode).toBe(400);
    },
    missing: [nobody, ({ userNs }) => ({ secondary_user_ns: userNs })],
    bad: [{ secondary_user_ns: "" }, { delete_secondary: "perhaps" }],
  },
];

describe("the Bot User API", () => {
  describeDoor([...reading, closing, ...changing], tenants);

  it("says that a subscriber has not what they have not", async () => {
    const { door, userNs, tagNs } = tenants.mine();
    const hasTag = await door("GET /subscriber/has-tag", { user_ns: userNs, tag_ns: tagNs });
    const byName = await door("GET /subscriber/has-tag", { user_ns: userNs, tag_name: "unknown" });
    const hasLabel = await door("GET /subscriber/has-label", { user_ns: userNs, label_name: "unknown" });
    expect([hasTag.json(), byName.json(), hasLabel.json()]).toEqual([
      { status: "ok", has_tag: false },
      { status: "ok", has_tag: false },
      { status: "ok", has_label: false },
    ]);
  });
});
