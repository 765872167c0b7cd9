import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import { until } from "../../../test/until.ts";
import { createBot } from "../../store/bot-store.ts";
import { createChannel } from "../../store/channel-store.ts";

let server: TestServer;
let tenant: Tenant;
let channelId: number;
beforeAll(async () => {
  server = await testServer();
  tenant = await aTenant(server);
  const channel = { kind: "webchat", name: "Web", settings: {}, sealedSecrets: null, status: "connected" } as const;
  channelId = (await createChannel(server.database.db, tenant.bot, channel)).id;
  await server.app.listen({ host: "127.0.0.1", port: 0 });
});
afterAll(() => server.close());

let calls = 0;
async function say(person: string, text: string): Promise<number> {
  calls += 1;
  server.pass(1_000);
  const submitted = server.submit({
    target: { channelId, externalId: person },
    happening: { kind: "message", message: { text, attachments: [] } },
    source: "channel",
    dedupeKey: `inbox ${calls}`,
  });
  const { contactId } = await submitted;
  if (contactId === undefined) throw new Error("no contact");
  return contactId;
}
const inbox = async (query = "", of = tenant) => (await of.call("GET", `/inbox${query}`)).json();
const idsOf = (page: { data: { contactId: number }[] }) => page.data.map(({ contactId }) => contactId);
const act = (id: number, action: string, args: object) =>
  tenant.call("POST", `/contacts/${id}/actions`, { body: { action, args } });

describe("the inbox", () => {
  it("has whoever wrote last first, each once, with what was said last, page by page", async () => {
    const [ann, bob, eve] = [await say("ann", "one"), await say("bob", "two"), await say("eve", "three")];
    await say("ann", "four");
    await tenant.call("POST", `/contacts/${bob}/messages`, { body: { text: "an answer" } });
    const all = await inbox();
    expect(idsOf(all)).toEqual([ann, eve, bob]);
    expect(all.data[0]).toMatchObject({ last: { direction: "in", text: "four" }, unread: true });
    expect(all.data[2]).toMatchObject({ last: { direction: "out", text: "an answer" } });
    const first = await inbox("?limit=2");
    expect(idsOf(first)).toEqual([ann, eve]);
    expect(idsOf(await inbox(`?limit=2&cursor=${first.nextCursor}`))).toEqual([bob]);
  });

  it("is narrowed by agent, status, unread and words", async () => {
    const { id: member } = (await tenant.call("POST", "/members", { body: { email: "agent@example.com" } })).json();
    const [ann, bob] = [await say("ann", "again"), await say("bob", "again")];
    await act(ann, "assign_agent", { agent: member });
    await act(bob, "move_conversation", { status: "done" });
    await act(bob, "mark_read", {});
    await tenant.call("PATCH", `/contacts/${ann}`, { body: { name: "Ann 100%" } });
    expect(idsOf(await inbox(`?agent=${member}`))).toEqual([ann]);
    expect(idsOf(await inbox("?status=done"))).toEqual([bob]);
    expect(idsOf(await inbox("?unread=true"))).not.toContain(bob);
    expect(idsOf(await inbox("?agent=none"))).not.toContain(ann);
    expect(idsOf(await inbox("?q=ann%20100%25"))).toEqual([ann]);
    expect(idsOf(await inbox("?q=100_"))).toEqual([]);
    expect(idsOf(await inbox(`?agent=${member}&cursor=${(await inbox("?limit=1")).nextCursor}`))).toEqual([ann]);
    expect(idsOf(await inbox("", await aTenant(server)))).toEqual([]);
  });
});

describe("live news", () => {
  const listen = async (token: string) => {
    const address = server.app.server.address();
    const port = typeof address === "object" ? address?.port : 0;
    const stop = new AbortController();
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/live`, {
      headers: { authorization: `Bearer ${token}` },
      signal: stop.signal,
    });
    const heard = { text: "", stop: () => stop.abort() };
    const read = async () => {
      for await (const chunk of response.body ?? []) heard.text += Buffer.from(chunk).toString();
    };
    read().catch(() => undefined);
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    await until("it has begun", () => heard.text.includes(": here"));
    return heard;
  };

  it("name contacts of the caller's workspace, and nobody else's", async () => {
    const stranger = await aTenant(server);
    const [mine, other] = [await listen(tenant.token), await listen(stranger.token)];
    const ann = await say("ann", "hello");
    server.announce(ann);
    await until("it is told", () => mine.text.includes(`{"contacts":[${ann}]}`));
    expect(other.text).not.toContain("contacts");
    mine.stop();
    other.stop();
  });

  it("name a broadcast that moves on to the callers of its workspace and bot, and to nobody else", async () => {
    const stranger = await aTenant(server);
    const other = await createBot(server.database.db, { workspaceId: tenant.workspace.id, name: "Other" });
    const [ofBot, ofOther] = await Promise.all([tenant.bot, other].map(({ id }) => tenant.mintToken({ botId: id })));
    const tokens = [tenant.token, ofBot ?? "", stranger.token, ofOther ?? ""];
    const listeners = await Promise.all(tokens.map(listen));
    const body = { bot: tenant.bot.ref, name: "News", content: "Hello", audience: { all: true } };
    const make = async (of: Tenant) =>
      (await of.call("POST", "/broadcasts", { body: { ...body, bot: of.bot.ref } })).json().id;
    const [id, theirs] = [await make(tenant), await make(stranger)];
    const frame = (of: number) => `event: broadcast\ndata: {"broadcast":${of}}\n\n`;
    for (const step of ["start", "pause", "cancel"]) {
      const seen = listeners.map(({ text }) => text.split(frame(id)).length);
      await tenant.call("POST", `/broadcasts/${id}/${step}`);
      for (const n of [0, 1]) {
        await until(`listener ${n} is told`, () => (listeners[n]?.text.split(frame(id)).length ?? 0) > (seen[n] ?? 0));
      }
    }
    // What the others hear after it shows that they have heard all.
    await stranger.call("POST", `/broadcasts/${theirs}/start`);
    await until("the stranger is told", () => listeners[2]?.text.includes(frame(theirs)) === true);
    expect(listeners[2]?.text).not.toContain(frame(id));
    expect(listeners[3]?.text).not.toContain("event: broadcast");
    expect(listeners[0]?.text).not.toContain(frame(theirs));
    for (const { stop } of listeners) stop();
  });
});
