import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../test/server.ts";
import { signLink } from "../shell/tracked-links.ts";

const phone = "Mozilla/5.0 (Linux; Android 16; CUBOT NOTE 50) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36";
const page = "https://shop.example/?a=1&b=%D0%B6#part";

let server: TestServer;
let tenant: Tenant;
let contactId: number;
let messageId: number;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

beforeEach(async () => {
  tenant = await aTenant(server);
  contactId = (await tenant.call("POST", "/contacts", { body: { bot: tenant.bot.id, email: "a@b.example" } })).json()
    .id;
  const content = {
    ...{ text: `Look (${page}), or https://b.example/x.`, attachments: [], quickReplies: [], tracksLinks: true },
    buttons: [
      { type: "url", title: "Plain", url: page },
      { type: "url", title: "Shop", url: page, isTracked: true },
      { type: "url", title: "Call", url: "tel:+123", isTracked: true },
    ],
  };
  const { id: channelId } = await server.database.db
    .insertInto("channels")
    .values({ botId: tenant.bot.id, kind: "webchat", name: "Chat", settings: "{}", secrets: null, status: "connected" })
    .returning("id")
    .executeTakeFirstOrThrow();
  const { id } = await server.database.db
    .insertInto("messages")
    .values({
      ...{ contactId, channelId, direction: "out", eventId: 0, ordinal: 0, recipient: "x", status: "sent", lane: 0 },
      ...{ content: JSON.stringify(content), createdAt: new Date(server.now()), flowRef: "f1", stepRef: "s1" },
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  messageId = id;
});

const linkOf = (index: number) => `/l/${signLink(server.secretKey, { messageId, index })}`;
const textLinkOf = (index: number) => `/l/${signLink(server.secretKey, { messageId, index, isInText: true })}`;
const open = (url: string, headers: Record<string, string> = { "user-agent": phone }, method: "GET" | "HEAD" = "GET") =>
  server.app.inject({ method, url, headers });
const openings = async () => {
  const { data } = (await tenant.call("GET", `/contacts/${contactId}/events`)).json();
  return data.filter(({ kind }: { kind: string }) => kind === "link_opened");
};

describe("a tracked link", () => {
  it("leads exactly where the stored message says, and is counted once for the contact", async () => {
    for (const _time of [1, 2]) {
      const answer = await open(linkOf(1));
      expect([answer.statusCode, answer.headers.location]).toEqual([302, page]);
      expect(answer.headers["cache-control"]).toBe("no-store");
    }
    const found = await openings();
    expect(found).toHaveLength(1);
    const opened = { kind: "link_opened", message: messageId, title: "Shop", url: page, flow: "f1", step: "s1" };
    expect(found[0].facts).toEqual([opened]);
    // It says nothing of whether the person may be written to.
    expect((await tenant.call("GET", `/contacts/${contactId}`)).json().lastInboundAt ?? null).toBeNull();
  });

  it("of a text leads where the text says, and is counted beside the button of the same number", async () => {
    expect((await open(textLinkOf(0))).headers.location).toBe(page);
    expect((await open(textLinkOf(1))).headers.location).toBe("https://b.example/x");
    expect((await open(textLinkOf(1))).headers.location).toBe("https://b.example/x");
    await open(linkOf(1));
    const facts = (await openings()).flatMap(({ facts: [fact] }: { facts: unknown[] }) => fact);
    expect(facts.map(({ title }: { title: string }) => title).sort()).toEqual(
      ["Shop", "https://b.example/x", page].sort(),
    );
  });

  it("of a text whose message is not to be counted is a page that says so", async () => {
    const { db } = server.database;
    const plain = JSON.stringify({ text: page, attachments: [], buttons: [], quickReplies: [] });
    await db.updateTable("messages").set({ content: plain }).where("id", "=", messageId).execute();
    expect((await open(textLinkOf(0))).statusCode).toBe(404);
  });

  it("goes nowhere else, whatever is asked for", async () => {
    const answer = await open(`${linkOf(1)}?url=https://evil.example&to=https://evil.example`);
    expect(answer.headers.location).toBe(page);
  });

  it.each([
    ["that is only looked at", {}, "HEAD"],
    ["that Telegram shows a preview of", { "user-agent": "TelegramBot (like TwitterBot)" }, "GET"],
    ["that WhatsApp shows a preview of", { "user-agent": "WhatsApp/2.23.20.0" }, "GET"],
    ["that Facebook looks at", { "user-agent": "facebookexternalhit/1.1" }, "GET"],
    ["that a browser loads before anybody asked", { "sec-purpose": "prefetch;prerender" }, "GET"],
    ["of a program that says nothing of itself", { "user-agent": "" }, "GET"],
  ] as const)("%s leads on and is not counted", async (_who, headers, method) => {
    const answer = await open(linkOf(1), { "user-agent": phone, ...headers }, method);
    expect([answer.statusCode, answer.headers.location]).toEqual([302, page]);
    expect(await openings()).toEqual([]);
  });

  it("that is changed, made up, of an untracked button or of a message that is gone is a page that says so", async () => {
    const good = linkOf(1);
    const [what = "", , signature = ""] = good.slice(3).split(".");
    const wrong = [
      `${good}x`,
      `${good.slice(0, -1)}`,
      `/l/${what}.0.${signature}`,
      "/l/1.1.aaaaaaaaaaaaaaaaaaaaaa",
      "/l/x",
    ];
    const gone = `/l/${signLink(server.secretKey, { messageId: 9_999_999, index: 0 })}`;
    for (const url of [...wrong, gone, linkOf(0), linkOf(2), linkOf(7), textLinkOf(2)]) {
      const answer = await open(url);
      expect([answer.statusCode, answer.headers.location, answer.body.includes("not known")], url).toEqual([
        404,
        undefined,
        true,
      ]);
    }
    expect(await openings()).toEqual([]);
  });
});
