import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DemoChannel, demoChannel } from "../../../test/demo-channel.ts";
import { type DemoServer, demoServer } from "../../../test/demo-server.ts";
import { type GraphStandIn, graphAppSecret, graphIds, startGraphStandIn } from "../../../test/stand-ins/graph.ts";
import { readWhatsAppMessage } from "../../../test/stand-ins/graph-whatsapp.ts";
import { until } from "../../../test/until.ts";

const ada = "16505551234";
let server: DemoServer;
let graph: GraphStandIn;
let channel: DemoChannel;
beforeAll(async () => {
  server = await demoServer();
  graph = await startGraphStandIn("whatsapp_business_account", { now: server.clock.now });
  channel = await demoChannel(server, "whatsapp", {
    token: "EAAGm0PX4ZCpsBAKZCqZBzuSystemUserToken",
    appSecret: graphAppSecret,
    phoneNumberId: graphIds.phone,
    accountId: graphIds.waba,
    apiRoot: graph.apiRoot,
  });
});
afterAll(async () => {
  await server.close();
  await graph.close();
});

const seen = () => graph.shown.filter(({ to }) => to === ada);
const texts = () => seen().map(({ body }) => readWhatsAppMessage(body).text);
const untilSeen = (text: string) => until(`"${text}"`, () => texts().some((one) => one.includes(text)));
let ids = 0;
/** Something of the person's, as Meta tells of it. */
async function tell(more: object) {
  ids += 1;
  const timestamp = String(Math.floor(server.clock.now() / 1_000));
  const message = { from: ada, id: `wamid.in${ids}`, timestamp, ...more };
  graph.hear(ada);
  await push({ contacts: [{ profile: { name: "Ada Lovelace" }, wa_id: ada }], messages: [message] });
}
async function push(more: object) {
  const metadata = { display_phone_number: "15550783881", phone_number_id: graphIds.phone };
  const value = { messaging_product: "whatsapp", metadata, ...more };
  const changes = [{ field: "messages", value }];
  await graph.push({ object: "whatsapp_business_account", entry: [{ id: graphIds.waba, changes }] });
}
async function press(title: string) {
  const choices = seen().flatMap(({ body }) => readWhatsAppMessage(body).choices);
  const { id, kind } = choices.findLast((one) => one.title === title) ?? expect.fail(`there is no "${title}"`);
  await tell({ type: "interactive", interactive: { type: kind, [kind]: { id, title } } });
}
const contact = () => channel.contactOf(ada);
const lastMessage = async () => (await channel.messagesOf(ada)).at(-1);

describe("the demo bot on WhatsApp", () => {
  it("greets who sends what a link filled in, knows what it said, and has their name and phone", async () => {
    const text = new URL(channel.link).searchParams.get("text");
    expect(channel.link).toMatch(/^https:\/\/wa\.me\/15550783881\?text=eyJ/);
    await tell({ type: "text", text: { body: text } });
    await untilSeen("What would you build first?");
    expect(texts().join("\n")).toContain('the course "Chess" and that your e-mail address is ada@e.com');
    expect(await contact()).toMatchObject({ name: "Ada Lovelace", phone: "+16505551234", email: "ada@e.com" });
  });

  it("goes on from a press, and is told what was delivered, read and failed", async () => {
    await press("A help desk");
    await untilSeen("A help desk, then.");
    await until("the delay", async () => (await contact()).tags.includes("lead"));
    server.clock.pass(3_000);
    await untilSeen("e-mail: ada@e.com");
    const summary = seen().at(-1) ?? expect.fail("nothing is shown");
    const status = (word: string, more: object = {}) =>
      push({ statuses: [{ id: summary.id, status: word, timestamp: "1764408000", recipient_id: ada, ...more }] });
    await status("failed", { errors: [{ code: 131026, title: "Message undeliverable" }] });
    expect(await lastMessage()).toMatchObject({ status: "failed", error: expect.stringContaining("undeliverable") });
    await status("read");
    await status("delivered");
    expect(await lastMessage()).toMatchObject({ status: "read", externalId: summary.id });
  });

  it("after 24 hours sends a template, and nothing else of its own accord", async () => {
    server.clock.pass(86_400_000);
    graph.passHours(24);
    const { id } = await contact();
    const say = (more: object) =>
      server.call("POST", `/contacts/${id}/messages`, {
        channelId: channel.id,
        author: "bot",
        text: "Your order is on its way.",
        ...more,
      });
    await expect(say({})).rejects.toThrow("message.not_sendable");
    const template = { name: "order_update", language: "en_US", body: ["{{ contact.first_name }}", "7"] };
    await say({ template });
    await until("the template", () => seen().at(-1)?.body.type === "template");
    expect(seen().at(-1)?.body.template).toMatchObject({
      components: [{ parameters: [{ text: "Ada" }, { text: "7" }] }],
    });
    expect(await lastMessage()).toMatchObject({ content: { text: "Your order is on its way." } });
  });

  it("lists the templates of the account", async () => {
    const { data } = await server.call<{ data: object[] }>("GET", `/channels/${channel.id}/templates`);
    expect(data).toMatchObject([{ name: "order_update", status: "approved", variables: 2 }]);
    const webchat = await server.call<{ data: { id: number; kind: string }[] }>("GET", "/channels");
    const other = webchat.data.find(({ kind }) => kind === "webchat")?.id;
    expect(await server.call("GET", `/channels/${other}/templates`)).toEqual({ data: [] });
  });

  it("lists them to UChat's clients too, which then send one to a number that never wrote", async () => {
    const token = await server.call<{ token: string }>("POST", "/tokens", { kind: "uchat", name: "scripts" });
    const ask = async (path: string, input: object) => {
      const answer = await fetch(`${server.url}/compat/uchat/api${path}`, {
        method: "POST",
        headers: { authorization: `Bearer ${token.token}`, "content-type": "application/json" },
        body: JSON.stringify(input),
      });
      return { status: answer.status, body: await answer.json() };
    };
    expect((await ask("/whatsapp-template/sync", {})).body).toEqual({ status: "ok" });
    const list = await ask("/whatsapp-template/list", { page: 1, limit: 200 });
    expect(list.body).toMatchObject({
      data: [
        {
          name: "order_update",
          namespace: `channel_${channel.id}`,
          language: "en_US",
          lang: "en_US",
          status: "APPROVED",
          category: "UTILITY",
          components: [{ type: "BODY", text: "Hello {{1}}, your order {{2}} is on its way." }],
          params: { "BODY_{{1}}": "", "BODY_{{2}}": "" },
        },
      ],
      meta: { per_page: 200, total: 1 },
    });
    const [{ name, namespace, lang }] = list.body.data;
    const content = { name, namespace, lang, params: { "BODY_{{1}}": "Bob", "BODY_{{2}}": "8" } };
    const bob = "16505559999";
    graph.hear(bob);
    graph.passHours(25);
    const sent = await ask("/subscriber/send-whatsapp-template-by-user-id", {
      user_id: bob,
      create_if_not_found: "yes",
      content,
    });
    expect(sent).toEqual({ status: 200, body: { status: "ok" } });
    await until("the template", () => graph.shown.some(({ to, body }) => to === bob && body.type === "template"));
  });

  it("knows by whatever number WhatsApp calls them who was written to by phone", async () => {
    const eva = await server.call<{ id: number }>("POST", "/contacts", { bot: "demo", phone: "+5531987654321" });
    const template = { name: "order_update", language: "en_US", body: ["Eva", "9"] };
    const content = { attachments: [], buttons: [], quickReplies: [], template };
    await server.call("POST", `/contacts/${eva.id}/actions`, {
      action: "send_message",
      args: { content, byPhone: true },
    });
    await until("the template", () => graph.shown.some(({ to }) => to === "5531987654321"));
    const ids = async () => {
      const { channels } = await server.call<{ channels: { externalId: string }[] }>("GET", `/contacts/${eva.id}`);
      return channels.map(({ externalId }) => externalId);
    };
    await until("what WhatsApp calls her", async () => (await ids()).includes("553187654321"));
    const from = "553187654321";
    graph.hear(from);
    const message = { from, id: "wamid.eva", timestamp: String(Math.floor(server.clock.now() / 1_000)) };
    await push({ contacts: [{ wa_id: from }], messages: [{ ...message, type: "text", text: { body: "Thanks" } }] });
    const { data } = await server.call<{ data: { content: { text: string } }[] }>(
      "GET",
      `/contacts/${eva.id}/messages`,
    );
    expect(data.map((one) => one.content.text)).toContain("Thanks");
  });
});
