import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DemoServer, demoServer } from "../../../test/demo-server.ts";
import { buttonsOf, startViberStandIn, unescapeHtml, type ViberStandIn } from "../../../test/stand-ins/viber.ts";
import { until } from "../../../test/until.ts";

interface MessageBody {
  readonly status: string;
  readonly direction: string;
  readonly externalId: string | null;
  readonly content: { readonly text: string };
}

let server: DemoServer;
let viber: ViberStandIn;
let channelId: number;
let link: string;
beforeAll(async () => {
  server = await demoServer();
  viber = await startViberStandIn();
  const channel = await server.call<{ id: number; status: string }>("POST", "/channels", {
    bot: "demo",
    kind: "viber",
    name: "Viber",
    settings: { token: "445da6az1s345z78-dazcczb2542zv51a", apiRoot: `${viber.url}/pa` },
  });
  expect(channel.status).toBe("connected");
  channelId = channel.id;
  const made = await server.call<{ links: { kind: string; url: string; qrSvg: string }[] }>("POST", "/entry-links", {
    bot: "demo",
    name: "Poster",
    data: { email: "ada@e.com", variables: { course: "Chess" } },
  });
  const { url, qrSvg } = made.links.find(({ kind }) => kind === "viber") ?? expect.fail("no link for Viber");
  expect(qrSvg).toMatch(/^<svg/);
  link = url;
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
async function contactOf(person: string) {
  const { data } = await server.call<{
    data: { id: number; email: string | null; tags: string[]; channels: { externalId: string; status: string }[] }[];
  }>("GET", `/contacts?channel=${channelId}`);
  return data.find(({ channels }) => channels.some(({ externalId }) => externalId === person)) ?? expect.fail(person);
}
const messagesOf = async (person: string) => {
  const { data } = await server.call<{ data: MessageBody[] }>(
    "GET",
    `/contacts/${(await contactOf(person)).id}/messages`,
  );
  return data.toReversed();
};

describe("the demo bot on Viber", () => {
  it("welcomes who comes by a link with all that it has to say, in the one message that it may send", async () => {
    expect(link).toMatch(/^viber:\/\/pa\?chatURI=standin&context=eyJ/);
    await viber.open("ada", contextOf(link));
    expect(seen("ada")).toHaveLength(1);
    expect(texts("ada")[0]).toMatch(/^Hello, Ann!/);
    expect(texts("ada")[0]).toContain('the course "Chess" and that your e-mail address is ada@e.com');
    expect(texts("ada")[0]).toContain("What would you build first?");
    expect(titles("ada")).toEqual(["A sales funnel", "A help desk", "A newsletter"]);
    expect(viber.calls.filter(({ method }) => method === "send_message")).toEqual([]);
    expect((await messagesOf("ada")).map(({ status }) => status)).toEqual(["sent", "sent", "sent"]);
  });

  it("goes on from a press, knows what the link said, and is told what was delivered and read", async () => {
    await viber.press("ada", "A help desk");
    await untilSeen("ada", "A help desk, then.");
    await until("the delay", async () => (await contactOf("ada")).tags.includes("lead"));
    server.clock.pass(3_000);
    await untilSeen("ada", "e-mail: ada@e.com");
    expect(texts("ada").at(-1)).toContain("tags: came by link, lead");
    const summary = seen("ada").at(-1) ?? expect.fail("nothing is shown");
    for (const event of ["delivered", "seen", "delivered"] as const) await viber.tell(event, summary);
    const messages = await messagesOf("ada");
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
    expect(await messagesOf("bob")).toHaveLength(3);
  });

  it("greets a subscriber who comes by a link with messages of their own", async () => {
    await viber.open("ada", "chess");
    await until("the greeting", () => texts("ada").filter((text) => text.includes("Chess")).length === 2);
    expect(seen("ada").at(-3)?.body).toMatchObject({ type: "text", sender: { name: "Stand-in" } });
  });

  it("sends nothing more to who left, until they write again", async () => {
    await viber.leave("ada");
    const { channels } = await contactOf("ada");
    expect(channels[0]?.status).toBe("blocked");
    await viber.say("ada", "restart");
    expect((await contactOf("ada")).channels[0]?.status).toBe("active");
  });

  it("marks somebody as gone whom Viber lets nobody write to", async () => {
    await viber.open("cyd");
    const { id } = await contactOf("cyd");
    await server.call("POST", `/contacts/${id}/messages`, { text: "Are you there?", channelId });
    await until("the mark", async () => (await contactOf("cyd")).channels[0]?.status === "blocked");
    expect((await messagesOf("cyd")).at(-1)).toMatchObject({
      status: "failed",
      error: expect.stringContaining("write first"),
    });
  });
});
