import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestServer, testServer } from "../../../../test/server.ts";
import {
  aUchatTenant,
  type DoorCase,
  describeDoor,
  doorTenants,
  type UchatTenant,
} from "../../../../test/uchat-door.ts";
import { createClosingNote } from "../../../store/closing-note-store.ts";
import { addMember } from "../../../store/member-store.ts";
import { toRange } from "./ranges.ts";

let server: TestServer;
const notes = new Map<UchatTenant, number>();

/** A bot with an agent, an editor, and a closing note. */
async function aTeam(): Promise<UchatTenant> {
  const tenant = await aUchatTenant(server);
  const { id: workspaceId } = tenant.workspace;
  const note = { name: "Solved", description: "", requireAttachment: 0, requireSummary: 1 } as const;
  await server.database.db.transaction().execute(async (trx) => {
    await addMember(trx, workspaceId, { email: `kim${workspaceId}@example.com`, name: "Kim", role: "agent" });
    await addMember(trx, workspaceId, { email: `eve${workspaceId}@example.com`, name: "Eve", role: "editor" });
    notes.set(tenant, (await createClosingNote(trx, tenant.bot, note)).id);
  });
  return tenant;
}

beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());
const tenants = doorTenants(aTeam);

const noteNs = (tenant: UchatTenant) => `f${tenant.bot.id}cn${notes.get(tenant)}`;
const noNote = ({ bot }: UchatTenant) => ({ note_ns: `f${bot.id}cn999999` });
const listNotes = async (tenant: UchatTenant) => (await tenant.door("GET /flow/closing-notes")).json().data;

const team: readonly DoorCase[] = [
  {
    endpoint: "GET /team-info",
    good: () => ({}),
    before: async ({ workspace }) => {
      const email = `own${workspace.id}@example.com`;
      await server.database.db
        .transaction()
        .execute(async (trx) => await addMember(trx, workspace.id, { email, name: "Own", role: "owner" }));
    },
    after: ({ workspace }, body: { data: { owner_id: number } }) => {
      expect(body.data).toMatchObject({ owner_email: `own${workspace.id}@example.com` });
      expect(body.data.owner_id).toBeGreaterThan(0);
    },
    bad: "nothing",
    isOwn: true,
  },
  {
    endpoint: "GET /flow/agents",
    good: () => ({ role: "agent" }),
    after: (_tenant, body: object) => expect(body).toMatchObject({ data: [{ name: "Kim", role: "agent" }] }),
    bad: [{ role: "king" }, { page: 0 }],
    isOwn: true,
  },
  {
    endpoint: "GET /team-members",
    good: () => ({ name: "ev" }),
    after: (_tenant, body: object) => expect(body).toMatchObject({ data: [{ name: "Eve", role: "member" }] }),
    bad: [{ role: "king" }],
    isOwn: true,
  },
  {
    endpoint: "GET /flow/bot-users-count",
    good: () => ({}),
    before: async ({ door, userNs }) => {
      await door("POST /subscriber/move-chat-to", { user_ns: userNs, status: "done" });
      await door("POST /subscriber/create", { phone: "+79001234567" });
    },
    after: (_tenant, body: object) =>
      expect(body).toEqual({
        status: "ok",
        data: [
          { status: "open", num: 1 },
          { status: "pending", num: 0 },
          { status: "spam", num: 0 },
          { status: "done", num: 1 },
        ],
      }),
    bad: "nothing",
    isOwn: true,
  },
];

const closing: readonly DoorCase[] = [
  {
    endpoint: "GET /flow/closing-notes",
    good: () => ({}),
    after: (tenant, body: object) =>
      expect(body).toMatchObject({
        data: [{ id: notes.get(tenant), note_ns: noteNs(tenant), name: "Solved", require_summary: 1 }],
      }),
    bad: [{ limit: "x" }],
    isOwn: true,
  },
  {
    endpoint: "GET /flow/closing-notes/{id}",
    good: (tenant) => ({ id: notes.get(tenant) ?? 0 }),
    after: (_tenant, body: object) => expect(body).toMatchObject({ data: { name: "Solved" }, status: "ok" }),
    missing: [() => ({ id: 999_999 })],
    bad: [{ id: "x" }],
  },
  {
    endpoint: "POST /flow/create-closing-note",
    good: () => ({ name: "Lost", description: "They left", require_summary: "2" }),
    after: async (tenant, body: object) => {
      expect(body).toMatchObject({ data: { name: "Lost", description: "They left", require_summary: 2 } });
      expect(await listNotes(tenant)).toHaveLength(2);
    },
    missing: [() => ({ name: "Solved" })],
    bad: [{ name: "" }, { require_summary: 3 }],
    isOwn: true,
  },
  {
    endpoint: "PUT /flow/update-closing-note",
    good: (tenant) => ({ note_ns: noteNs(tenant), name: "Done" }),
    after: async (tenant) => expect(await listNotes(tenant)).toMatchObject([{ name: "Done", require_summary: 1 }]),
    missing: [noNote],
    bad: [{ note_ns: "" }, { require_attachment: 9 }],
  },
  {
    endpoint: "DELETE /flow/delete-closing-note",
    good: (tenant) => ({ note_ns: noteNs(tenant) }),
    after: async (tenant) => expect(await listNotes(tenant)).toEqual([]),
    missing: [noNote],
    bad: [{ note_ns: "" }],
  },
];

const eventNs = async (tenant: UchatTenant) => {
  const [event] = (await tenant.door("GET /flow/custom-events")).json().data;
  return event?.event_ns ?? `f${tenant.bot.id}e999999`;
};
const events = new Map<UchatTenant, string>();
const log = async (tenant: UchatTenant) => {
  for (const text of ["tee", "tee", "mug"]) {
    const input = { user_ns: tenant.userNs, event_name: "purchase", text_value: text, price_value: 9.5 };
    await tenant.door("POST /subscriber/log-custom-event", input);
  }
  events.set(tenant, await eventNs(tenant));
};
const known = (tenant: UchatTenant) => ({ event_ns: events.get(tenant) ?? `f${tenant.bot.id}e999999` });
const noEvent = ({ bot }: UchatTenant) => ({ event_ns: `f${bot.id}e999999` });

const custom: readonly DoorCase[] = [
  {
    endpoint: "GET /flow/custom-events",
    good: () => ({ name: "purch" }),
    before: log,
    after: (tenant, body: object) =>
      expect(body).toMatchObject({ data: [{ name: "purchase", event_ns: events.get(tenant) }] }),
    bad: [{ page: "x" }],
    isOwn: true,
  },
  {
    endpoint: "GET /flow/custom-events/summary",
    good: known,
    before: log,
    after: (_tenant, body: object) =>
      expect(body).toMatchObject({
        stats: [],
        total: { num: 0, unique_user_num: 0 },
        start_date: "2026-01-14 00:00:00",
        end_date: "2026-01-14 23:59:59",
      }),
    missing: [noEvent],
    bad: [{ range: "always" }],
  },
  {
    endpoint: "GET /flow/custom-events/data",
    good: (tenant) => ({ ...known(tenant), limit: 2 }),
    before: log,
    after: ({ userNs }, body: { data: object[] }) =>
      expect(body.data).toMatchObject([
        { user_ns: userNs, text_value: "tee", price_value: "9.5", number_value: "" },
        { text_value: "tee" },
      ]),
    missing: [noEvent],
    bad: [{ start_time: "noon" }],
  },
];

describe("the door of a team", () => {
  describeDoor([...team, ...closing, ...custom], tenants);

  it("counts a custom event by day and by text once the day is over", async () => {
    const tenant = await aTeam();
    await log(tenant);
    server.pass(86_400_000);
    const summary = (await tenant.door("GET /flow/custom-events/summary", known(tenant))).json();
    expect(summary).toMatchObject({
      stats: [{ num: 3, unique_user_num: 1, start_date: "2026-01-15" }],
      total: { num: 3, unique_user_num: 1 },
      text_values: [
        { text_value: "tee", num: 2 },
        { text_value: "mug", num: 1 },
      ],
    });
    const [first] = (await tenant.door("GET /flow/custom-events/data", known(tenant))).json().data;
    const rest = await tenant.door("GET /flow/custom-events/data", { ...known(tenant), start_id: first.id + 1 });
    expect(rest.json().data).toHaveLength(2);
  });
});

describe("a range", () => {
  it.each([
    ["yesterday", "2026-01-14", "2026-01-15"],
    ["last_7_days", "2026-01-08", "2026-01-15"],
    ["last_week", "2026-01-05", "2026-01-12"],
    ["last_30_days", "2025-12-16", "2026-01-15"],
    ["last_month", "2025-12-01", "2026-01-01"],
    ["last_3_months", "2025-10-01", "2026-01-01"],
  ] as const)("of %s is %s to %s", (name, from, to) => {
    // A Thursday.
    const range = toRange(name, Date.UTC(2026, 0, 15, 12));
    expect(range).toEqual({ from: new Date(from), to: new Date(to) });
  });
});
