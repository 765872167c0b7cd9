import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { channelPorts } from "../../../test/channel-ports.ts";
import { startVkStandIn, type VkStandIn } from "../../../test/stand-ins/vk.ts";
import { until } from "../../../test/until.ts";
import type { DeliverInbound, InboundEvent } from "../../engine/channel-type.ts";
import { VkCallError } from "./vk.api.ts";
import { vk } from "./vk.channel.ts";
import { whatNow } from "./vk.poll.ts";

const token = "vk1.a.ThisIsACommunityTokenOfATest";
let standIn: VkStandIn;
let abort: AbortController;
let polling: Promise<void> | undefined;
let delivered: InboundEvent[];
let warnings: object[];
beforeEach(async () => {
  standIn = await startVkStandIn();
  abort = new AbortController();
  delivered = [];
  warnings = [];
});
afterEach(async () => {
  abort.abort();
  await polling;
  await standIn.close();
});

const collect: DeliverInbound = async (events) => void delivered.push(...events);

function startPolling(deliver: DeliverInbound = collect): void {
  const settings = vk.settings.parse({ token, groupId: 77, apiRoot: `${standIn.url}/method`, mode: "polling" });
  const ports = channelPorts({ log: { warn: (data) => void warnings.push(data), info: () => {} } });
  polling = vk.poll?.({ id: 7, botId: 1, settings }, deliver, ports, abort.signal);
}

const texts = () =>
  delivered.map(({ happening }) => (happening.kind === "message" ? happening.message.text : happening.kind));
const polls = () => standIn.calls.filter(({ method }) => method === "lp").length;

describe("polling VK", () => {
  it("hands over what comes, in order", async () => {
    startPolling();
    await until("the first question", () => polls() > 0);
    for (const text of ["one", "two", "three"]) await standIn.say("55", text);
    await until("all events", () => delivered.length === 3);
    expect(texts()).toEqual(["one", "two", "three"]);
  });

  it("moves on only when what came is committed", async () => {
    let attempts = 0;
    startPolling(async (events) => {
      attempts += 1;
      if (attempts === 1) throw new Error("the database is away");
      delivered.push(...events);
    });
    await until("the first question", () => polls() > 0);
    await standIn.say("55", "one");
    await until("the event", () => delivered.length === 1);
    expect(warnings).toEqual([expect.objectContaining({ reason: "the database is away" })]);
    await standIn.say("55", "two");
    await until("the next", () => delivered.length === 2);
    expect(texts()).toEqual(["one", "two"]);
  });

  it.each([1, 2, 3] as const)("goes on when VK says that it failed: %i", async (failed) => {
    startPolling();
    await until("the first question", () => polls() > 0);
    standIn.loseRow(failed);
    await until("another question", () => polls() >= 3);
    await standIn.say("55", "hello");
    await until("the event", () => delivered.length === 1);
    expect(warnings).toHaveLength(failed === 2 ? 0 : 1);
  });

  it("answers a callback button, and passes over what cannot be read, saying so", async () => {
    startPolling();
    await until("the first question", () => polls() > 0);
    await standIn.push({ type: "message_new", object: { what: 1 } });
    const press = { user_id: 55, peer_id: 55, event_id: "p1", payload: { p: "f:s:b" } };
    await standIn.push({ type: "message_event", object: press });
    await until("the answer", () => standIn.calls.some(({ method }) => method === "messages.sendMessageEventAnswer"));
    expect(delivered).toMatchObject([{ happening: { kind: "button", payload: "f:s:b" } }]);
    expect(warnings).toMatchObject([{ channelId: 7, kind: "message_new" }]);
  });

  it("ends at once when it is told to, also in the middle of a question", async () => {
    startPolling();
    await until("the question", () => polls() === 1);
    abort.abort();
    await polling;
    expect(warnings).toEqual([]);
  });

  it("asks again ever more slowly what fails, and once a minute where it is refused", () => {
    const pauses = [1, 2, 3, 10, 1000].map((failures) => whatNow(new Error("away"), failures).pauseMs);
    expect(pauses).toEqual([500, 1000, 2000, 30_000, 30_000]);
    expect(whatNow(new VkCallError("no", { code: 5 }), 1)).toMatchObject({
      pauseMs: 60_000,
      reason: expect.stringContaining("token"),
    });
  });
});
