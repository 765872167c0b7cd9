import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestServer, testServer } from "../../../../test/server.ts";
import {
  aUchatTenant,
  type DoorCase,
  describeDoor,
  doorTenants,
  nobody,
  telegramId,
  type UchatTenant,
} from "../../../../test/uchat-door.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());
const tenants = doorTenants(() => aUchatTenant(server));

const reading: readonly DoorCase[] = [
  {
    endpoint: "POST /whatsapp-template/list",
    good: () => ({ limit: 10 }),
    after: (_tenant, body: object) => expect(body).toMatchObject({ data: [], meta: { total: 0 } }),
    bad: [{ page: 0 }],
    isOwn: true,
  },
  {
    endpoint: "POST /whatsapp-template/sync",
    good: () => ({}),
    after: (_tenant, body: object) => expect(body).toEqual({ status: "ok" }),
    bad: "nothing",
    isOwn: true,
  },
  {
    endpoint: "GET /subscriber/chat-messages",
    good: ({ userNs }) => ({ user_ns: userNs, include_bot: 1, include_note: 1, include_system: 1 }),
    before: ({ door, userNs }) => door("POST /subscriber/send-text", { user_ns: userNs, content: "Hello, Ann" }),
    after: ({ userNs }, body: { data: object[] }) => {
      const common = { msg_type: "text", sender_id: userNs, ts: Date.UTC(2026, 0, 15, 12) / 1000 };
      expect(body.data).toMatchObject([
        { ...common, type: "out", content: "Hello, Ann", payload: { text: "Hello, Ann", url: "" } },
        { ...common, type: "in", content: "hi" },
      ]);
    },
    missing: [nobody],
    bad: [{ user_ns: "" }, { limit: 0 }, { include_bot: "often" }, { start_time: "yesterday" }],
  },
  {
    endpoint: "POST /subscriber/chat-messages-by-mids",
    good: () => ({ mids: ["wamid.1", "unknown"] }),
    before: ({ contactId }) =>
      server.database.db
        .updateTable("messages")
        .set({ externalId: "wamid.1" })
        .where("contactId", "=", contactId)
        .execute(),
    after: ({ userNs }, body: { data: object[] }) =>
      expect(body.data).toMatchObject([{ type: "in", content: "hi", sender_id: userNs }]),
    bad: [{ mids: "1" }, { mids: Array.from({ length: 101 }, (_, index) => String(index)) }],
    isOwn: true,
  },
];

describe("the door of what was said", () => {
  describeDoor(reading, tenants);
});

describe("the chat of a subscriber", () => {
  let mine: UchatTenant;
  beforeEach(async () => {
    mine = await aUchatTenant(server);
    await mine.door("POST /subscriber/send-text", { user_ns: mine.userNs, content: "Hello" });
    server.pass(60_000);
    await mine.hear("thanks");
  });
  const chat = async (query: object) =>
    (await mine.door("GET /subscriber/chat-messages", { user_ns: mine.userNs, ...query })).json();
  const contents = async (query: object) => (await chat(query)).data.map(({ content }: { content: string }) => content);

  it("leaves the bot's part out unless it is asked for", async () => {
    expect(await contents({})).toEqual(["thanks", "hi"]);
    expect(await contents({ include_bot: 1 })).toEqual(["thanks", "Hello", "hi"]);
  });

  it("is found by the person's id on the channel, and narrowed by time and number", async () => {
    const byId = await mine.door("GET /subscriber/chat-messages", { user_id: telegramId, limit: 1 });
    expect(byId.statusCode).toBe(200);
    const last = Math.floor(server.now() / 1000);
    expect(await contents({ start_time: last })).toEqual(["thanks"]);
    expect(await contents({ end_time: last - 1 })).toEqual(["hi"]);
    expect(await contents({ limit: 1 })).toEqual(["thanks"]);
    expect(await contents({ limit: 1, page: 2 })).toEqual(["hi"]);
    expect((await chat({ limit: 1 })).meta).toMatchObject({ last_page: 2, total: 2 });
  });

  it("can be had as text, with times too", async () => {
    expect((await chat({ include_bot: 1, format: "text" })).text).toBe("User: hi\nBot: Hello\nUser: thanks");
    expect((await chat({ format: "text_with_time", limit: 1 })).text).toMatch(
      /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] User: thanks$/,
    );
  });

  it("does not show another workspace's messages by their mids", async () => {
    const ids = (await chat({})).data.map(({ id }: { id: number }) => id);
    expect((await mine.door("POST /subscriber/chat-messages-by-mids", { mids: ids })).json().data).toHaveLength(2);
    expect((await tenants.other().door("POST /subscriber/chat-messages-by-mids", { mids: ids })).json().data).toEqual(
      [],
    );
  });
});
