import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { aTenant, type CallOptions, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import { aTelegramChannel, type TelegramChannel } from "../../../test/telegram-channel.ts";

let server: TestServer;
let tenant: Tenant;
let telegram: TelegramChannel;
let ann: number;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  tenant = await aTenant(server);
  telegram = await aTelegramChannel(server, tenant);
  ann = await hears(9, "hi");
});

/** A text from a person of Telegram; the contact's id. */
async function hears(chat: number, text: string): Promise<number> {
  await telegram.hear(text, { id: chat, first_name: "Ann" });
  return (await tenant.call("GET", `/contacts?channelUserId=${chat}`)).json().data[0].id;
}

const ask = (query: string, args: object, { contact = ann, ...options }: CallOptions & { contact?: number } = {}) =>
  tenant.call("POST", `/contacts/${contact}/queries`, { body: { query, args }, ...options });
const answer = async (query: string, args: object) => (await ask(query, args)).json().result;
const say = async (body: object) => {
  server.pass(60_000);
  const [message] = (await tenant.call("POST", `/contacts/${ann}/messages`, { body })).json().messages;
  return String(message.id);
};
const texts = (result: { messages: { text: string }[] }) => result.messages.map(({ text }) => text);

describe("the chat of a contact", () => {
  it("is listed oldest first, with or without the bot and agents, by time and number", async () => {
    await say({ text: "I am a person" });
    await say({ text: "I am a program", author: "bot" });
    const all = await answer("list_messages", {});
    expect(all).toMatchObject({
      count: 3,
      messages: [
        { type: "in", text: "hi", contactId: ann, channelId: telegram.id },
        { type: "agent", text: "I am a person" },
        { type: "out", text: "I am a program" },
      ],
    });
    expect(texts(await answer("list_messages", { includeBot: false }))).toEqual(["hi", "I am a person"]);
    expect(texts(await answer("list_messages", { includeAgent: "no" }))).toEqual(["hi", "I am a program"]);
    expect(texts(await answer("list_messages", { limit: "1" }))).toEqual(["I am a program"]);
    const { at } = all.messages[1];
    expect(texts(await answer("list_messages", { from: at, to: at }))).toEqual(["I am a person"]);
    const seconds = String(Date.parse(at) / 1000);
    expect(texts(await answer("list_messages", { from: seconds }))).toEqual(["I am a person", "I am a program"]);
  });

  it("is written as a text, with times where they are wanted", async () => {
    await tenant.call("PATCH", `/contacts/${ann}`, { body: { timeZone: "Europe/Moscow" } });
    const before = await answer("list_messages", {});
    const when = new Date(Date.parse(before.messages[0].at) + 3 * 3_600_000)
      .toISOString()
      .slice(0, 16)
      .replace("T", " ");
    await say({ attachments: [{ kind: "image", url: "https://x.example/a.png" }], text: "look" });
    expect((await answer("list_messages", { format: "text" })).text).toBe(
      "User: hi\nAgent: look [image https://x.example/a.png]",
    );
    expect((await answer("list_messages", { format: "text_with_time", limit: 50 })).text).toContain(
      `[${when}] User: hi\n[`,
    );
  });

  it("gives single messages by mid: our id, or the platform's", async () => {
    const mid = await say({ text: "one" });
    expect(await answer("get_message", { mid })).toMatchObject({ mid, text: "one", type: "agent" });
    const platform = `p${mid}-x`;
    await server.database.db
      .updateTable("messages")
      .set({ externalId: platform })
      .where("id", "=", Number(mid))
      .execute();
    expect(await answer("get_message", { mid: platform })).toMatchObject({ mid });
    expect(await answer("get_messages", { mids: [platform, "987654321", mid] })).toMatchObject({ count: 2 });
    expect(await answer("get_messages", { mids: `${mid}, nothing` })).toMatchObject({ messages: [{ mid }] });
    const listed = await tenant.call("GET", `/messages?mid=${platform}&mid=nothing&mid=${mid}`);
    expect(listed.json()).toMatchObject({ data: [{ author: "agent" }, { author: "agent" }], nextCursor: null });
  });

  it("knows a platform's number of a message in the contact's own chat only: every chat has a message of that number", async () => {
    const number = "900000000000001";
    await server.database.db.updateTable("messages").set({ externalId: number }).where("contactId", "=", ann).execute();
    expect(await answer("get_message", { mid: number })).toMatchObject({ text: "hi", externalId: number });
    const somebody = await hears(11, "hello");
    expect((await ask("get_message", { mid: number }, { contact: somebody })).statusCode).toBe(404);
  });

  it("that is not there, or another workspace's, is an error with a sentence", async () => {
    const mid = await say({ text: "one" });
    const missing = await ask("get_message", { mid: "987654321" });
    expect([missing.statusCode, missing.json().error.code]).toEqual([404, "message.not_found"]);
    const stranger = await aTenant(server);
    const { id: contact } = (await stranger.call("POST", "/contacts", { body: { bot: stranger.bot.ref } })).json();
    const foreign = await ask("get_message", { mid }, { contact, token: stranger.token });
    expect(foreign.statusCode).toBe(404);
    expect((await stranger.call("GET", `/messages?mid=${mid}`)).json().data).toEqual([]);
    expect((await ask("list_messages", {}, { token: stranger.token })).json().error.code).toBe("contact.not_found");
  });
});

describe("contacts", () => {
  it("are found by phone, e-mail, channel's id and cuid, in the bot or in the workspace", async () => {
    const other = (await tenant.call("POST", "/bots", { body: { name: "Second" } })).json();
    const body = { bot: other.id, name: "Bob", email: "BOB@example.com", phone: "+79001234567" };
    const bob = (await tenant.call("POST", "/contacts", { body })).json();
    await tenant.call("PATCH", `/contacts/${ann}`, { body: { phone: "+7 900 123-45-67" } });
    const ids = ({ contacts }: { contacts: { id: number }[] }) => contacts.map(({ id }) => id);
    const phone = "8 (900) 123-45-67".replace("8", "+7");
    expect(ids(await answer("find_contacts_by_phone", { phone }))).toEqual([ann]);
    expect(ids(await answer("find_contacts_by_phone", { phone, scope: "workspace" }))).toEqual([ann, bob.id]);
    expect(ids(await answer("find_contacts_by_phone", { phone, scope: "workspace", limit: 1 }))).toEqual([ann]);
    expect(ids(await answer("find_contacts_by_phone", { phone, scope: "workspace", others: 1 }))).toEqual([bob.id]);
    expect(ids(await answer("find_contacts_by_email", { email: "bob@example.com" }))).toEqual([]);
    const inWorkspace = { email: "bob@example.com", scope: "workspace" };
    expect(await answer("find_contacts_by_email", inWorkspace)).toMatchObject({
      count: 1,
      contacts: [{ id: bob.id, cuid: bob.cuid, botId: other.id, name: "Bob", phone: "+79001234567", channels: [] }],
    });
    expect(await answer("find_contacts_by_user_id", { userId: 9 })).toMatchObject({
      contacts: [{ id: ann, channels: [{ kind: "telegram", userId: "9", channelId: telegram.id }] }],
    });
    expect(ids(await answer("find_contacts_by_user_id", { userId: bob.cuid, scope: "workspace" }))).toEqual([bob.id]);
    const bound = await tenant.mintToken({ botId: tenant.bot.id });
    const seen = await ask("find_contacts_by_email", inWorkspace, { token: bound });
    expect(seen.json().result).toEqual({ count: 0, contacts: [] });
  });

  it("are merged, once by one key", async () => {
    const anna = await hears(10, "me too");
    const args = { secondary: anna, deleteSecondary: true };
    const first = await ask("merge_contact", args, { key: "q1" });
    expect(first.json()).toMatchObject({ result: { id: ann } });
    expect((await ask("merge_contact", args, { key: "q1" })).json()).toEqual(first.json());
    expect(await hears(10, "again")).toBe(ann);
    const itself = await ask("merge_contact", { secondary: ann });
    expect([itself.statusCode, itself.json().error.code]).toEqual([422, "contact.merge_itself"]);
    expect((await ask("merge_contact", args)).json().error.code).toBe("contact.not_found");
  });
});

describe("a query", () => {
  it("is refused with arguments that do not fit, and where there is none of that name", async () => {
    for (const [query, args] of [
      ["get_message", {}],
      ["list_messages", { limit: 101 }],
      ["list_messages", { from: "yesterday" }],
      ["list_messages", { includeBot: "perhaps" }],
      ["find_contacts_by_phone", { phone: " " }],
      ["find_contacts_by_phone", { phone: "1", scope: "world" }],
      ["merge_contact", { secondary: "everybody" }],
      ["explode", {}],
    ] as const) {
      const refused = await ask(query, args);
      expect([query, refused.statusCode, refused.json().error.code]).toEqual([query, 422, "request.invalid"]);
    }
  });

  it("needs the scope of what it reads or changes", async () => {
    const token = await tenant.mintToken({ scopes: ["contacts:read"] });
    expect((await ask("find_contacts_by_email", { email: "a@b.c" }, { token })).statusCode).toBe(200);
    for (const [query, args] of [
      ["list_messages", {}],
      ["merge_contact", { secondary: ann }],
    ] as const) {
      expect((await ask(query, args, { token })).json().error.code).toBe("token.missing_scope");
    }
    expect((await ask("list_messages", {}, { token: "nonsense" })).statusCode).toBe(401);
  });

  it("is listed with its arguments as JSON Schema", async () => {
    const { data } = (await tenant.call("GET", "/queries")).json();
    const list = data.find(({ name }: { name: string }) => name === "list_messages");
    expect(list).toMatchObject({ scope: "messages:read", args: { type: "object", properties: { format: {} } } });
  });
});

describe("the closing notes of a contact", () => {
  it("are listed with what was said, the newest first", async () => {
    for (const name of ["Solved", "Sold"]) {
      expect((await tenant.call("POST", "/closing-notes", { body: { bot: tenant.bot.id, name } })).statusCode).toBe(
        201,
      );
      const args = { status: "done", closingNote: name, summary: `${name} it` };
      await tenant.call("POST", `/contacts/${ann}/actions`, { body: { action: "move_conversation", args } });
    }
    expect(await answer("list_closing_notes", {})).toMatchObject({
      count: 2,
      closingNotes: [
        { name: "Sold", summary: "Sold it", at: new Date(server.now()).toISOString() },
        { name: "Solved", summary: "Solved it" },
      ],
    });
    expect((await answer("list_closing_notes", { limit: 1 })).count).toBe(1);
  });
});
