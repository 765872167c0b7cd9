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
  graph = await startGraphStandIn("instagram", { now: server.clock.now });
  channel = await demoChannel(server, "instagram", {
    token: "EAAGm0PX4ZCpsBAKZCqZBzuPageTokenOfATest",
    appSecret: graphAppSecret,
    login: "facebook",
    appId: "555",
    apiRoot: graph.apiRoot,
  });
});
afterAll(async () => {
  await server.close();
  await graph.close();
});

const seen = () => graph.shown.map(({ body }) => readMetaMessage(body));
const untilSeen = (text: string) => until(`"${text}"`, () => seen().some((one) => one.text.includes(text)));
const messages = () => channel.messagesOf("ada");

describe("the demo bot on Instagram", () => {
  it("greets whose first message comes by a link, and keeps what was written", async () => {
    const ref = new URL(channel.link).searchParams.get("ref");
    expect(channel.link).toMatch(/^https:\/\/ig\.me\/m\/stand\.in\?ref=eyJ/);
    const referral = { ref, source: "IGME-SOURCE-LINK", type: "OPEN_THREAD" };
    await graph.tell("ada", { message: { mid: "m_1", text: "I saw your poster", referral } });
    await untilSeen("What would you build first?");
    expect(seen().some(({ text }) => text.includes("your e-mail address is ada@e.com"))).toBe(true);
    expect((await messages())[0]).toMatchObject({ direction: "in", content: { text: "I saw your poster" } });
  });

  it("goes on from a quick reply, and is told what was read", async () => {
    const { payload } = seen()
      .flatMap(({ quickReplies }) => quickReplies)
      .find(({ title }) => title === "A help desk") ??
      seen()
        .flatMap(({ buttons }) => buttons)
        .find(({ title }) => title === "A help desk") ?? { payload: "" };
    await graph.tell("ada", { message: { mid: "m_2", text: "A help desk", quick_reply: { payload } } });
    await untilSeen("A help desk, then.");
    const { id = "" } = graph.shown.at(-1) ?? {};
    await until("the record", async () => (await messages()).at(-1)?.status === "sent");
    await graph.tell("ada", { read: { mid: id } });
    const said = await messages();
    expect(said.at(-1)?.status).toBe("read");
    expect(said.filter(({ direction }) => direction === "out").every(({ status }) => status === "read")).toBe(true);
  });

  it("forgets what was taken back", async () => {
    await graph.tell("ada", { message: { mid: "m_3", text: "my secret" } });
    await graph.tell("ada", { message: { mid: "m_3", is_deleted: true } });
    const said = (await messages()).filter(({ direction }) => direction === "in").map(({ content }) => content.text);
    expect(said).toContain("[unsent]");
    expect(said).not.toContain("my secret");
  });
});
