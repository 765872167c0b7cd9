import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import { hashPassword } from "../../shell/password.ts";
import { createChannel } from "../../store/channel-store.ts";
import { createUser, joinWorkspace } from "../../store/member-store.ts";

let server: TestServer;
let tenant: Tenant;
let channelId: number;
let ann: Agent;
let bob: Agent;
beforeAll(async () => {
  server = await testServer();
  tenant = await aTenant(server);
  const channel = { kind: "webchat", name: "Web", settings: {}, sealedSecrets: null, status: "connected" } as const;
  channelId = (await createChannel(server.database.db, tenant.bot, channel)).id;
  ann = await anAgent("ann@example.com");
  bob = await anAgent("bob@example.com");
});
afterAll(() => server.close());

interface Agent {
  readonly id: number;
  call(
    method: "GET" | "POST" | "DELETE",
    path: string,
    body?: object,
    headers?: object,
  ): Promise<{ status: number; body: unknown }>;
}

/** Somebody of the team, signed in. */
async function anAgent(email: string): Promise<Agent> {
  const { db } = server.database;
  const password = "correct horse battery";
  const userId = await createUser(db, { email, name: "", passwordHash: await hashPassword(password) });
  const { id } = await joinWorkspace(db, tenant.workspace.id, userId, "agent");
  const origin = "https://bots.example";
  const answer = await server.app.inject({
    method: "POST",
    url: "/auth/session",
    headers: { origin },
    payload: { email, password },
  });
  const [cookie] = answer.cookies;
  return {
    id,
    async call(method, path, body, headers = {}) {
      const { statusCode, body: text } = await server.app.inject({
        method,
        url: `/api/v1${path}`,
        headers: { origin, cookie: `${cookie?.name}=${encodeURIComponent(cookie?.value ?? "")}`, ...headers },
        ...(body === undefined ? {} : { payload: body }),
      });
      return { status: statusCode, body: text === "" ? null : JSON.parse(text) };
    },
  };
}

let calls = 0;
async function say(person: string, text: string): Promise<number> {
  calls += 1;
  server.pass(1_000);
  const { contactId } = await server.submit({
    target: { channelId, externalId: person },
    happening: { kind: "message", message: { text, attachments: [] } },
    source: "channel",
    dedupeKey: `agents ${calls}`,
  });
  if (contactId === undefined) throw new Error("no contact");
  return contactId;
}

async function act(agent: Agent, contactId: number, action: string, args: object = {}) {
  server.pass(1_000);
  const { body } = await agent.call("POST", `/contacts/${contactId}/actions`, { action, args });
  return body as { results?: { ok: boolean; result?: unknown }[]; error?: { details?: { code: string } } };
}
async function inbox(agent: Agent, query: string): Promise<number[]> {
  const { body } = await agent.call("GET", `/inbox${query}`);
  return (body as { data: { contactId: number }[] }).data.map(({ contactId }) => contactId);
}
const counts = async (agent: Agent) => (await agent.call("GET", "/inbox/counts")).body;
const entries = async (agent: Agent, contactId: number, query = "") => {
  const { body } = await agent.call("GET", `/contacts/${contactId}/conversation${query}`);
  return body as { data: Record<string, unknown>[]; nextCursor: string | null };
};

describe("a mention", () => {
  it("stands among the agent's until the agent has looked, with the comment put together for the contact", async () => {
    const eve = await say("eve", "is anybody there?");
    await tenant.call("PATCH", `/contacts/${eve}`, { body: { firstName: "Eve" } });
    await act(ann, eve, "mention_agent", { agent: "BOB@example.com", comment: "{{ contact.first_name }} waits" });
    expect(await inbox(bob, "?mentioned=true")).toEqual([eve]);
    expect(await inbox(ann, "?mentioned=true")).toEqual([]);
    expect(await counts(bob)).toMatchObject({ mentioned: 1 });
    const [first] = (await entries(bob, eve)).data;
    expect(first).toMatchObject({ kind: "mention", by: ann.id, agent: bob.id, comment: "Eve waits", seenAt: null });
    expect((await bob.call("POST", `/contacts/${eve}/mentions/seen`)).body).toEqual({ seen: 1 });
    expect(await inbox(bob, "?mentioned=true")).toEqual([]);
    expect((await bob.call("POST", `/contacts/${eve}/mentions/seen`)).body).toEqual({ seen: 0 });
  });

  it("of nobody of the team is refused", async () => {
    const eve = await say("eve", "hello");
    const answer = await act(ann, eve, "mention_agent", { agent: "nobody@example.com" });
    expect(answer.error?.details).toEqual({ code: "member.not_found" });
  });

  it("by a flow says so, and reaches the agent also where the contact has written nothing", async () => {
    const flow = {
      name: "Help",
      start: "tell",
      steps: [
        { ref: "tell", kind: "action", config: { actions: [{ action: "mention_agent", args: { agent: bob.id } }] } },
      ],
    };
    const made = await tenant.call("POST", "/flows", { body: { bot: tenant.bot.id, document: flow } });
    const { ref } = made.json();
    expect((await tenant.call("POST", `/flows/${ref}/publish`, { body: {} })).statusCode).toBe(200);
    const { id: quiet } = (await tenant.call("POST", "/contacts", { body: { bot: tenant.bot.id, name: "Q" } })).json();
    await act(ann, quiet, "start_flow", { flow: ref });
    expect(await inbox(bob, "?mentioned=true")).toEqual([quiet]);
    const mention = (await entries(bob, quiet)).data.find(({ kind }) => kind === "mention");
    expect(mention).toMatchObject({ by: null, flow: ref });
  });

  it("is a member's own: a token has none", async () => {
    expect((await tenant.call("GET", "/inbox?mentioned=true")).json().error.code).toBe("request.invalid");
  });
});

describe("a note", () => {
  it("names who wrote it, stands between the messages, and is deleted by its author alone", async () => {
    const eve = await say("noted", "before");
    await act(ann, eve, "add_note", { text: "Wants a refund" });
    await say("noted", "after");
    const shown = (await entries(bob, eve)).data.reverse();
    expect(shown.map(({ kind }) => kind)).toEqual(["message", "note", "message"]);
    expect(shown[1]).toMatchObject({ by: ann.id, note: { text: "Wants a refund" } });
    const { id } = (shown[1] as { note: { id: number } }).note;
    const refused = await bob.call("DELETE", `/contacts/${eve}/notes/${id}`);
    expect(refused).toMatchObject({ status: 403, body: { error: { code: "note.not_yours" } } });
    expect((await ann.call("DELETE", `/contacts/${eve}/notes/${id}`)).status).toBe(204);
    expect((await ann.call("DELETE", `/contacts/${eve}/notes/${id}`)).status).toBe(404);
  });
});

describe("a conversation", () => {
  it("shows what was said, noted and done in the order of time, page by page, nothing twice", async () => {
    const eve = await say("long", "1");
    await act(ann, eve, "assign_agent", { agent: bob.id });
    server.pass(1_000);
    await ann.call("POST", `/contacts/${eve}/messages`, { text: "2" });
    await act(bob, eve, "pause_bot", { minutes: 5 });
    await say("long", "3");
    await act(bob, eve, "move_conversation", { status: "done" });
    const whole = (await entries(ann, eve)).data;
    expect(whole.map(({ kind, by }) => [kind, by]).reverse()).toEqual([
      ["message", null],
      ["change", ann.id],
      ["message", ann.id],
      // The bot keeps still while she talks.
      ["change", ann.id],
      ["change", bob.id],
      ["message", null],
      ["change", bob.id],
    ]);
    const paged = [];
    let cursor = "";
    for (let page = 0; page < 3; page += 1) {
      const { data, nextCursor } = await entries(ann, eve, `?limit=1${cursor}`);
      paged.push(...data);
      cursor = `&cursor=${nextCursor}`;
    }
    expect(paged).toEqual(whole);
    expect(cursor).toBe("&cursor=null");
  });

  it("is marked unread only where the contact has written", async () => {
    const { id } = (await tenant.call("POST", "/contacts", { body: { bot: tenant.bot.id, name: "Silent" } })).json();
    expect((await act(ann, id, "mark_unread")).results).toEqual([{ ok: true, result: { changed: false } }]);
    const eve = await say("reader", "hello");
    await act(ann, eve, "mark_read");
    expect((await act(ann, eve, "mark_unread")).results).toEqual([{ ok: true, result: { changed: true } }]);
    expect(await inbox(ann, "?unread=true")).toContain(eve);
    expect(await inbox(ann, "?unread=true")).not.toContain(id);
  });

  it("closes with what its closing note asks for, or not at all", async () => {
    const ask = { bot: tenant.bot.id, name: "Refund", requireSummary: 2, requireAttachment: 2 };
    await tenant.call("POST", "/closing-notes", { body: ask });
    const eve = await say("closing", "thanks");
    const close = (args: object) =>
      act(ann, eve, "move_conversation", { status: "done", closingNote: "Refund", ...args });
    expect((await close({})).error?.details).toEqual({ code: "closing_note.summary_missing" });
    expect((await close({ summary: "Paid back" })).error?.details).toEqual({ code: "closing_note.attachment_missing" });
    const attachment = "https://files.example/receipt.pdf";
    expect((await close({ summary: "Paid back", attachment })).results).toMatchObject([{ ok: true }]);
    const said = (await ann.call("GET", `/contacts/${eve}/closing-notes`)).body;
    expect(said).toMatchObject({ data: [{ name: "Refund", summary: "Paid back", attachmentUrl: attachment }] });
  });
});

describe("a conversation of nobody", () => {
  const agentOf = async (contactId: number) =>
    ((await bob.call("GET", `/contacts/${contactId}`)).body as { conversation: { agent: number | null } }).conversation
      .agent;
  const answer = (agent: Agent, contactId: number) =>
    agent.call("POST", `/contacts/${contactId}/messages`, { text: "Yes?" });

  it("is whose who answers it first, which all see, and stays theirs when another answers", async () => {
    const eve = await say("nobody's", "hello");
    expect(await inbox(bob, "?agent=none")).toContain(eve);
    await answer(ann, eve);
    await answer(bob, eve);
    expect(await agentOf(eve)).toBe(ann.id);
    expect(await inbox(bob, "?agent=none")).not.toContain(eve);
    const changes = (await entries(bob, eve)).data.filter(({ kind }) => kind === "change");
    const assigned = changes.filter(({ fact }) => (fact as { kind: string }).kind === "agent_assigned");
    expect(assigned).toMatchObject([{ by: ann.id, fact: { agent: ann.id } }]);
  });

  it("stays nobody's where a program answers, or the workspace deals conversations out by hand", async () => {
    const one = await say("program's", "hello");
    await tenant.call("POST", `/contacts/${one}/messages`, { body: { text: "Yes?", author: "agent" } });
    expect(await agentOf(one)).toBeNull();
    await tenant.call("PATCH", "/workspace", { body: { assignsOnReply: false } });
    const two = await say("dealt out", "hello");
    await answer(ann, two);
    expect(await agentOf(two)).toBeNull();
    await tenant.call("PATCH", "/workspace", { body: { assignsOnReply: true } });
    await answer(bob, two);
    expect(await agentOf(two)).toBe(bob.id);
  });
});

describe("the inbox", () => {
  it("finds beginnings of words that people wrote, not what the bot said; narrows by channel and label", async () => {
    const eve = await say("words", "Where is my Bestellung no. 4711?");
    await ann.call("POST", `/contacts/${eve}/messages`, { text: "Your parcel left Москву yesterday" });
    const robot = { text: "unmistakably robotic", author: "bot" };
    await tenant.call("POST", `/contacts/${eve}/messages`, { body: robot });
    for (const words of ["bestell", "4711 best", "москв", "parcel"]) {
      expect([words, await inbox(ann, `?q=${encodeURIComponent(words)}`)]).toEqual([words, [eve]]);
    }
    for (const words of ["robotic", "stellung", "4711 parcel", "' | !*(:", "\\"]) {
      expect([words, await inbox(ann, `?q=${encodeURIComponent(words)}`)]).toEqual([words, []]);
    }
    await act(ann, eve, "add_label", { label: "parcels" });
    expect(await inbox(ann, "?label=parcels")).toEqual([eve]);
    expect(await inbox(ann, "?label=parcels&label=other")).toEqual([]);
    expect(await inbox(ann, `?label=parcels&channel=${channelId}`)).toEqual([eve]);
    expect(await inbox(ann, `?label=parcels&channel=${channelId + 1}`)).toEqual([]);
  });

  it("counts each tab as the tab lists it", async () => {
    const eve = await say("counted", "hello");
    await act(ann, eve, "assign_agent", { agent: ann.id });
    await act(ann, await say("closed", "bye"), "move_conversation", { status: "done" });
    const listed = {
      mine: await inbox(ann, `?agent=${ann.id}&status=open&status=pending`),
      unassigned: await inbox(ann, "?agent=none&status=open&status=pending"),
      unread: await inbox(ann, "?unread=true&status=open&status=pending&status=done"),
      mentioned: await inbox(ann, "?mentioned=true"),
      closed: await inbox(ann, "?status=done"),
      all: await inbox(ann, ""),
    };
    // The others are hers since she answered them.
    expect(listed.mine[0]).toBe(eve);
    const lengths = Object.fromEntries(Object.entries(listed).map(([tab, ids]) => [tab, ids.length]));
    expect(await counts(ann)).toEqual(lengths);
  });
});

const bytes = { "content-type": "application/octet-stream" };

describe("a file", () => {
  it("is what its first bytes say, is read by its address alone, and goes with its contact", async () => {
    const eve = await say("pictured", "hello");
    const picture = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]);
    const { status, body } = await ann.call("POST", `/files?name=a%20b.html&contact=${eve}`, picture, bytes);
    expect(status).toBe(201);
    const file = body as { url: string };
    expect(file).toMatchObject({ contentType: "image/png", kind: "image", size: 10, name: "a b.html" });
    const address = file.url.replace("https://bots.example", "");
    const read = await server.app.inject({ url: address });
    expect(read.rawPayload).toEqual(picture);
    expect(read.headers).toMatchObject({
      "content-type": "image/png",
      "x-content-type-options": "nosniff",
      "content-security-policy":
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
    });
    await tenant.call("DELETE", `/contacts/${eve}`);
    expect((await server.app.inject({ url: address })).statusCode).toBe(404);
  });

  it("that could act as a page is only saved; an empty one and one of more than 10 MiB are refused", async () => {
    const page = Buffer.from("<script>alert(1)</script>");
    const { body } = await ann.call("POST", "/files?name=x.html", page, bytes);
    const read = await server.app.inject({ url: (body as { url: string }).url.replace("https://bots.example", "") });
    expect(read.headers["content-type"]).toBe("application/octet-stream");
    expect(read.headers["content-disposition"]).toMatch(/^attachment/);
    expect((await ann.call("POST", "/files?name=x", Buffer.alloc(0), bytes)).status).toBe(422);
    expect((await ann.call("POST", "/files?name=x", Buffer.alloc(10 * 1024 * 1024), bytes)).status).toBe(201);
    expect((await ann.call("POST", "/files?name=x", Buffer.alloc(10 * 1024 * 1024 + 1), bytes)).status).toBe(413);
  });
});

describe("a saved reply", () => {
  it("is kept by agents under a shortcut that nobody else has, and put together for a contact", async () => {
    const reply = { shortcut: "hello", text: 'Hello, {{ contact.first_name | default: "friend" }}!' };
    expect((await ann.call("POST", "/saved-replies", reply)).status).toBe(201);
    const twice = await bob.call("POST", "/saved-replies", { ...reply, shortcut: "HELLO" });
    expect(twice).toMatchObject({ status: 409, body: { error: { code: "saved_reply.shortcut_taken" } } });
    const eve = await say("greeted", "hi");
    const render = async (template: string) =>
      (await ann.call("POST", `/contacts/${eve}/render`, { template })).body as object;
    expect(await render(reply.text)).toEqual({ text: "Hello, friend!", problem: null });
    expect(await render("{{ broken")).toMatchObject({ text: "", problem: expect.stringContaining("template") });
    const list = (await bob.call("GET", "/saved-replies")).body as { data: { id: number }[] };
    expect((await bob.call("DELETE", `/saved-replies/${list.data[0]?.id}`)).status).toBe(204);
  });
});
