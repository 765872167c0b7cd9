import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { policySettings } from "../../engine/channel-policy.ts";
import {
  ChannelConnectError,
  type ChannelHealth,
  type ChannelPorts,
  type ConnectContext,
  type ConnectedChannel,
  defineChannel,
  type SendRequest,
  type SendResult,
  type WebhookRequest,
  type WebhookResult,
} from "../../engine/channel-type.ts";
import type { Json } from "../../model/field.ts";
import type { MessageContent } from "../../model/message.ts";
import { fromViber } from "./from-viber.ts";
import { measureFiles } from "./measure-files.ts";
import { minApiVersion, toViber, toWelcome, type ViberBody } from "./to-viber.ts";
import { getAccountInfo, sendMessage, setWebhook, toSendResult, ViberCallError } from "./viber.api.ts";
import { parseCallback } from "./viber-callback.ts";

const settingsSchema = z.object({
  token: z.string().regex(/^[\w-]{20,200}$/, "a token is a long word; the bot's settings in Viber show it"),
  /** Whom the person sees as the writer; read from Viber when the channel is connected. */
  senderName: z.string().max(28).default(""),
  /** A picture of at most 100 KB, 720 by 720; empty: the bot's own. */
  senderAvatar: z.union([z.literal(""), z.url({ protocol: /^https$/ })]).default(""),
  /** The bot's name in links; read from Viber when the channel is connected. */
  uri: z.string().default(""),
  apiRoot: z
    .url({ protocol: /^https?$/ })
    .default("https://chatapi.viber.com/pa")
    .transform((url) => url.replace(/\/+$/, "")),
  bulkPerSecond: z.number().positive().max(1000).default(30),
  perChatPerSecond: z.number().positive().max(100).default(2),
  chatBurst: z.number().int().positive().max(1000).default(20),
  uncertainPolicy: z.enum(["repeat", "ask"]).default("repeat"),
  ...policySettings(),
});
type Settings = z.output<typeof settingsSchema>;
type Channel = ConnectedChannel<Settings>;

export const viber = defineChannel<Settings>({
  kind: "viber",
  title: "Viber",
  // https://developers.viber.com/docs/api/rest-bot-api/#message-types and https://developers.viber.com/docs/tools/keyboards
  capabilities: {
    needsPublicAddress: true,
    textLength: 7000,
    buttons: 24,
    buttonTitleLength: 250,
    quickReplies: 24,
    media: ["image", "video", "file"],
    locations: "points",
    requests: ["phone", "location"],
    // The context has no limit of its own; an address has.
    entryPayload: { maxLength: 1024, alphabet: "[A-Za-z0-9_-]" },
    receipts: ["delivered", "read"],
    rates: { bulkPerSecond: 30, perChatPerSecond: 2, chatBurst: 20 },
  },
  settings: settingsSchema,
  secrets: ["token"],
  uncertainPolicy: "repeat",
  receive,
  answerWith(contents, { settings }) {
    const body = toWelcome(contents, viber.capabilities);
    return body === undefined ? undefined : toMessage(body, settings);
  },
  send,
  connect,
  async disconnect({ settings }, ports) {
    await setWebhook(settings, ports, "");
  },
  health: ({ settings }, ports) => health(settings, ports),
  entryUrl({ settings }, payload) {
    if (settings.uri === "") return undefined;
    const link = `viber://pa?chatURI=${encodeURIComponent(settings.uri)}`;
    return payload === undefined ? link : `${link}&context=${encodeURIComponent(payload)}`;
  },
});

function receive(request: WebhookRequest, { settings }: Channel): WebhookResult {
  if (!isSigned(request, settings.token)) {
    return { ok: false, status: 401, code: "webhook.bad_signature", message: "the signature is wrong" };
  }
  const callback = parseCallback(request.body);
  if (callback === undefined) {
    return { ok: false, status: 400, code: "webhook.bad_body", message: "the body has to be a callback of Viber" };
  }
  if (callback === "ignored") return { ok: true, events: [] };
  const { event, isNew } = fromViber(callback);
  return { ok: true, events: [isNew ? { ...event, countInAnswer: countInWelcome } : event] };
}

/** https://developers.viber.com/docs/api/rest-bot-api/#callbacks: HMAC with SHA-256 of the body, by the token, in hexadecimal. */
function isSigned({ headers, body }: WebhookRequest, token: string): boolean {
  const given = Buffer.from(String(headers["x-viber-content-signature"] ?? "").toLowerCase());
  const expected = Buffer.from(createHmac("sha256", token).update(body).digest("hex"));
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** As many of the messages, from the first on, as one welcome holds whole. */
function countInWelcome(contents: readonly MessageContent[]): number {
  const fits = (count: number) => toWelcome(contents.slice(0, count), viber.capabilities) !== undefined;
  return contents.findLastIndex((_content, index) => fits(index + 1)) + 1;
}

function toMessage(body: ViberBody, { senderName, senderAvatar }: Settings): object {
  const needsNewViber = "keyboard" in body || "rich_media" in body;
  return {
    // Viber takes no message without a name.
    sender: { name: senderName || "Bot", ...(senderAvatar === "" ? {} : { avatar: senderAvatar }) },
    ...(needsNewViber ? { min_api_version: minApiVersion } : {}),
    ...body,
  };
}

async function send(request: SendRequest, { settings }: Channel, ports: ChannelPorts): Promise<SendResult> {
  const content = await measureFiles(request.content, ports);
  const bodies = toViber(content, viber.capabilities);
  if (bodies.length === 0) {
    return { status: "rejected", message: "Viber shows no message that has neither a text nor a file" };
  }
  let externalId: string | undefined;
  // What went out in an earlier attempt must not go out again.
  for (const [index, body] of bodies.entries()) {
    if (index < (request.partsSent ?? 0)) continue;
    try {
      externalId = await sendMessage(settings, ports, { receiver: request.recipient, ...toMessage(body, settings) });
    } catch (error) {
      if (error instanceof ViberCallError) return toSendResult(error);
      throw error;
    }
    if (index < bodies.length - 1) await request.onPartSent?.(index + 1);
  }
  return { status: "sent", externalId };
}

async function connect(
  { settings }: Channel,
  { webhookUrl }: ConnectContext,
  ports: ChannelPorts,
): Promise<Readonly<Record<string, Json>>> {
  const advice = "Viber calls only https addresses that the internet reaches: set PUBLIC_URL to one";
  try {
    const { name, uri } = await getAccountInfo(settings, ports);
    if (webhookUrl === undefined) throw new ChannelConnectError(advice);
    await setWebhook(settings, ports, webhookUrl);
    return { uri, senderName: settings.senderName || name.slice(0, 28).toWellFormed() };
  } catch (error) {
    if (!(error instanceof ViberCallError)) throw error;
    const isAddress = error.status === 1;
    const message = isAddress ? `Viber does not take ${webhookUrl} (${error.message}). ${advice}` : error.message;
    throw new ChannelConnectError(message, { cause: error });
  }
}

async function health(settings: Settings, ports: ChannelPorts): Promise<ChannelHealth> {
  try {
    const { name, webhook = "", subscribers_count: count } = await getAccountInfo(settings, ports);
    const people = count === undefined ? "" : `; subscribers: ${count}`;
    if (webhook !== "") return { ok: true, message: `${name} answers${people}`, webhookUrl: webhook };
    return { ok: false, message: `${name} answers; no webhook is set: connect the channel again` };
  } catch (error) {
    if (error instanceof ViberCallError) return { ok: false, message: error.message };
    throw error;
  }
}
