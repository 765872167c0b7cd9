import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { channelTypes } from "../../src/channels/index.ts";
import {
  ChannelConnectError,
  type ChannelType,
  type ConnectedChannel,
  type SendRequest,
  type WebhookRequest,
} from "../../src/engine/channel-type.ts";
import type { OutboundHttp } from "../../src/engine/outbound.ts";
import { type MessageContent, mediaKinds } from "../../src/model/message.ts";
import { channelPorts } from "../channel-ports.ts";
import { partsOf, randomMessages } from "./random-messages.ts";

/** The channel's platform, or a stand-in for it, as its users see it. */
export interface ContractPlatform {
  /** What the channel's settings need to reach it. */
  readonly settings: object;
  /** What was shown to the person since the last call of this, in order. */
  shown(): readonly ShownMessage[];
  /** Makes calls go wrong, from the `after`-th next on. */
  fail(fault: string, after: number): void;
  /** Everything is well again. */
  heal(): void;
  close(): Promise<void>;
}

/** One message on the person's screen. */
export interface ShownMessage {
  readonly text: string;
  readonly titles: readonly string[];
  readonly files: readonly string[];
}

export interface ContractSetup {
  /** Settings of a connected channel, with every secret in it. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** A webhook call with this body as the platform would make it. Absent: a channel without webhooks. */
  readonly sign?: (body: Buffer) => WebhookRequest;
  /** Bodies of webhook calls as the platform made them. */
  readonly fixtures?: Readonly<Record<string, unknown>>;
  /** Webhook calls that must be refused, and how. */
  readonly badRequests?: Readonly<Record<string, { readonly request: WebhookRequest; readonly status: number }>>;
  /** Whom to send to. */
  readonly recipient?: string;
  /** Absent: a pull channel, which sends nothing. */
  readonly platform?: () => Promise<ContractPlatform>;
  /** The faults that the platform knows. */
  readonly faults?: readonly string[];
}

/** Where the files of the contract are: eleven bytes each. */
const fileHost: OutboundHttp = async () => ({
  kind: "ok",
  status: 200,
  headers: { "content-length": "11", "content-type": "application/octet-stream" },
  body: "",
  bytes: Buffer.from("eleven more"),
});

const silent = channelPorts({ outbound: fileHost });

const content = (part: Partial<MessageContent>): MessageContent => ({
  attachments: [],
  buttons: [],
  quickReplies: [],
  ...part,
});

/** What every channel keeps to; called from each channel's own tests. */
export function channelContract<Settings>(type: ChannelType<Settings>, setup: ContractSetup): void {
  const connected = (more: object = {}): ConnectedChannel<Settings> => ({
    id: 1,
    botId: 1,
    settings: type.settings.parse({ ...setup.settings, ...more }),
  });
  const secrets = type.secrets.map((key) => String(setup.settings[key]));

  describe(`the channel ${type.kind}`, () => {
    describesItself(type, setup, connected);
    if (setup.sign !== undefined) receives(type, setup, setup.sign, connected(), secrets);
    if (setup.platform !== undefined) sends(type, setup, setup.platform, connected, secrets);
  });
}

type Connect<Settings> = (more?: object) => ConnectedChannel<Settings>;

function describesItself<Settings>(
  type: ChannelType<Settings>,
  setup: ContractSetup,
  connected: Connect<Settings>,
): void {
  it("stands in the registry under its kind", () => {
    expect(Object.entries(channelTypes)).toContainEqual([type.kind, type]);
  });

  it("names as secrets only what its settings have, and is tested with all of them", () => {
    for (const key of type.secrets) {
      expect(connected().settings).toHaveProperty(key);
      expect(String(setup.settings[key]).length).toBeGreaterThan(7);
    }
  });

  it("keeps its settings as they are when they are stored and read again", () => {
    const { settings } = connected();
    expect(type.settings.parse(JSON.parse(JSON.stringify(settings)))).toEqual(settings);
  });

  const { entryPayload } = type.capabilities;
  it.runIf(entryPayload !== undefined)("opens a link with the longest payload unchanged", () => {
    const payload = "aZ9_-".repeat(1000).slice(0, entryPayload?.maxLength);
    const context = { publicUrl: "https://bots.example", botRef: "demo" };
    expect(payload).toMatch(new RegExp(`^(?:${entryPayload?.alphabet})+$`));
    const url = new URL(type.entryUrl?.(connected(), payload, context) ?? "");
    expect([...url.searchParams.values()]).toContain(payload);
    // Without one it is the bot alone: nothing is said or carried.
    expect(url.href).toContain(type.entryUrl?.(connected(), undefined, context));
    expect(type.entryUrl?.(connected(), undefined, context)).not.toMatch(/undefined|(?:start|ref|text|context)=/);
  });
}

function receives<Settings>(
  type: ChannelType<Settings>,
  { fixtures = {}, badRequests = {} }: ContractSetup,
  sign: (body: Buffer) => WebhookRequest,
  channel: ConnectedChannel<Settings>,
  secrets: readonly string[],
): void {
  const receive = async (request: WebhookRequest) => await type.receive?.(request, channel);
  const bodyOf = (fixture: unknown) => Buffer.from(JSON.stringify(fixture));

  it.each(Object.keys(fixtures))("takes the call %s, and gives the same events when it comes again", async (name) => {
    const first = await receive(sign(bodyOf(fixtures[name])));
    expect(first).toMatchObject({ ok: true });
    expect(await receive(sign(bodyOf(fixtures[name])))).toEqual(first);
  });

  it("gives every event an id of its own, and somebody it is from", async () => {
    const results = await Promise.all(Object.values(fixtures).map((fixture) => receive(sign(bodyOf(fixture)))));
    const events = results.flatMap((result) => (result?.ok === true ? result.events : []));
    expect(events.length).toBeGreaterThan(0);
    expect(new Set(events.map(({ externalId }) => externalId)).size).toBe(events.length);
    for (const { externalId, from } of events) {
      expect([externalId, from].every((text) => text !== "" && text !== "undefined")).toBe(true);
    }
  });

  it.each(Object.keys(badRequests))("refuses %s, with a code and a sentence that tells no secret", async (name) => {
    const { request, status } = badRequests[name] ?? expect.fail();
    const result = await receive(request);
    expect(result).toMatchObject({ ok: false, status, code: expect.stringMatching(/^\w+\.\w+$/) });
    expect(result).toHaveProperty("message", expect.stringMatching(/\w+ \w+/));
    expectNoSecret(result, secrets);
  });

  it("refuses or ignores whatever else is signed, and never breaks", async () => {
    const bodies = [fc.uint8Array().map(Buffer.from), fc.json().map(Buffer.from), spoiled(fixtures).map(bodyOf)];
    await fc.assert(
      fc.asyncProperty(fc.oneof(...bodies), async (body) => {
        expect(typeof (await receive(sign(body)))?.ok).toBe("boolean");
      }),
    );
  });
}

/** Fixtures of which one value, however deep, is something else. */
function spoiled(fixtures: Readonly<Record<string, unknown>>): fc.Arbitrary<unknown> {
  const places = Object.values(fixtures).flatMap((fixture) => pathsOf(fixture).map((path) => ({ fixture, path })));
  return fc
    .tuple(fc.constantFrom(...places), fc.oneof(fc.jsonValue(), fc.constant(undefined)))
    .map(([{ fixture, path }, value]) => withValue(fixture, path, value));
}

function pathsOf(value: unknown): string[][] {
  if (typeof value !== "object" || value === null) return [[]];
  const below = Object.entries(value).flatMap(([key, inner]) => pathsOf(inner).map((path) => [key, ...path]));
  return [[], ...below];
}

function withValue(target: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value ?? null;
  const inner = withValue((target as Record<string, unknown>)[key], rest, value);
  return Array.isArray(target) ? target.with(Number(key), inner) : { ...(target as object), [key]: inner };
}

function sends<Settings>(
  type: ChannelType<Settings>,
  { recipient = "5", faults = [] }: ContractSetup,
  startPlatform: () => Promise<ContractPlatform>,
  connected: Connect<Settings>,
  secrets: readonly string[],
): void {
  const { capabilities } = type;
  let platform: ContractPlatform;
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform.close());
  beforeEach(() => {
    platform.heal();
    platform.shown();
  });

  let messageIds = 0;
  const send = (message: MessageContent, more: Partial<SendRequest> = {}) => {
    messageIds += 1;
    const request = { messageId: messageIds, contactId: 1, recipient, content: message, ...more };
    return type.send(request, connected(platform.settings), silent);
  };
  const allText = (shown: readonly ShownMessage[]) => shown.map(({ text }) => text).join(" ");
  const button = (index: number) => ({ title: `Button ${index}`, payload: `f:s:b${index}` });

  it("shows a text", async () => {
    expect(await send(content({ text: "Hello" }))).toMatchObject({ status: "sent" });
    expect(platform.shown()).toEqual([{ text: "Hello", titles: [], files: [] }]);
  });

  it.each(mediaKinds)("shows a file of kind %s, or a link to it", async (kind) => {
    const url = `https://files.example/${kind}`;
    expect(await send(content({ text: "See", attachments: [{ kind, url }] }))).toMatchObject({ status: "sent" });
    const shown = platform.shown();
    expect(allText(shown)).toContain("See");
    if (capabilities.media.includes(kind)) expect(shown.flatMap(({ files }) => files)).toEqual([url]);
    else expect(allText(shown)).toContain(url);
  });

  it("shows a place with its words, as such or as a link to a map", async () => {
    const location = { latitude: 55.75, longitude: -37.62, title: "Club", address: "Main street 1" };
    expect(await send(content({ text: "Come", location }))).toMatchObject({ status: "sent" });
    const seen = allText(platform.shown());
    for (const part of ["Come", "Club", "Main street 1", "55.75", "-37.62"]) expect(seen).toContain(part);
    expect(seen.includes("openstreetmap.org")).toBe(capabilities.locations === undefined);
  });

  it("shows a place that nothing is said about", async () => {
    const location = { latitude: 55.75, longitude: -37.62 };
    expect(await send(content({ location }))).toMatchObject({ status: "sent" });
    expect(allText(platform.shown())).toMatch(/55\.75.*-37\.62/);
  });

  it("shows as many buttons and quick replies as it says, and one more of each at least as text", async () => {
    for (const more of [0, 1]) {
      const buttons = Array.from({ length: Math.min(capabilities.buttons + more, 20) }, (_, index) => button(index));
      const replies = Array.from({ length: Math.min(capabilities.quickReplies + more, 20) }, (_, i) => button(50 + i));
      const pressed = buttons.map((one) => ({ type: "press" as const, ...one }));
      expect(await send(content({ text: "Choose", buttons: pressed, quickReplies: replies }))).toMatchObject({
        status: "sent",
      });
      const shown = platform.shown();
      const seen = [allText(shown), ...shown.flatMap(({ titles }) => titles)].join("\n");
      for (const { title } of [...buttons, ...replies]) expect(seen).toContain(title);
      if (more === 0) expect(shown.at(-1)?.titles).toHaveLength(buttons.length + replies.length);
    }
  });

  it("splits a text that is too long, and loses no word of it", async () => {
    const words = Array.from({ length: Math.ceil(capabilities.textLength / 2) }, (_, index) => `w${index}`);
    expect(await send(content({ text: words.join(" ") }))).toMatchObject({ status: "sent" });
    const shown = platform.shown();
    expect(shown.length).toBeGreaterThan(1);
    expect(allText(shown).split(/\s+/)).toEqual(words);
  });

  it("drops nothing of any message in silence", async () => {
    await fc.assert(
      fc.asyncProperty(randomMessages, async (message) => {
        platform.shown();
        expect(await send(message)).toMatchObject({ status: "sent" });
        const shown = platform.shown();
        const files = shown.flatMap((one) => one.files);
        const seen = [allText(shown), ...shown.flatMap(({ titles }) => titles), ...files].join("\n");
        const parts = partsOf(message, capabilities);
        for (const part of [...parts.said, ...parts.files]) expect(seen).toContain(part);
      }),
      { numRuns: 40 },
    );
  });

  it("repeats nothing that went out when the rest is tried again", async () => {
    const text = "word ".repeat(Math.ceil((capabilities.textLength * 2.5) / 5)).trim();
    const [fault] = faults;
    let partsSent = 0;
    const onPartSent = async (count: number) => {
      partsSent = count;
    };
    platform.fail(fault ?? "", 1);
    expect((await send(content({ text }), { messageId: 1000, onPartSent })).status).not.toBe("sent");
    platform.heal();
    expect(partsSent).toBe(1);
    expect(await send(content({ text }), { messageId: 1000, partsSent, onPartSent })).toMatchObject({ status: "sent" });
    expect(allText(platform.shown())).toBe(text);
  });

  it.each(faults)("tells no secret when a call meets: %s", async (fault) => {
    platform.fail(fault, 0);
    const result = await send(content({ text: "Hello" }));
    expect(result.status).not.toBe("sent");
    expect(result).toHaveProperty("message", expect.stringMatching(/\w+ \w+/));
    expectNoSecret(result, secrets);
    const channel = connected(platform.settings);
    const health = await type.health?.(channel, silent);
    expect(health?.ok ?? false).toBe(false);
    expectNoSecret(health, secrets);
    const error = await type.connect?.(channel, { webhookUrl: "https://bots.example/webhooks/1" }, silent).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (type.connect !== undefined) expect(error).toBeInstanceOf(ChannelConnectError);
    expectNoSecret(error instanceof Error ? `${error.message} ${error.stack} ${error.cause}` : "", secrets);
  });
}

function expectNoSecret(value: unknown, secrets: readonly string[]): void {
  const text = typeof value === "string" ? value : JSON.stringify(value ?? "");
  for (const secret of secrets) expect(text).not.toContain(secret);
}
