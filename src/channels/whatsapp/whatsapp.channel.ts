import { randomBytes } from "node:crypto";
import { z } from "zod";
import {
  ChannelConnectError,
  type ChannelPorts,
  type ConnectContext,
  defineChannel,
  type SendRequest,
  type SendResult,
} from "../../engine/channel-type.ts";
import type { Json } from "../../model/field.ts";
import { callGraph, GraphCallError, type GraphVerdicts, toSendResult } from "../meta-graph.ts";
import { isSubscribed, publicUrlAdvice } from "../meta-subscription.ts";
import { receiveFromMeta } from "../meta-webhook.ts";
import { fromWhatsApp } from "./from-whatsapp.ts";
import { toWhatsApp, type WhatsAppBody } from "./to-whatsapp.ts";
import { consentWords, settingsSchema, type WhatsAppChannel, type WhatsAppSettings } from "./whatsapp-settings.ts";
import { listTemplates } from "./whatsapp-templates.ts";

const anHour = 3_600_000;

/** https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes. */
const refusals: GraphVerdicts = {
  33: { status: "unauthorized" },
  80007: { status: "rate-limited", afterMs: 60_000, scope: "channel" },
  130429: { status: "rate-limited", afterMs: 1_000, scope: "channel" },
  // Part of an experiment of Meta's; the country is closed to the business.
  130472: { status: "rejected" },
  130497: { status: "rejected" },
  131000: { status: "retry-later" },
  131005: { status: "unauthorized" },
  131008: { status: "rejected" },
  131009: { status: "rejected" },
  131016: { status: "retry-later" },
  131021: { status: "rejected" },
  // The number is on no WhatsApp, or takes nothing from businesses.
  131026: { status: "recipient-gone" },
  131030: { status: "rejected" },
  131031: { status: "unauthorized" },
  131037: { status: "unauthorized" },
  131042: { status: "rejected" },
  131045: { status: "unauthorized" },
  131047: { status: "window-closed" },
  // Too many of the business's messages were reported.
  131048: { status: "rate-limited", afterMs: anHour, scope: "channel" },
  // Meta keeps marketing messages from the person, or they do not want them.
  131049: { status: "rejected" },
  131050: { status: "rejected" },
  131051: { status: "rejected" },
  131052: { status: "rejected" },
  131053: { status: "rejected" },
  // One message to one person every six seconds.
  131056: { status: "rate-limited", afterMs: 6_000, scope: "chat" },
  131057: { status: "retry-later" },
  132000: { status: "rejected" },
  132001: { status: "rejected" },
  132005: { status: "rejected" },
  132007: { status: "rejected" },
  132012: { status: "rejected" },
  132015: { status: "rejected" },
  132016: { status: "rejected" },
  133004: { status: "retry-later" },
  133010: { status: "unauthorized" },
  135000: { status: "rejected" },
};

export const whatsapp = defineChannel<WhatsAppSettings>({
  kind: "whatsapp",
  title: "WhatsApp",
  // https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages (4096) and the pages of each kind; ten choices together, of which three may be buttons. 80 messages a second, in
  // and out, and one every six seconds to one person after a burst of 45: …/whatsapp/throughput.
  capabilities: {
    needsPublicAddress: true,
    textLength: 4096,
    buttons: 3,
    buttonTitleLength: 20,
    quickReplies: 7,
    media: ["image", "video", "audio", "voice", "file"],
    locations: "places",
    requests: ["location"],
    ownWords: ["location"],
    // The payload is what the person sends.
    entryPayload: { maxLength: 1024, alphabet: "[A-Za-z0-9_-]" },
    receipts: ["delivered", "read"],
    rates: { bulkPerSecond: 50, perChatPerSecond: 0.17, chatBurst: 30 },
    windowMs: 86_400_000,
    templates: true,
    phoneIds: true,
    typedEntry: true,
    consentWords,
  },
  settings: settingsSchema,
  secrets: ["token", "appSecret"],
  uncertainPolicy: "repeat",
  receive(request, { settings }) {
    return receiveFromMeta(request, settings, (body) => {
      const events = fromWhatsApp(body, settings.phoneNumberId);
      return events === undefined ? undefined : { ok: true, events };
    });
  },
  send,
  connect,
  async disconnect({ settings }, ports) {
    await setCallback(settings, ports, { override_callback_uri: "" });
  },
  health: ({ settings }, ports) => health(settings, ports),
  templates: ({ settings }, ports) => listTemplates(settings, ports),
  entryUrl({ settings: { phone } }, payload) {
    if (phone === "") return undefined;
    return `https://wa.me/${phone}${payload === undefined ? "" : `?text=${encodeURIComponent(payload)}`}`;
  },
});

async function send(request: SendRequest, { settings }: WhatsAppChannel, ports: ChannelPorts): Promise<SendResult> {
  const calls = toWhatsApp(request.content, whatsapp.capabilities, settings);
  if (calls.length === 0) {
    return { status: "rejected", message: "WhatsApp shows no message that has neither a text nor a file" };
  }
  let sent: Sent | undefined;
  try {
    // What went out in an earlier attempt must not go out again.
    for (const [index, call] of calls.entries()) {
      if (index < (request.partsSent ?? 0)) continue;
      sent = await sendOne(request.recipient, call, { settings, ports });
      if (index < calls.length - 1) await request.onPartSent?.(index + 1);
    }
  } catch (error) {
    if (error instanceof GraphCallError) return toSendResult(error, refusals);
    throw error;
  }
  const { id: externalId, waId } = sent ?? {};
  return { status: "sent", externalId, ...(waId === undefined || waId === request.recipient ? {} : { knownAs: waId }) };
}

const sentSchema = z.object({
  messages: z.tuple([z.object({ id: z.string() })], z.unknown()),
  contacts: z.array(z.object({ wa_id: z.string().min(1).max(200).optional().catch(undefined) })).catch([]),
});

interface Sent {
  readonly id: string;
  /** What WhatsApp calls the person. */
  readonly waId: string | undefined;
}

async function sendOne(
  recipient: string,
  body: WhatsAppBody,
  { settings, ports }: { readonly settings: WhatsAppSettings; readonly ports: ChannelPorts },
): Promise<Sent> {
  // A phone; or the id of somebody who does not show theirs, which begins with a country.
  const to = /^\d+$/.test(recipient) ? { to: recipient } : { recipient };
  const call = { messaging_product: "whatsapp", recipient_type: "individual", ...to, ...body };
  const path = `${settings.phoneNumberId}/messages`;
  const { messages, contacts } = await callGraph(settings, ports, { method: "POST", path, body: call }, sentSchema);
  return { id: messages[0].id, waId: contacts[0]?.wa_id };
}

/** https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/override: where the notifications of this number go, whatever the app's own address is. */
async function setCallback(
  settings: WhatsAppSettings,
  ports: ChannelPorts,
  webhook: { readonly override_callback_uri: string; readonly verify_token?: string },
): Promise<void> {
  const body = { webhook_configuration: webhook };
  await callGraph(settings, ports, { method: "POST", path: settings.phoneNumberId, body }, z.unknown());
}

const numberSchema = z.object({ display_phone_number: z.string(), verified_name: z.string().default("") });

const getNumber = ({ phoneNumberId, ...access }: WhatsAppSettings, ports: ChannelPorts) =>
  callGraph(
    access,
    ports,
    { method: "GET", path: phoneNumberId, query: { fields: "display_phone_number,verified_name" } },
    numberSchema,
  );

async function connect(
  { settings }: WhatsAppChannel,
  { webhookUrl, keep }: ConnectContext,
  ports: ChannelPorts,
): Promise<Readonly<Record<string, Json>>> {
  try {
    const { display_phone_number: shown } = await getNumber(settings, ports);
    if (webhookUrl === undefined) throw new ChannelConnectError(publicUrlAdvice);
    const verifyToken = settings.verifyToken === "" ? randomBytes(24).toString("hex") : settings.verifyToken;
    const known = { phone: shown.replaceAll(/\D/g, ""), verifyToken };
    // Meta asks for the token while we still wait for its answer.
    await keep?.(known);
    const path = `${settings.accountId}/subscribed_apps`;
    await callGraph(settings, ports, { method: "POST", path }, z.unknown());
    try {
      await setCallback(settings, ports, { override_callback_uri: webhookUrl, verify_token: verifyToken });
    } catch (error) {
      if (!(error instanceof GraphCallError)) throw error;
      const message = `Meta does not take ${webhookUrl}: ${error.message}. ${publicUrlAdvice}`;
      throw new ChannelConnectError(message, { cause: error });
    }
    return known;
  } catch (error) {
    if (error instanceof GraphCallError) throw new ChannelConnectError(error.message, { cause: error });
    throw error;
  }
}

async function health(settings: WhatsAppSettings, ports: ChannelPorts): Promise<{ ok: boolean; message: string }> {
  try {
    const { display_phone_number: phone, verified_name: name } = await getNumber(settings, ports);
    const isHeard = await isSubscribed(settings, ports, `${settings.accountId}/subscribed_apps`);
    if (isHeard) return { ok: true, message: `${name === "" ? phone : `${name} (${phone})`} answers` };
    return { ok: false, message: `${phone} answers; the app does not hear of it: connect the channel again` };
  } catch (error) {
    if (error instanceof GraphCallError) return { ok: false, message: error.message };
    throw error;
  }
}
