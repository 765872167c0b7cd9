import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DemoChannel, demoChannel } from "../../../test/demo-channel.ts";
import { type DemoServer, demoServer } from "../../../test/demo-server.ts";
import { type GraphStandIn, graphAppSecret, startGraphStandIn } from "../../../test/stand-ins/graph.ts";
import { readMetaMessage } from "../../../test/stand-ins/graph-messages.ts";
import { until } from "../../../test/until.ts";

let server: DemoServer;
let graph: GraphStandIn;
let channel: DemoChannel;
beforeAll(async () => {
  server = await demoServer();
  graph = await startGraphStandIn("page", { now: server.clock.now });
  channel = await demoChannel(server, "messenger", {
    token: "EAAGm0PX4ZCpsBAKZCqZBzuPageTokenOfATest",
    appSecret: graphAppSecret,
    appId: "555",
    apiRoot: graph.apiRoot,
  });
});
afterAll(async () => {
  await server.close();
  await graph.close();
});

const seen = (person: string) => graph.shown.filter(({ to }) => to === person);
const texts = (person: string) => seen(person).map(({ body }) => readMetaMessage(body).text);
const untilSeen = (person: string, text: string) =>
  until(`${person} sees "${text}"`, () => texts(person).some((one) => one.includes(text)));
/** Somebody presses what they see, as Meta tells of it. */
async function press(person: string, title: string) {
  const messages = seen(person).map(({ body }) => readMetaMessage(body));
  const button = messages.flatMap(({ buttons }) => buttons).findLast((one) => one.title === title);
  const reply = messages.flatMap(({ quickReplies }) => quickReplies).findLast((one) => one.title === title);
  const mid = `m_${person}${title}`;
  if (button?.payload !== undefined) {
    await graph.tell(person, { postback: { mid, title, payload: button.payload } });
  } else if (reply !== undefined) {
    await graph.tell(person, { message: { mid, text: title, quick_reply: { payload: reply.payload } } });
  } else throw new Error(`${person} sees nothing to press that says "${title}"`);
}

describe("the demo bot on Messenger", () => {
  it("greets who begins a chat by a link, and knows what the link said", async () => {
    const ref = new URL(channel.link).searchParams.get("ref");
    expect(channel.link).toMatch(/^https:\/\/m\.me\/standin\?ref=eyJ/);
    const referral = { ref, source: "SHORTLINK", type: "OPEN_THREAD" };
    await graph.tell("ada", { postback: { mid: "m_1", title: "Get Started", payload: "GET_STARTED", referral } });
    await untilSeen("ada", "What would you build first?");
    expect(texts("ada").join("\n")).toContain('the course "Chess" and that your e-mail address is ada@e.com');
    await until("the name", async () => (await channel.contactOf("ada")).name === "ada Lee");
  });

  it("goes on from a press, and is told what was delivered and read", async () => {
    await press("ada", "A help desk");
    await untilSeen("ada", "A help desk, then.");
    await until("the delay", async () => (await channel.contactOf("ada")).tags.includes("lead"));
    server.clock.pass(3_000);
    await untilSeen("ada", "e-mail: ada@e.com");
    const summary = seen("ada").at(-1) ?? expect.fail("nothing is shown");
    await graph.tell("ada", { delivery: { mids: [summary.id], watermark: 1 } });
    const last = async () => (await channel.messagesOf("ada")).at(-1);
    expect(await last()).toMatchObject({ status: "delivered", externalId: summary.id });
    await graph.tell("ada", { read: { watermark: server.clock.now() + 1_000 } });
    expect(await last()).toMatchObject({ status: "read" });
  });

  it("does nothing twice when Meta calls again", async () => {
    const message = { sender: { id: "bob" }, timestamp: 1, message: { mid: "m_hi", text: "hi" } };
    const body = { object: "page", entry: [{ id: "1906385232743451", time: 1, messaging: [message] }] };
    await graph.push(body);
    await graph.push(body);
    expect((await channel.messagesOf("bob")).filter(({ direction }) => direction === "in")).toHaveLength(1);
  });

  it("starts anew for a link in a chat that there is", async () => {
    const before = seen("ada").length;
    await graph.tell("ada", { referral: { ref: "poster", source: "SHORTLINK", type: "OPEN_THREAD" } });
    await until("the greeting", () => seen("ada").length > before);
  });

  it("sends nothing of its own accord after 24 hours; an agent's word is tried, and says why it failed", async () => {
    const { id } = await channel.contactOf("ada");
    server.clock.pass(86_400_000);
    graph.passHours(24);
    const before = seen("ada").length;
    const say = (more: object) =>
      server.call("POST", `/contacts/${id}/messages`, { text: "There?", channelId: channel.id, ...more });
    await expect(say({ author: "bot" })).rejects.toThrow("message.not_sendable");
    await say({ author: "agent" });
    await until("the refusal", async () => (await channel.messagesOf("ada")).at(-1)?.status === "failed");
    expect((await channel.messagesOf("ada")).at(-1)?.error).toContain("outside of allowed window");
    expect(seen("ada")).toHaveLength(before);
    expect((await channel.contactOf("ada")).channels[0]?.status).toBe("active");
    await graph.tell("ada", { message: { mid: "m_back", text: "restart" } });
    await until("an answer", () => seen("ada").length > before);
  });

  it("marks somebody as gone who blocked the page", async () => {
    graph.block("bob");
    const { id } = await channel.contactOf("bob");
    await server.call("POST", `/contacts/${id}/messages`, { text: "Are you there?", channelId: channel.id });
    await until("the mark", async () => (await channel.contactOf("bob")).channels[0]?.status === "blocked");
  });
});
