import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DemoChannel, demoChannel } from "../../../test/demo-channel.ts";
import { type DemoServer, demoServer } from "../../../test/demo-server.ts";
import { startVkStandIn, type VkStandIn } from "../../../test/stand-ins/vk.ts";
import { until } from "../../../test/until.ts";

let server: DemoServer;
let vk: VkStandIn;
let channel: DemoChannel;
beforeAll(async () => {
  server = await demoServer();
  vk = await startVkStandIn();
  channel = await demoChannel(server, "vk", { token: "vk1.a.ThisIsACommunityToken", apiRoot: `${vk.url}/method` });
});
afterAll(async () => {
  await server.close();
  await vk.close();
});

/** What stands in the link. */
const refOf = ({ link }: DemoChannel) => new URL(link).searchParams.get("ref") ?? "";
const seen = (person: string) => vk.shown.filter(({ peer }) => peer === person);
const untilSeen = (person: string, text: string, times = 1) =>
  until(`${person} sees "${text}"`, () => seen(person).filter((one) => one.text.includes(text)).length >= times);

describe("the demo bot on VK", () => {
  it("has its address confirmed while it is being connected", () => {
    expect(vk.servers()).toMatchObject([{ url: `${server.url}/webhooks/${channel.id}`, status: "ok" }]);
  });

  it("meets who comes by a link in a new chat, and keeps what they said with it", async () => {
    expect(channel.link).toMatch(/^https:\/\/vk\.me\/standin\?ref=eyJ/);
    await vk.say("101", "I saw the poster", { ref: refOf(channel), ref_source: "street" });
    await untilSeen("101", 'the course "Chess" and that your e-mail address is ada@e.com');
    await untilSeen("101", "What would you build first?");
    expect(
      seen("101")
        .at(-1)
        ?.buttons.map(({ action }) => action.label),
    ).toEqual(["A sales funnel", "A help desk", "A newsletter"]);
    expect((await channel.messagesOf("101"))[0]).toMatchObject({
      direction: "in",
      content: { text: "I saw the poster" },
    });
  });

  it("goes on from a press, and is told what was read", async () => {
    await vk.press("101", "A help desk");
    await untilSeen("101", "A help desk, then.");
    await until("the delay", async () => (await channel.contactOf("101")).tags.includes("lead"));
    server.clock.pass(3_000);
    await untilSeen("101", "e-mail: ada@e.com");
    await vk.read(seen("101").at(-1) ?? expect.fail("nothing is shown"));
    const statuses = (await channel.messagesOf("101"))
      .filter(({ direction }) => direction === "out")
      .map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set(["read"]));
    await vk.press("101", "Call me back");
    await untilSeen("101", 'You have the label "call back" now.');
  });

  it("counts a link in a chat that is there already", async () => {
    await vk.say("102", "Начать", { payload: '{"command":"start"}' });
    await untilSeen("102", "You came without an invite link.");
    await vk.say("102", "And this one?", { ref: refOf(channel) });
    await untilSeen("102", 'the course "Chess"');
    expect((await channel.contactOf("102")).email).toBe("ada@e.com");
  });

  it("does nothing twice when VK delivers again", async () => {
    const message = { id: 5, peer_id: 103, from_id: 103, text: "hi", date: 1, attachments: [] };
    const event = { type: "message_new", event_id: "again", object: { message } };
    const answers = [await vk.push(event), await vk.push(event)];
    expect(answers).toEqual([{ status: 200, body: "ok" }, answers[0]]);
    await untilSeen("103", "What would you build first?");
    expect(seen("103").filter(({ text }) => text.startsWith("Hello"))).toHaveLength(1);
  });

  it("answers a callback button that was made elsewhere", async () => {
    const object = { user_id: 103, peer_id: 103, event_id: "p1", payload: { type: "other" } };
    await vk.push({ type: "message_event", object });
    await until("the answer", () => vk.calls.some(({ method }) => method === "messages.sendMessageEventAnswer"));
  });

  it("marks who forbids it to write, until they write again", async () => {
    await vk.deny("102");
    expect((await channel.contactOf("102")).channels[0]?.status).toBe("blocked");
    await vk.say("102", "restart");
    await untilSeen("102", "Hello", 2);
    expect((await channel.contactOf("102")).channels[0]?.status).toBe("active");
  });
});
