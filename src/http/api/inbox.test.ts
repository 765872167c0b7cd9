import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import { until } from "../../../test/until.ts";
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
  it("name contacts of the caller's workspace, and nobody else's", async () => {
    const stranger = await aTenant(server);
    const address = server.app.server.address();
    const port = typeof address === "object" ? address?.port : 0;
    const listen = async (of: Tenant) => {
      const stop = new AbortController();
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/live`, {
        headers: { authorization: `Bearer ${of.token}` },
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
    const [mine, other] = [await listen(tenant), await listen(stranger)];
    const ann = await say("ann", "hello");
    server.announce(ann);
    await until("it is told", () => mine.text.includes(`{"contacts":[${ann}]}`));
    expect(other.text).not.toContain("contacts");
    mine.stop();
    other.stop();
  });
});
