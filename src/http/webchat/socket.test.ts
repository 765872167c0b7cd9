import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../../test/database.ts";
import { until } from "../../../test/until.ts";
import {
  aChatBot,
  type ChatBot,
  openPage,
  openSession,
  start,
  text,
  visitorPages,
  type WebchatServer,
  webchatServer,
} from "../../../test/webchat.ts";
import { openTrackedLink } from "../../shell/tracked-links.ts";
import { deleteContact } from "../../store/contact-store.ts";
import type { HistoryBody } from "../contract/webchat.ts";

let database: TestDatabase;
let server: WebchatServer;
let bot: ChatBot;
const secretKey = Buffer.alloc(32, 7);
const { aVisitor, aPage } = visitorPages(() => ({ server, bot }));

beforeAll(async () => {
  database = await testDatabase();
  server = await webchatServer(database, { secretKey });
  bot = await aChatBot(database);
});

afterAll(async () => {
  await server.stop();
  await database.close();
});

async function contactOf(token: string): Promise<number | undefined> {
  const visitor = token.split(".")[0] ?? "";
  const row = await database.db
    .selectFrom("identities")
    .select("contactId")
    .where("externalId", "=", visitor)
    .executeTakeFirst();
  return row?.contactId;
}

describe("a conversation over a socket", () => {
  it("begins with the first act, and not before", async () => {
    const token = await aVisitor();
    const page = await aPage(token);
    expect(page.frames).toEqual([{ type: "ready", isKnown: false, hasEarlier: false }]);
    expect(await contactOf(token)).toBeUndefined();
    expect(await page.act(start("s1"))).toEqual({ type: "ack", id: "s1" });
    const [greeting] = await page.has(1);
    expect(greeting).toMatchObject({
      direction: "out",
      text: "Hello!",
      attachments: [],
      buttons: [
        { type: "press", title: "Yes", payload: expect.any(String) },
        { type: "url", title: "Site", url: "https://example.com/" },
      ],
      quickReplies: [{ title: "Later", payload: expect.any(String) }],
    });
    expect(await contactOf(token)).toEqual(expect.any(Number));
  });

  it("leads by a button that is counted over this server, by every other where it says", async () => {
    const token = await aVisitor();
    await (await aPage(token)).act(start("s1"));
    const contactId = (await contactOf(token)) ?? 0;
    const url = "https://example.com/";
    const buttons = [
      { type: "url", title: "Plain", url },
      { type: "url", title: "Site", url, isTracked: true },
    ];
    const content = JSON.stringify({ text: "Hello!", attachments: [], buttons, quickReplies: [] });
    await database.db.updateTable("messages").set({ content }).where("contactId", "=", contactId).execute();
    const [message] = await (await aPage(token)).has(1);
    const [plain, counted] = message?.buttons ?? [];
    expect(plain).toMatchObject({ url });
    const [, base, link = ""] = /^(.+)\/l\/(.+)$/.exec(counted?.type === "url" ? counted.url : "") ?? [];
    expect(base).toBe("https://chat.example");
    expect(openTrackedLink(secretKey, link)).toEqual({ messageId: message?.id, index: 1 });
  });

  it("shows what was said and what was pressed, with the answers, in order", async () => {
    const page = await aPage(await aVisitor());
    await page.act(start("s1"));
    const [greeting] = await page.has(1);
    const button = greeting?.buttons[0];
    if (button?.type !== "press") throw new Error("no button");
    await page.act({ kind: "button", id: "b1", payload: button.payload, title: button.title });
    await page.act(text("t1", "How much?"));
    const messages = await page.has(5);
    expect(messages.map(({ direction, text: said, clientId }) => [direction, said, clientId])).toEqual([
      ["out", "Hello!", undefined],
      ["in", "Yes", "b1"],
      ["out", "Glad.", undefined],
      ["in", "How much?", "t1"],
      ["out", "re: How much?", undefined],
    ]);
    expect(messages.map(({ id }) => id)).toEqual(messages.map(({ id }) => id).sort((a, b) => a - b));
  });

  it("handles an act that comes again under the same id once, on whichever connection", async () => {
    const token = await aVisitor();
    const page = await aPage(token);
    const again = await aPage(token);
    const twice = await Promise.all([page.act(text("t1", "Once")), again.act(text("t1", "Once"))]);
    expect(twice).toEqual([
      { type: "ack", id: "t1" },
      { type: "ack", id: "t1" },
    ]);
    await page.act(text("t2", "Twice"));
    await page.has(4);
    expect(page.texts()).toEqual(["Once", "re: Once", "Twice", "re: Twice"]);
  });

  it("answers what is sent in one go one after the other", async () => {
    const page = await aPage(await aVisitor());
    const numbers = Array.from({ length: 20 }, (_, index) => index);
    for (const number of numbers) page.say({ type: "act", act: text(`t${number}`, `n${number}`) });
    await page.has(40);
    expect(page.texts()).toEqual(numbers.flatMap((number) => [`n${number}`, `re: n${number}`]));
    expect(page.frames.flatMap((frame) => (frame.type === "ack" ? [frame.id] : []))).toEqual(
      numbers.map((number) => `t${number}`),
    );
  });

  it("goes on after a reconnect with what the page has not seen", async () => {
    const token = await aVisitor();
    const page = await aPage(token);
    await page.act(text("t1", "One"));
    const [, answer] = await page.has(2);
    page.close();
    const other = await aPage(token);
    await other.act(text("t2", "Two"));
    await other.has(4);
    const back = await aPage(token, answer?.id);
    expect(back.texts()).toEqual(["Two", "re: Two"]);
    expect(await back.heard("ready")).toEqual({ type: "ready", isKnown: true, hasEarlier: false });
  });

  it("is heard by the visitor's other pages, also by those that were there before the first word", async () => {
    const token = await aVisitor();
    const [first, second] = [await aPage(token), await aPage(token)];
    await first.act(text("t1", "Hello?"));
    await second.has(2);
    expect(second.texts()).toEqual(["Hello?", "re: Hello?"]);
  });

  it("brings what others send to the contact at once", async () => {
    const token = await aVisitor();
    const page = await aPage(token);
    await page.act(text("t1", "Hi"));
    const contactId = await contactOf(token);
    await server.shell.submit({
      target: { contactId: contactId ?? 0 },
      happening: { kind: "actions", actions: [{ action: "send_message", args: { content: "News for you" } }] },
      source: "api",
    });
    await page.has(3);
    expect(page.texts().at(-1)).toBe("News for you");
  });

  it("keeps visitors apart", async () => {
    const [one, other] = [await aPage(await aVisitor()), await aPage(await aVisitor())];
    await one.act(text("t1", "Mine"));
    await other.act(text("t1", "Theirs"));
    await one.has(2);
    await other.has(2);
    expect(one.texts()).toEqual(["Mine", "re: Mine"]);
    expect(other.texts()).toEqual(["Theirs", "re: Theirs"]);
  });

  it("begins anew when the contact was deleted, on the page that is open too", async () => {
    const token = await aVisitor();
    const page = await aPage(token);
    await page.act(text("t1", "Old"));
    await page.has(2);
    const contactId = await contactOf(token);
    const forgetJobs = async () => {};
    const access = { workspaceId: bot.workspaceId };
    await deleteContact(database.db, access, String(contactId), { at: new Date(), forgetJobs });
    await page.act(text("t2", "New"));
    await page.has(4);
    expect(page.texts()).toEqual(["Old", "re: Old", "New", "re: New"]);
    expect(await contactOf(token)).not.toBe(contactId);
  });

  it("follows the visitor into the contact it becomes part of, on the page that is open too", async () => {
    const [token, other] = [await aVisitor(), await aVisitor()];
    const page = await aPage(token);
    await page.act(text("t1", "Here"));
    await page.has(2);
    await (await aPage(other)).act(text("t1", "There"));
    const [secondaryId, contactId] = [(await contactOf(token)) ?? 0, (await contactOf(other)) ?? 0];
    const { submit } = server.shell;
    const merge = { kind: "merge", secondaryId, deleteSecondary: true } as const;
    await submit({ target: { contactId }, happening: merge, source: "api" });
    const actions = [{ action: "send_message", args: { content: "For both of you" } }];
    await submit({ target: { contactId }, happening: { kind: "actions", actions }, source: "api" });
    await until("the page shows it", () => page.texts().includes("For both of you"), { withinMs: 4_000 });
  });

  it("gives the end of a long history, and the rest by pages", async () => {
    const token = await aVisitor();
    const page = await aPage(token);
    await page.act(text("t0", "n0"));
    const contactId = await contactOf(token);
    const content = (number: number) => ({ text: `n${number}`, attachments: [], buttons: [], quickReplies: [] });
    const rows = Array.from({ length: 198 }, (_, index) => ({
      contactId: contactId ?? 0,
      channelId: bot.channelId,
      direction: "out" as const,
      eventId: 0,
      ordinal: 0,
      content: JSON.stringify(content(index + 2)),
      status: "sent" as const,
      createdAt: new Date(server.clock.now()),
    }));
    await database.db.insertInto("messages").values(rows).execute();
    const late = await aPage(token);
    expect(late.texts().length).toBe(100);
    expect(late.texts().at(-1)).toBe("n199");
    expect(await late.heard("ready")).toEqual({ type: "ready", isKnown: true, hasEarlier: true });
    const history = async (before: number | undefined) => {
      const query = new URLSearchParams({ token, before: String(before) });
      const response = await fetch(`${server.url}/webchat/${bot.ref}/history?${query}`);
      return (await response.json()) as HistoryBody;
    };
    const earlier = await history(late.messages()[0]?.id);
    const earliest = await history(earlier.messages[0]?.id);
    expect([earlier.hasEarlier, earliest.hasEarlier]).toEqual([true, false]);
    const texts = [...earliest.messages, ...earlier.messages, ...late.messages()].map((message) => message.text);
    expect(texts.length).toBe(200);
    expect(texts.slice(0, 3)).toEqual(["n0", "re: n0", "n2"]);
  });
});

describe("two servers on one database, with no news between them", () => {
  it("show a page on one what the visitor begins on the other within seconds", async () => {
    const other = await webchatServer(database, { secretKey });
    try {
      const token = await aVisitor();
      const page = await aPage(token);
      const elsewhere = await openPage(other, bot, token);
      await elsewhere.act(start("s1"));
      expect((await page.has(1)).map(({ text: said }) => said)).toEqual(["Hello!"]);
      elsewhere.close();
    } finally {
      await other.stop();
    }
  });
});

describe("a restart of the server", () => {
  it("closes the sockets, and the conversation goes on where it was", async () => {
    const own = await webchatServer(database, { secretKey });
    const { token } = await openSession(own, bot);
    const page = await openPage(own, bot, token);
    await page.act(text("t1", "Before"));
    const [, answer] = await page.has(2);
    await own.stop();
    expect(await page.closed).toBe(1012);
    const next = await webchatServer(database, { secretKey });
    const back = await openPage(next, bot, token, answer?.id);
    await back.act(text("t1", "Before"));
    await back.act(text("t2", "After"));
    await back.has(2);
    expect(back.texts()).toEqual(["After", "re: After"]);
    back.close();
    await next.stop();
  });

  it("does not wait for a page that does not answer", async () => {
    const own = await webchatServer(database, { secretKey });
    // Half of a frame: the server's goodbye is never answered.
    const { connect } = await import("node:net");
    const { port } = new URL(own.url);
    const raw = connect(Number(port), "127.0.0.1");
    const head = [
      `GET /webchat/${bot.ref}/socket HTTP/1.1`,
      "host: x",
      "connection: upgrade",
      "upgrade: websocket",
      "sec-websocket-version: 13",
      "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==",
    ];
    raw.write(`${head.join("\r\n")}\r\n\r\n`);
    await new Promise((resolve) => raw.once("data", resolve));
    raw.pause();
    const began = performance.now();
    await own.stop();
    expect(performance.now() - began).toBeLessThan(5_000);
    raw.destroy();
  });
});

it("answers a ping, so that a page knows that it is heard", async () => {
  const page = await aPage(await aVisitor());
  page.say({ type: "ping" });
  expect(await page.heard("pong")).toEqual({ type: "pong" });
});
