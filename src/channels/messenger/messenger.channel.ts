import { randomBytes } from "node:crypto";
import { z } from "zod";
import {
  ChannelConnectError,
  type ChannelPorts,
  type ConnectContext,
  defineChannel,
} from "../../engine/channel-type.ts";
import type { Json } from "../../model/field.ts";
import { callGraph, GraphCallError } from "../meta-graph.ts";
import { toMetaMessages } from "../meta-messages.ts";
import { fromMessaging, getStartedPayload, ownMark } from "../meta-messaging.ts";
import { lookUpMetaProfile } from "../meta-profile.ts";
import { sendMetaMessages } from "../meta-send.ts";
import { isSubscribed, subscribeApp } from "../meta-subscription.ts";
import { receiveFromMeta } from "../meta-webhook.ts";
import { type MessengerChannel, type MessengerSettings, settingsSchema } from "./messenger-settings.ts";

/** What we hear of: https://developers.facebook.com/docs/messenger-platform/reference/webhook-events. */
const fields = [
  "messages",
  "message_edits",
  "messaging_postbacks",
  "messaging_referrals",
  "message_deliveries",
  "message_reads",
  "message_echoes",
] as const;

export const messenger = defineChannel<MessengerSettings>({
  kind: "messenger",
  title: "Messenger",
  // https://developers.facebook.com/docs/messenger-platform/reference/send-api (text, quick replies), …/send-messages/template/button, …/discovery/m-me-links (2083), …/policy/policy-overview (24 hours);
  // 300 calls a second for a page, 10 with audio or video: …/overview/rate-limiting.
  capabilities: {
    needsPublicAddress: true,
    textLength: 2000,
    buttons: 3,
    buttonTitleLength: 20,
    quickReplies: 13,
    media: ["image", "video", "audio", "voice", "file"],
    entryPayload: { maxLength: 2083, alphabet: "[A-Za-z0-9_=-]" },
    receipts: ["delivered", "read"],
    rates: { bulkPerSecond: 20, perChatPerSecond: 2, chatBurst: 20 },
    windowMs: 86_400_000,
    looksUpProfiles: true,
  },
  settings: settingsSchema,
  secrets: ["token", "appSecret"],
  uncertainPolicy: "repeat",
  receive(request, { settings }) {
    return receiveFromMeta(request, settings, (body) => {
      const events = fromMessaging(body, { object: "page", ownId: settings.pageId });
      return events === undefined ? undefined : { ok: true, events };
    });
  },
  async send(request, { settings }, ports) {
    const calls = toMetaMessages(request.content, messenger.capabilities);
    return await sendMetaMessages(request, calls, { access: settings, ports, mark: ownMark, ...settings });
  },
  connect,
  async disconnect({ settings }, ports) {
    await callGraph(settings, ports, { method: "DELETE", path: "me/subscribed_apps" }, z.unknown());
  },
  lookUpProfile: (person, { settings }, ports) =>
    lookUpMetaProfile(settings, ports, { person, fields: "first_name,last_name,profile_pic" }),
  health: ({ settings }, ports) => health(settings, ports),
  entryUrl({ settings: { username, pageId } }, payload) {
    const name = username === "" ? pageId : username;
    if (name === "") return undefined;
    const link = `https://m.me/${encodeURIComponent(name)}`;
    return payload === undefined ? link : `${link}?ref=${encodeURIComponent(payload)}`;
  },
});

const pageSchema = z.object({ id: z.string(), name: z.string(), username: z.string().default("") });

/** `username` is a page's alone: the token of a person is refused. */
const getPage = (settings: MessengerSettings, ports: ChannelPorts) =>
  callGraph(settings, ports, { method: "GET", path: "me", query: { fields: "id,name,username" } }, pageSchema);

async function connect(
  { settings }: MessengerChannel,
  { webhookUrl, keep }: ConnectContext,
  ports: ChannelPorts,
): Promise<Readonly<Record<string, Json>>> {
  try {
    const { id: pageId, name: pageName, username } = await getPage(settings, ports);
    const verifyToken = settings.verifyToken === "" ? randomBytes(24).toString("hex") : settings.verifyToken;
    const known = { pageId, pageName, username, verifyToken };
    // Meta asks for the token while we still wait for its answer.
    await keep?.(known);
    const { apiRoot } = settings;
    await subscribeApp({ ...settings, verifyToken }, { apiRoot, ports }, { object: "page", fields, webhookUrl });
    const body = { subscribed_fields: fields.join(",") };
    await callGraph(settings, ports, { method: "POST", path: "me/subscribed_apps", body }, z.unknown());
    // Without the button, a link into a new chat is not told of: https://developers.facebook.com/docs/messenger-platform/discovery/m-me-links.
    const profile = { get_started: { payload: getStartedPayload } };
    await callGraph(settings, ports, { method: "POST", path: "me/messenger_profile", body: profile }, z.unknown());
    return known;
  } catch (error) {
    if (error instanceof GraphCallError) throw new ChannelConnectError(error.message, { cause: error });
    throw error;
  }
}

async function health(settings: MessengerSettings, ports: ChannelPorts): Promise<{ ok: boolean; message: string }> {
  try {
    const { name } = await getPage(settings, ports);
    if (await isSubscribed(settings, ports, "me/subscribed_apps")) return { ok: true, message: `${name} answers` };
    return { ok: false, message: `${name} answers; the app does not hear of it: connect the channel again` };
  } catch (error) {
    if (error instanceof GraphCallError) return { ok: false, message: error.message };
    throw error;
  }
}
