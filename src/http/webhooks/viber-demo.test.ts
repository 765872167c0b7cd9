import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DemoChannel, demoChannel } from "../../../test/demo-channel.ts";
import { type DemoServer, demoServer } from "../../../test/demo-server.ts";
import { buttonsOf, startViberStandIn, unescapeHtml, type ViberStandIn } from "../../../test/stand-ins/viber.ts";
import { until } from "../../../test/until.ts";

let server: DemoServer;
let viber: ViberStandIn;
let channel: DemoChannel;
beforeAll(async () => {
  server = await demoServer();
  viber = await startViberStandIn();
  channel = await demoChannel(server, "viber", {
    token: "445da6az1s345z78-dazcczb2542zv51a",
    apiRoot: `${viber.url}/pa`,
  });
});
afterAll(async () => {
  await server.close();
  await viber.close();
});

const seen = (person: string) => viber.shown.filter(({ receiver }) => receiver === person);
const texts = (person: string) => seen(person).map(({ body }) => String(body.text));
const titles = (person: string) => buttonsOf(seen(person).at(-1)?.body ?? {}).map(({ Text }) => unescapeHtml(Text));
const untilSeen = (person: string, text: string) =>
  until(`${person} sees "${text}"`, () => texts(person).some((one) => one.includes(text)));
/** What stands in a link that the product made. */
const contextOf = (url: string) => new URL(url).searchParams.get("context") ?? undefined;

describe("the demo bot on Viber", () => {
  it("welcomes who comes by a link with all that it has to say, in the one message that it may send", async () => {
    expect(channel.qrSvg).toMatch(/^<svg/);
    expect(channel.link).toMatch(/^viber:\/\/pa\?chatURI=standin&context=eyJ/);
    await viber.open("ada", contextOf(channel.link));
    expect(seen("ada")).toHaveLength(1);
    expect(texts("ada")[0]).toMatch(/^Hello, Ann!/);
    expect(texts("ada")[0]).toContain('the course "Chess" and that your e-mail address is ada@e.com');
    expect(texts("ada")[0]).toContain("What would you build first?");
    expect(titles("ada")).toEqual(["A sales funnel", "A help desk", "A newsletter"]);
    expect(viber.calls.filter(({ method }) => method === "send_message")).toEqual([]);
    expect((await channel.messagesOf("ada")).map(({ status }) => status)).toEqual(["sent", "sent", "sent"]);
  });

  it("goes on from a press, knows what the link said, and is told what was delivered and read", async () => {
    await viber.press("ada", "A help desk");
    await untilSeen("ada", "A help desk, then.");
    await until("the delay", async () => (await channel.contactOf("ada")).tags.includes("lead"));
    server.clock.pass(3_000);
    await untilSeen("ada", "e-mail: ada@e.com");
    expect(texts("ada").at(-1)).toContain("tags: came by link, lead");
    const summary = seen("ada").at(-1) ?? expect.fail("nothing is shown");
    for (const event of ["delivered", "seen", "delivered"] as const) await viber.tell(event, summary);
    const messages = await channel.messagesOf("ada");
    expect(messages.at(-1)).toMatchObject({ status: "read", externalId: summary.token });
    expect(messages.find(({ direction }) => direction === "in")?.content.text).toBe("A help desk");
    await viber.press("ada", "Call me back");
    await untilSeen("ada", 'You have the label "call back" now.');
  });

  it("gives the same answer when Viber calls again, and does nothing twice", async () => {
    const user = { id: "bob", name: "Bob" };
    const callback = { event: "conversation_started", timestamp: 1, message_token: "99", type: "open", user };
    const [first, again] = [await viber.push(callback), await viber.push(callback)];
    expect(first.body).toContain("You came without an invite link.");
    expect(again).toEqual(first);
    expect(await channel.messagesOf("bob")).toHaveLength(3);
  });

  it("greets a subscriber who comes by a link with messages of their own", async () => {
    await viber.open("ada", "chess");
    await until("the greeting", () => texts("ada").filter((text) => text.includes("Chess")).length === 2);
    expect(seen("ada").at(-3)?.body).toMatchObject({ type: "text", sender: { name: "Stand-in" } });
  });

  it("sends nothing more to who left, until they write again", async () => {
    await viber.leave("ada");
    const { channels } = await channel.contactOf("ada");
    expect(channels[0]?.status).toBe("blocked");
    await viber.say("ada", "restart");
    expect((await channel.contactOf("ada")).channels[0]?.status).toBe("active");
  });

  it("marks somebody as gone whom Viber lets nobody write to", async () => {
    await viber.open("cyd");
    const { id } = await channel.contactOf("cyd");
    await server.call("POST", `/contacts/${id}/messages`, { text: "Are you there?", channelId: channel.id });
    await until("the mark", async () => (await channel.contactOf("cyd")).channels[0]?.status === "blocked");
    expect((await channel.messagesOf("cyd")).at(-1)).toMatchObject({
      status: "failed",
      error: expect.stringContaining("write first"),
    });
  });
});
