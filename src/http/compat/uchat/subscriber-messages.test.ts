import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestServer, testServer } from "../../../../test/server.ts";
import {
  aUchatTenant,
  type DoorCase,
  describeDoor,
  doorTenants,
  nobody,
  nodeNsOf,
  said,
  telegramId,
  texts,
  type UchatTenant,
} from "../../../../test/uchat-door.ts";
import { createChannel } from "../../../store/channel-store.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());
const tenants = doorTenants(() => aUchatTenant(server));

const aTemplate = {
  namespace: "a",
  name: "order_shipped",
  lang: "en_US",
  params: { HEADER_IMAGE: "https://e.com/i.png", "BODY_{{1}}": "Ann {{ x }}", "BODY_{{2}}": 7, URL_1: "track/7" },
};
const numberOf = (contactId: number) => `4917${String(contactId).padStart(8, "0")}`;

const aWhatsApp = { kind: "whatsapp", name: "Shop", settings: {}, sealedSecrets: null, status: "connected" } as const;

/** The subscriber is on WhatsApp too, and was heard last elsewhere. */
async function onWhatsApp({ bot, contactId }: UchatTenant): Promise<void> {
  const { db } = server.database;
  const { id: channelId } = await createChannel(db, bot, aWhatsApp);
  const externalId = numberOf(contactId);
  await db
    .insertInto("identities")
    .values({ contactId, channelId, externalId, username: null, createdAt: new Date(server.now()) })
    .execute();
}

async function wasSentTheTemplate({ contactId }: UchatTenant): Promise<void> {
  const [message] = await server.database.db
    .selectFrom("messages")
    .select(["recipient", "content"])
    .where("contactId", "=", contactId)
    .where("direction", "=", "out")
    .orderBy("id", "desc")
    .execute();
  expect(message).toMatchObject({
    recipient: numberOf(contactId),
    content: {
      template: {
        name: "order_shipped",
        language: "en_US",
        header: { kind: "image", value: "https://e.com/i.png" },
        body: ["Ann {{ x }}", "7"],
        urls: [{ index: 0, value: "track/7" }],
      },
    },
  });
}

/** The tenants' flow, also begun at "hi": its messages are not what is looked for. */
const afterHi = async (tenant: UchatTenant) => (await texts(tenant)).slice(-1);

const content = (parts: object) => ({ version: "v1", content: parts });

const sending: readonly DoorCase[] = [
  {
    endpoint: "POST /subscriber/send-text",
    good: ({ userNs }) => ({ user_ns: userNs, content: "Hi, {{ name }}!" }),
    after: async (tenant) => expect(await texts(tenant)).toEqual(["Hi, {{ name }}!"]),
    missing: [nobody],
    bad: [{ content: "" }],
  },
  {
    endpoint: "POST /subscriber/send-content",
    good: ({ userNs }) => ({
      user_ns: userNs,
      data: content({
        messages: [{ type: "text", text: "hi" }],
        actions: [{ action: "add_tag", tag_name: "vip" }],
        quick_replies: [{ type: "node", caption: "Show", target: "bye" }],
        goto: "bye",
      }),
    }),
    after: async (tenant) => {
      const payload = `${tenant.flowRef}:bye`;
      expect(await said(tenant)).toMatchObject([
        { text: "hi", quickReplies: [{ title: "Show", payload }] },
        { text: "Bye!" },
      ]);
      expect((await tenant.call("GET", `/contacts/${tenant.contactId}`)).json().tags).toEqual(["vip"]);
    },
    missing: [
      nobody,
      () => ({ data: content({ messages: [{ type: "text", text: "x" }], goto: "nowhere" }) }),
      () => ({ data: content({ actions: [{ action: "add_tag", tag_name: "unknown" }] }) }),
      () => ({ data: content({ actions: [{ action: "set_field_value", field_name: "unknown", value: 1 }] }) }),
      () => ({ data: content({ actions: [{ action: "set_field_value" }] }) }),
      () => ({ data: content({ messages: [{ type: "image" }] }) }),
      () => ({ data: content({ quick_replies: [{ type: "node", caption: "x", target: "bye" }] }) }),
      () => ({ data: content({}) }),
      () => ({
        data: content({
          messages: [
            { type: "text", text: "x", buttons: [{ type: "dynamic_block_callback", caption: "x", url: "y" }] },
          ],
        }),
      }),
    ],
    bad: [
      { data: { version: "v2", content: {} } },
      { data: "hi" },
      { data: content({ messages: [{ type: "hologram" }] }) },
      { data: content({ messages: Array.from({ length: 11 }, () => ({ type: "text", text: "x" })) }) },
    ],
  },
  {
    endpoint: "POST /subscriber/send-email",
    before: async ({ call, bot, contactId }) => {
      const channel = { kind: "email", name: "Mail", settings: {}, sealedSecrets: null, status: "connected" } as const;
      await createChannel(server.database.db, bot, channel);
      await call("PATCH", `/contacts/${contactId}`, { body: { email: "ann@example.com" } });
    },
    good: ({ userNs }) => ({ user_ns: userNs, content: "It costs {{ nothing }}", subject: "News" }),
    after: async ({ contactId }) => {
      const [message] = await server.database.db
        .selectFrom("messages")
        .select(["recipient", "content"])
        .where("contactId", "=", contactId)
        .where("direction", "=", "out")
        .orderBy("id", "desc")
        .execute();
      expect(message).toMatchObject({
        recipient: "ann@example.com",
        content: { subject: "News", text: "It costs {{ nothing }}" },
      });
    },
    missing: [nobody],
  },
  {
    endpoint: "POST /subscriber/send-sms",
    good: ({ userNs }) => ({ user_ns: userNs, content: "x" }),
    isNotOffered: true,
  },
  {
    endpoint: "POST /subscriber/send-whatsapp-template",
    before: onWhatsApp,
    good: ({ userNs }) => ({ user_ns: userNs, content: aTemplate }),
    after: wasSentTheTemplate,
    missing: [nobody],
    bad: [
      { content: { ...aTemplate, params: { "BODY_{{2}}": "x" } } },
      { content: { ...aTemplate, params: { FOOTER_1: "x" } } },
      { content: { namespace: "a", lang: "en" } },
    ],
  },
  {
    endpoint: "POST /subscriber/send-whatsapp-template-by-user-id",
    before: onWhatsApp,
    good: ({ contactId }) => ({ user_id: numberOf(contactId), content: aTemplate }),
    after: wasSentTheTemplate,
    missing: [
      () => ({ user_id: "4915700000000" }),
      () => ({ user_id: "4915700000000", create_if_not_found: "yes" }),
      () => ({ content: { ...aTemplate, params: { QUICK_REPLY_1: "f1s999999999" } } }),
    ],
  },
];

describe("the door of messages", () => {
  describeDoor(sending, tenants);
});

describe("sending", () => {
  let mine: UchatTenant;
  beforeEach(async () => {
    mine = await aUchatTenant(server);
  });
  const send = (parts: object) =>
    mine.door("POST /subscriber/send-content", { user_ns: mine.userNs, data: content(parts) });

  it("is an agent's where the caller says so, as some clients do", async () => {
    const { door, userNs, contactId } = mine;
    await door("POST /subscriber/send-text", { user_ns: userNs, content: "hi", send_as_agent: 1 });
    const data = content({ messages: [{ type: "text", text: "and bye" }] });
    await door("POST /subscriber/send-content", { user_ns: userNs, data, send_as_agent: "yes" });
    await door("POST /subscriber/send-text", { user_ns: userNs, content: "beep", send_as_agent: 0 });
    const { data: messages } = (await mine.call("GET", `/contacts/${contactId}/messages`)).json();
    const authors = messages
      .slice(0, 3)
      .map((one: { author: string | null; content: { text: string } }) => [one.content.text, one.author]);
    expect(authors).toEqual([
      ["beep", "bot"],
      ["and bye", "agent"],
      ["hi", "agent"],
    ]);
  });

  it("takes a template to who never wrote, by phone; its quick replies begin sub flows", async () => {
    const { door, bot, flowNs, flowRef } = mine;
    const { user_ns } = (await door("POST /subscriber/create", { phone: "+4915112345678" })).json();
    const params = { ...aTemplate.params, QUICK_REPLY_2: flowNs };
    const send = () => door("POST /subscriber/send-whatsapp-template", { user_ns, content: { ...aTemplate, params } });
    expect((await send()).statusCode).toBe(400);
    await createChannel(server.database.db, bot, aWhatsApp);
    expect((await send()).json()).toEqual({ status: "ok" });
    const contactId = Number(user_ns.split("u")[1]);
    const { data } = (await mine.call("GET", `/contacts/${contactId}/messages`)).json();
    expect(data[0].content.buttons).toMatchObject([{ payload: "" }, { payload: `${flowRef}:hello` }]);
    const { channels } = (await mine.call("GET", `/contacts/${contactId}`)).json();
    expect(channels).toMatchObject([{ kind: "whatsapp", externalId: "4915112345678" }]);
    // PHP writes an empty object as a list.
    const bare = { name: "hello", lang: "en", params: [] };
    expect((await door("POST /subscriber/send-whatsapp-template", { user_ns, content: bare })).statusCode).toBe(200);
  });

  it("makes somebody of a number alone where that is wanted, once", async () => {
    const { door, bot } = mine;
    await createChannel(server.database.db, bot, aWhatsApp);
    const send = (more: object) =>
      door("POST /subscriber/send-whatsapp-template-by-user-id", {
        user_id: "4915112345679",
        content: aTemplate,
        ...more,
      });
    expect((await send({})).statusCode).toBe(400);
    for (let i = 0; i < 2; i += 1)
      expect((await send({ create_if_not_found: "yes" })).json()).toEqual({ status: "ok" });
    expect((await send({ user_id: "nobody", create_if_not_found: "yes" })).statusCode).toBe(400);
    const { data } = (await mine.call("GET", `/contacts?phone=${encodeURIComponent("+4915112345679")}`)).json();
    expect(data).toHaveLength(1);
  });

  it("says so where the subscriber cannot be reached", async () => {
    const made = (await mine.door("POST /subscriber/create", { email: "bob@example.com" })).json();
    const answer = await mine.door("POST /subscriber/send-text", { user_ns: made.user_ns, content: "hi" });
    expect([answer.statusCode, answer.json()]).toEqual([400, { message: expect.stringContaining("channel") }]);
  });

  it("takes media, cards, and every kind of button that a messenger has", async () => {
    const answer = await send({
      messages: [
        { type: "image", url: "https://x.example/a.png", buttons: [] },
        { type: "file", url: "https://x.example/a.pdf" },
        {
          type: "cards",
          elements: [
            {
              title: "Shoes",
              subtitle: "Red",
              image_url: "https://x.example/shoes.png",
              action_url: "https://x.example/shoes",
              buttons: [{ type: "call", caption: "Ask", phone: "+79001234567" }],
            },
          ],
        },
      ],
      quick_replies: [{ type: "url", caption: "Site", url: "https://x.example/" }],
    });
    expect(answer.json()).toEqual({ status: "ok" });
    expect(await said(mine)).toMatchObject([
      { attachments: [{ kind: "image", url: "https://x.example/a.png" }] },
      { attachments: [{ kind: "file", url: "https://x.example/a.pdf" }] },
      {
        text: "Shoes\nRed\nAsk: +79001234567",
        attachments: [{ kind: "image", url: "https://x.example/shoes.png" }],
        buttons: [
          { type: "url", title: "Shoes", url: "https://x.example/shoes" },
          { type: "url", title: "Site", url: "https://x.example/" },
        ],
      },
    ]);
  });

  it("makes node buttons that lead to their node when they are pressed", async () => {
    const button = { type: "node", caption: "Bye", target: nodeNsOf(mine, "bye") };
    await send({ messages: [{ type: "text", text: "Pick", buttons: [button] }] });
    const [message] = await said(mine);
    const payload = message?.buttons[0]?.type === "press" ? message.buttons[0].payload : "";
    const answer = await server.app.inject({
      method: "POST",
      url: `/webhooks/${mine.channelId}`,
      headers: { "x-telegram-bot-api-secret-token": "right" },
      payload: {
        update_id: 77,
        callback_query: {
          id: "1",
          from: { id: telegramId, is_bot: false, first_name: "Ann" },
          data: payload,
          message: { message_id: 3, date: 1_768_478_400, chat: { id: telegramId, type: "private" } },
        },
      },
    });
    expect(answer.statusCode).toBe(200);
    expect(await afterHi(mine)).toEqual(["Bye!"]);
  });

  it("changes nothing where one part of the content cannot be", async () => {
    const answer = await send({
      messages: [{ type: "text", text: "hi" }],
      actions: [
        { action: "add_tag", tag_name: "vip" },
        { action: "set_field_value", field_name: "unknown", value: 1 },
      ],
    });
    expect(answer.statusCode).toBe(400);
    expect(await said(mine)).toEqual([]);
    expect((await mine.call("GET", `/contacts/${mine.contactId}`)).json().tags).toEqual([]);
  });
});
