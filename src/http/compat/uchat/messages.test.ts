import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestServer, testServer } from "../../../../test/server.ts";
import {
  aUchatTenant,
  type DoorCase,
  describeDoor,
  telegramId,
  type UchatTenant,
} from "../../../../test/uchat-door.ts";
import { toNodeNs } from "../../../engine/node-ns.ts";
import type { MessageContent } from "../../../model/message.ts";
import { createChannel } from "../../../store/channel-store.ts";

let server: TestServer;
let standing: UchatTenant;
let other: UchatTenant;
beforeAll(async () => {
  server = await testServer();
  standing = await aUchatTenant(server);
  other = await aUchatTenant(server);
});
afterAll(() => server.close());

/** What was said to the subscriber, oldest first. */
async function said({ call, contactId }: UchatTenant): Promise<MessageContent[]> {
  const messages = (await call("GET", `/contacts/${contactId}/messages`)).json().data;
  return messages
    .filter(({ direction }: { direction: string }) => direction === "out")
    .map(({ content }: { content: MessageContent }) => content)
    .toReversed();
}
const texts = async (tenant: UchatTenant) => (await said(tenant)).map(({ text }) => text);

const aTemplate = {
  namespace: "a",
  name: "order_shipped",
  lang: "en_US",
  params: { HEADER_IMAGE: "https://e.com/i.png", "BODY_{{1}}": "Ann {{ x }}", "BODY_{{2}}": 7, URL_1: "track/7" },
};
const numberOf = (contactId: number) => `4917${String(contactId).padStart(8, "0")}`;

/** The subscriber is on WhatsApp too, and was heard last elsewhere. */
async function onWhatsApp({ bot, contactId }: UchatTenant): Promise<void> {
  const { db } = server.database;
  const channel = { kind: "whatsapp", name: "Shop", settings: {}, sealedSecrets: null, status: "connected" } as const;
  const { id: channelId } = await createChannel(db, bot, channel);
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

const nobody = ({ bot }: UchatTenant) => ({ user_ns: `f${bot.id}u999999` });
const flowIdOf = ({ flowNs }: UchatTenant) => Number(flowNs.split("s")[1]);
const nodeNsOf = (tenant: UchatTenant, step: string) =>
  toNodeNs({ bot: tenant.bot.id, flowId: flowIdOf(tenant), step });

/** The tenants' flow, also begun at "hi": its messages are not what is looked for. */
const afterHi = async (tenant: UchatTenant) => (await texts(tenant)).slice(-1);

const flows: readonly DoorCase[] = [
  {
    endpoint: "POST /subscriber/send-main-flow",
    good: ({ userNs }) => ({ user_ns: userNs }),
    after: async (tenant) => expect(await texts(tenant)).toEqual(["Hello!"]),
    missing: [nobody],
  },
  {
    endpoint: "POST /subscriber/send-sub-flow",
    good: ({ userNs, flowNs }) => ({ user_ns: userNs, sub_flow_ns: flowNs }),
    after: async (tenant) => expect(await texts(tenant)).toEqual(["Hello!"]),
    missing: [nobody, ({ bot }) => ({ sub_flow_ns: `f${bot.id}s999999` }), () => ({ sub_flow_ns: "Welcome" })],
    bad: [{ sub_flow_ns: "" }],
  },
  {
    endpoint: "POST /subscriber/send-sub-flow-by-flow-name",
    good: ({ userNs }) => ({ user_ns: userNs, flow_name: "welcome" }),
    after: async (tenant) => expect(await texts(tenant)).toEqual(["Hello!"]),
    missing: [nobody, () => ({ flow_name: "Farewell" })],
  },
  {
    endpoint: "POST /subscriber/send-sub-flow-by-user-id",
    good: ({ flowNs }) => ({ user_id: telegramId, sub_flow_ns: flowNs }),
    after: async (tenant) => expect(await texts(tenant)).toEqual(["Hello!"]),
    missing: [() => ({ user_id: "12345" })],
  },
  {
    endpoint: "POST /subscriber/send-node",
    good: (tenant) => ({ user_ns: tenant.userNs, node_ns: nodeNsOf(tenant, "bye") }),
    after: async (tenant) => expect(await texts(tenant)).toEqual(["Bye!"]),
    missing: [nobody, (tenant) => ({ node_ns: nodeNsOf(tenant, "gone") }), () => ({ node_ns: "bye" })],
  },
];

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
      () => ({ content: { ...aTemplate, params: { QUICK_REPLY_1: "f1s1" } } }),
    ],
  },
];

const reading: readonly DoorCase[] = [
  {
    endpoint: "POST /whatsapp-template/list",
    good: () => ({ limit: 10 }),
    after: (_tenant, body: object) => expect(body).toMatchObject({ data: [], meta: { total: 0 } }),
    bad: [{ page: 0 }],
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

describe("the door of messages", () => {
  describeDoor([...flows, ...sending, ...reading], {
    fresh: () => aUchatTenant(server),
    mine: () => standing,
    other: () => other,
  });
});

describe("sending", () => {
  let mine: UchatTenant;
  beforeEach(async () => {
    mine = await aUchatTenant(server);
  });
  const send = (parts: object) =>
    mine.door("POST /subscriber/send-content", { user_ns: mine.userNs, data: content(parts) });

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

  it("of a flow that is not published is refused with a sentence", async () => {
    await mine.call("POST", `/flows/${mine.flowRef}/unpublish`, {});
    for (const endpoint of ["send-main-flow", "send-sub-flow"]) {
      const input = { user_ns: mine.userNs, sub_flow_ns: mine.flowNs };
      const answer = await mine.door(`POST /subscriber/${endpoint}`, input);
      expect([answer.statusCode, answer.json().message]).toEqual([400, expect.stringContaining("published")]);
    }
  });
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
    expect((await other.door("POST /subscriber/chat-messages-by-mids", { mids: ids })).json().data).toEqual([]);
  });
});
