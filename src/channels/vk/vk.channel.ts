import { randomBytes, timingSafeEqual } from "node:crypto";
import {
  ChannelConnectError,
  type ChannelHealth,
  type ChannelPorts,
  type ConnectContext,
  defineChannel,
  type SendRequest,
  type SendResult,
  type WebhookRequest,
  type WebhookResult,
} from "../../engine/channel-type.ts";
import type { Json } from "../../model/field.ts";
import { fromVk } from "./from-vk.ts";
import { toVk } from "./to-vk.ts";
import { answerPress, getCommunity, inWords, sendMessage, toSendResult, VkCallError } from "./vk.api.ts";
import { pollVk } from "./vk.poll.ts";
import {
  deleteServer,
  enableLongPoll,
  findCallbackServer,
  getConfirmationCode,
  registerServer,
} from "./vk-callback-server.ts";
import { lookUpVkProfile } from "./vk-profile.ts";
import { settingsSchema, type VkChannel, type VkSettings } from "./vk-settings.ts";
import { parseEnvelope } from "./vk-update.ts";
import { createUploads } from "./vk-upload.ts";

const upload = createUploads(() => performance.now());

export const vk = defineChannel<VkSettings>({
  kind: "vk",
  title: "VK",
  // https://dev.vk.com/ru/method/messages.send, https://dev.vk.com/ru/api/bots/development/keyboard; 20 calls a second for a community's token:
  // https://dev.vk.com/ru/api/api-requests.
  capabilities: {
    textLength: 4096,
    buttons: 20,
    buttonTitleLength: 40,
    quickReplies: 20,
    media: ["image", "video", "voice", "file"],
    locations: "points",
    requests: ["location"],
    ownWords: ["location"],
    // VK names no limit for a `ref`.
    entryPayload: { maxLength: 255, alphabet: "[A-Za-z0-9_-]" },
    receipts: ["read"],
    rates: { bulkPerSecond: 15, perChatPerSecond: 1, chatBurst: 20 },
    looksUpProfiles: true,
  },
  settings: settingsSchema,
  secrets: ["token", "secret"],
  // VK sends nothing twice that has the same `random_id`.
  uncertainPolicy: "repeat",
  receive,
  async acknowledge(press, { settings }, ports) {
    await answerPress(settings, ports, press as { event_id: string; user_id: number; peer_id: number });
  },
  send,
  connect,
  async disconnect({ settings }, ports) {
    const { groupId, serverId } = settings;
    if (serverId !== 0) await deleteServer(settings, ports, { groupId, serverId });
  },
  poll(channel, deliver, ports, signal) {
    return channel.settings.mode === "polling" ? pollVk(channel, deliver, ports, signal) : undefined;
  },
  lookUpProfile: (person, { settings }, ports) => lookUpVkProfile(settings, ports, person),
  health: ({ settings }, ports) => health(settings, ports),
  entryUrl({ settings: { screenName, groupId } }, payload) {
    const name = screenName === "" && groupId !== 0 ? `club${groupId}` : screenName;
    if (name === "") return undefined;
    return `https://vk.me/${name}${payload === undefined ? "" : `?ref=${encodeURIComponent(payload)}`}`;
  },
});

/** https://dev.vk.com/ru/api/callback/getting-started: every call is answered by `ok`, the confirmation by its code. */
function receive(request: WebhookRequest, { settings }: VkChannel): WebhookResult {
  const envelope = parseEnvelope(readJson(request.body));
  if (envelope === undefined) {
    return { ok: false, status: 400, code: "webhook.bad_body", message: "the body has to be an event of VK in JSON" };
  }
  if (settings.groupId !== 0 && envelope.group_id !== settings.groupId) {
    return { ok: false, status: 403, code: "webhook.wrong_community", message: "the event is of another community" };
  }
  // The code is no secret: it only proves that this address is ours.
  if (envelope.type === "confirmation" && settings.confirmationCode !== "") {
    return { ok: true, events: [], response: { body: settings.confirmationCode } };
  }
  if (!isSame(envelope.secret ?? "", settings.secret)) {
    return { ok: false, status: 401, code: "webhook.bad_secret", message: "the secret key is wrong" };
  }
  const { events, press } = envelope.update === undefined ? { events: [] } : fromVk(envelope.update);
  const response = { body: "ok" };
  return { ok: true, events, response, ...(press === undefined ? {} : { acknowledge: { ...press } }) };
}

/** In a time that tells nothing but the length. An empty secret fits nothing. */
function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return expected !== "" && a.length === b.length && timingSafeEqual(a, b);
}

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    // Answered as a bad body.
    return undefined;
  }
}

async function send(request: SendRequest, { id, settings }: VkChannel, ports: ChannelPorts): Promise<SendResult> {
  const { content, recipient, messageId } = request;
  let externalId: string | undefined;
  try {
    const uploaded = await upload(content, { access: settings, channelId: id, peer: recipient }, ports);
    const calls = toVk(content, (file) => uploaded.get(file), vk.capabilities);
    if (calls.length === 0) {
      return { status: "rejected", message: "VK shows no message that has neither a text nor a file" };
    }
    // What went out in an earlier attempt must not go out again.
    for (const [index, { message, attachments, point, keyboard }] of calls.entries()) {
      if (index < (request.partsSent ?? 0)) continue;
      externalId = await sendMessage(settings, ports, {
        peer_id: recipient,
        random_id: toRandomId(messageId, index),
        message,
        ...point,
        ...(attachments.length === 0 ? {} : { attachment: attachments.join(",") }),
        ...(keyboard === undefined ? {} : { keyboard: JSON.stringify(keyboard) }),
      });
      if (index < calls.length - 1) await request.onPartSent?.(index + 1);
    }
  } catch (error) {
    if (error instanceof VkCallError) return toSendResult(error);
    throw error;
  }
  return { status: "sent", externalId };
}

/** Undefined: the token has no right to register our address, and somebody did it by hand: they gave us the code and the secret. */
async function askForCode(settings: VkSettings, ports: ChannelPorts, groupId: number): Promise<string | undefined> {
  try {
    return await getConfirmationCode(settings, ports, groupId);
  } catch (error) {
    const isByHand = settings.confirmationCode !== "" && settings.secret !== "";
    if (isByHand && error instanceof VkCallError && [7, 15, 27].includes(error.code ?? 0)) return undefined;
    throw error;
  }
}

const partsOfAMessage = 64;

/** The same for the same part of the same message, and another for every other of some tens of millions: 31 bits, and not 0, which VK does not compare. */
function toRandomId(messageId: number, part: number): number {
  return ((messageId * partsOfAMessage + part) % 0x7fff_ffff) + 1;
}

async function connect(
  channel: VkChannel,
  { webhookUrl, keep }: ConnectContext,
  ports: ChannelPorts,
): Promise<Readonly<Record<string, Json>>> {
  const { settings } = channel;
  try {
    const { id: groupId, screen_name: screenName } = await getCommunity(settings, ports);
    if (settings.mode === "polling") {
      await enableLongPoll(settings, ports, groupId);
      return { groupId, screenName };
    }
    if (webhookUrl === undefined) {
      throw new ChannelConnectError('set PUBLIC_URL to an address that VK reaches, or choose the mode "polling"');
    }
    const secret = settings.secret === "" ? randomBytes(24).toString("hex") : settings.secret;
    const confirmationCode = await askForCode(settings, ports, groupId);
    if (confirmationCode === undefined) return { groupId, screenName };
    const known = { groupId, screenName, secret, confirmationCode };
    // VK asks for the code while we still wait for its answer.
    await keep?.(known);
    return { ...known, serverId: await registerServer(settings, ports, { groupId, url: webhookUrl, secret }) };
  } catch (error) {
    if (error instanceof VkCallError) throw new ChannelConnectError(inWords(error), { cause: error });
    throw error;
  }
}

async function health(settings: VkSettings, ports: ChannelPorts): Promise<ChannelHealth> {
  const { mode, groupId, serverId } = settings;
  try {
    const { name } = await getCommunity(settings, ports);
    // An address that was registered by hand is not ours to see.
    if (mode === "polling" || serverId === 0) return { ok: true, message: `${name} answers` };
    const { status = "unknown", url } = (await findCallbackServer(settings, ports, { groupId, serverId })) ?? {};
    if (status === "ok") return { ok: true, message: `${name} answers; our address is confirmed`, webhookUrl: url };
    return { ok: false, message: `${name} answers; our address is "${status}" with VK: connect the channel again` };
  } catch (error) {
    if (error instanceof VkCallError) return { ok: false, message: inWords(error) };
    throw error;
  }
}
