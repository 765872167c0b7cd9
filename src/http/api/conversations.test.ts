import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

let tenant: Tenant;
let contact: number;
beforeEach(async () => {
  tenant = await aTenant(server);
  contact = (await make("/contacts", { bot: tenant.bot.id, name: "Ann" })).id;
});

async function make(path: string, body: object, status = 201) {
  const answer = await tenant.call("POST", path, { body });
  expect([answer.statusCode, answer.body]).toEqual([status, expect.any(String)]);
  return answer.json();
}
const get = async (path: string) => (await tenant.call("GET", path)).json();
const act = async (action: string, args: object = {}) =>
  await tenant.call("POST", `/contacts/${contact}/actions`, { body: { action, args } });

describe("members", () => {
  it("are added by e-mail, get another role, and leave", async () => {
    const ann = await make("/members", { email: "ann@example.com", name: "Ann", role: "owner" });
    const bob = await make("/members", { email: "bob@example.com" });
    expect(await get("/members")).toEqual({ data: [ann, { ...bob, role: "agent", name: "" }] });
    const changed = await tenant.call("PATCH", `/members/${bob.id}`, { body: { role: "admin" } });
    expect(changed.json()).toEqual({ ...bob, role: "admin" });
    expect((await tenant.call("DELETE", `/members/${bob.id}`)).statusCode).toBe(204);
    expect((await tenant.call("GET", `/members/${bob.id}`)).statusCode).toBe(404);
  });

  it("are the same user in two workspaces", async () => {
    const other = await aTenant(server);
    const one = await make("/members", { email: "Eve@example.com", name: "Eve" });
    const two = (await other.call("POST", "/members", { body: { email: "eve@example.com" } })).json();
    expect([one.id === two.id, two.name]).toEqual([false, "Eve"]);
    expect((await other.call("GET", `/members/${one.id}`)).statusCode).toBe(404);
    expect((await other.call("DELETE", `/members/${one.id}`)).statusCode).toBe(404);
  });

  it("are not added twice, and the last owner neither leaves nor steps down", async () => {
    const { id } = await make("/members", { email: "ann@example.com", role: "owner" });
    const codes = [
      (await tenant.call("POST", "/members", { body: { email: "ANN@example.com" } })).json().error.code,
      (await tenant.call("DELETE", `/members/${id}`)).json().error.code,
      (await tenant.call("PATCH", `/members/${id}`, { body: { role: "agent" } })).json().error.code,
      (await tenant.call("POST", "/members", { body: { email: "nobody" } })).json().error.code,
    ];
    expect(codes).toEqual(["member.exists", "member.last_owner", "member.last_owner", "request.invalid"]);
  });
});

describe("a conversation", () => {
  it("shows who looks after it, and is found by that", async () => {
    const member = await make("/members", { email: "ann@example.com" });
    expect((await act("assign_agent", { agent: member.id })).statusCode).toBe(200);
    await act("pause_bot", { minutes: 30 });
    await act("set_consent", { kind: "email", granted: true });
    const shown = await get(`/contacts/${contact}`);
    expect(shown.conversation).toEqual({
      status: "open",
      agent: member.id,
      pausedUntil: new Date(server.now() + 30 * 60_000).toISOString(),
      readAt: null,
      unread: false,
    });
    expect(shown).toMatchObject({ bannedAt: null, consents: { email: { granted: true }, sms: null } });
    const idsOf = async (query: string) =>
      (await get(`/conversations?${query}`)).data.map(({ contactId }: { contactId: number }) => contactId);
    expect(await idsOf(`agent=${member.id}`)).toEqual([contact]);
    expect(await idsOf("agent=none")).toEqual([]);
    expect(await idsOf("status=open&unread=false")).toEqual([contact]);
    expect(await idsOf("unread=true")).toEqual([]);
  });

  it("is counted where it stands", async () => {
    await make("/contacts", { bot: tenant.bot.id });
    await act("move_conversation", { status: "spam" });
    expect(await get("/conversations/counts")).toEqual({ open: 1, pending: 0, spam: 1, done: 0 });
    const page = await get("/conversations?limit=1");
    const rest = await get(`/conversations?limit=1&cursor=${page.nextCursor}`);
    expect([page.data[0].status, rest.data[0].status, rest.nextCursor]).toEqual(["open", "spam", null]);
  });

  it("is closed with a note that asks for a summary", async () => {
    const note = await make("/closing-notes", { bot: tenant.bot.id, name: "Refund", requireSummary: 2 });
    const bare = await act("move_conversation", { status: "done", closingNote: "Refund" });
    expect(bare.json().error.details.code).toBe("closing_note.summary_missing");
    const good = await act("move_conversation", { status: "done", closingNote: "Refund", summary: "Paid twice" });
    expect(good.statusCode).toBe(200);
    expect((await get(`/contacts/${contact}/closing-notes`)).data).toMatchObject([
      { name: "Refund", summary: "Paid twice", agentId: null },
    ]);
    expect((await tenant.call("DELETE", `/closing-notes/${note.id}`)).statusCode).toBe(204);
    expect((await get(`/contacts/${contact}/closing-notes`)).data).toHaveLength(1);
  });
});

describe("closing notes", () => {
  it("are made, changed and not named twice", async () => {
    const note = await make("/closing-notes", { bot: tenant.bot.id, name: "Solved" });
    expect(note).toMatchObject({ requireSummary: 0, requireAttachment: 0, description: "" });
    await make("/closing-notes", { bot: tenant.bot.id, name: "Other" });
    const path = `/closing-notes/${note.id}`;
    const changed = await tenant.call("PATCH", path, { body: { description: "All good", requireSummary: 1 } });
    expect(changed.json()).toEqual({ ...note, description: "All good", requireSummary: 1 });
    const taken = await tenant.call("PATCH", path, { body: { name: "Other" } });
    expect(taken.json().error.code).toBe("closing_note.name_taken");
    const other = await aTenant(server);
    for (const method of ["GET", "DELETE"] as const) expect((await other.call(method, path)).statusCode).toBe(404);
  });
});

describe("custom events", () => {
  it("are known from their first time on, with when and to whom", async () => {
    await act("log_event", { event: "purchase", text: "course {{ contact.name }}", price: 990.5 });
    server.pass(60_000);
    await act("log_event", { event: "purchase", number: 2 });
    await act("log_event", { event: "visit" });
    const { data } = await get("/custom-events");
    expect(data.map(({ name }: { name: string }) => name)).toEqual(["purchase", "visit"]);
    const path = `/custom-events/${data[0].id}/entries`;
    expect((await get(path)).data).toMatchObject([
      { contactId: contact, text: "course Ann", price: 990.5, number: null },
      { text: null, price: null, number: 2 },
    ]);
    const since = new Date(server.now()).toISOString();
    expect((await get(`${path}?from=${since}`)).data).toHaveLength(1);
    expect((await get(`${path}?to=${since}&limit=1`)).data).toMatchObject([{ price: 990.5 }]);
    const other = await aTenant(server);
    expect((await other.call("GET", path)).statusCode).toBe(404);
    expect((await other.call("GET", "/custom-events")).json()).toEqual({ data: [] });
  });
});
