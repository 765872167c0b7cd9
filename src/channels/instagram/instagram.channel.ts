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
import { fromMessaging } from "../meta-messaging.ts";
import { lookUpMetaProfile } from "../meta-profile.ts";
import { sendMetaMessages } from "../meta-send.ts";
import { isSubscribed, subscribeApp } from "../meta-subscription.ts";
import { receiveFromMeta } from "../meta-webhook.ts";
import { type InstagramChannel, type InstagramSettings, settingsSchema, toAccess } from "./instagram-settings.ts";
import { splitBytes } from "./split-bytes.ts";

/** What we hear of: https://developers.facebook.com/documentation/business-messaging/instagram-messaging/webhooks. */
const fields = ["messages", "messaging_postbacks", "messaging_seen", "messaging_referral"] as const;

/** https://developers.facebook.com/docs/messenger-platform/instagram/features/send-message. */
const longestTextBytes = 1000;

export const instagram = defineChannel<InstagramSettings>({
  kind: "instagram",
  title: "Instagram",
  // Bytes of a text: above; …/instagram-messaging/features/quick-replies (13 of 20), …/button-template (3), …/features/ig-me-links (2083), and the 24 hours: …/instagram-messaging/overview.
  capabilities: {
    needsPublicAddress: true,
    textLength: 1000,
    buttons: 3,
    buttonTitleLength: 20,
    quickReplies: 13,
    media: ["image", "video", "audio", "voice"],
    entryPayload: { maxLength: 2083, alphabet: "[A-Za-z0-9_=-]" },
    receipts: ["read"],
    rates: { bulkPerSecond: 20, perChatPerSecond: 2, chatBurst: 20 },
    windowMs: 86_400_000,
    looksUpProfiles: true,
  },
  settings: settingsSchema,
  secrets: ["token", "appSecret"],
  uncertainPolicy: "repeat",
  receive(request, { settings }) {
    return receiveFromMeta(request, settings, (body) => {
      const events = fromMessaging(body, { object: "instagram", ownId: settings.instagramId });
      return events === undefined ? undefined : { ok: true, events };
    });
  },
  async send(request, { settings }, ports) {
    const split = (text: string) => splitBytes(text, longestTextBytes);
    const calls = toMetaMessages(request.content, instagram.capabilities, split);
    const { humanAgent, typing } = settings;
    return await sendMetaMessages(request, calls, { access: toAccess(settings), ports, humanAgent, typing });
  },
  connect,
  async disconnect({ settings }, ports) {
    await callGraph(toAccess(settings), ports, { method: "DELETE", path: "me/subscribed_apps" }, z.unknown());
  },
  lookUpProfile: (person, { settings }, ports) =>
    lookUpMetaProfile(toAccess(settings), ports, { person, fields: "name,username,profile_pic" }),
  health: ({ settings }, ports) => health(settings, ports),
  entryUrl({ settings: { username } }, payload) {
    if (username === "") return undefined;
    const link = `https://ig.me/m/${encodeURIComponent(username)}`;
    return payload === undefined ? link : `${link}?ref=${encodeURIComponent(payload)}`;
  },
});

interface Account {
  readonly instagramId: string;
  readonly username: string;
}

const ownSchema = z
  .object({ user_id: z.union([z.string(), z.number()]), username: z.string() })
  .transform(({ user_id: id, username }): Account => ({ instagramId: String(id), username }));
const pageSchema = z
  .object({ instagram_business_account: z.object({ id: z.string(), username: z.string() }) })
  .transform(({ instagram_business_account: { id, username } }): Account => ({ instagramId: id, username }));

/** The account itself, or the one that the token's page is linked with. */
async function getAccount(settings: InstagramSettings, ports: ChannelPorts): Promise<Account> {
  const isOwn = settings.login === "instagram";
  const fieldsOf = isOwn ? "user_id,username" : "instagram_business_account{id,username}";
  const call = { method: "GET", path: "me", query: { fields: fieldsOf } } as const;
  return await callGraph<Account>(toAccess(settings), ports, call, isOwn ? ownSchema : pageSchema);
}

async function connect(
  { settings }: InstagramChannel,
  { webhookUrl, keep }: ConnectContext,
  ports: ChannelPorts,
): Promise<Readonly<Record<string, Json>>> {
  try {
    const access = toAccess(settings);
    const { instagramId, username } = await getAccount(settings, ports);
    const verifyToken = settings.verifyToken === "" ? randomBytes(24).toString("hex") : settings.verifyToken;
    const known = { instagramId, username, verifyToken };
    // Meta asks for the token while we still wait for its answer.
    await keep?.(known);
    const isOwn = settings.login === "instagram";
    if (!isOwn) {
      const wish = { object: "instagram", fields, webhookUrl };
      await subscribeApp({ ...settings, verifyToken }, { apiRoot: access.apiRoot, ports }, wish);
    }
    // A page only has to be the app's at all; what is heard of the account then goes by the app's own fields.
    const body = { subscribed_fields: isOwn ? fields.join(",") : "feed" };
    await callGraph(access, ports, { method: "POST", path: "me/subscribed_apps", body }, z.unknown());
    return known;
  } catch (error) {
    if (error instanceof GraphCallError) throw new ChannelConnectError(error.message, { cause: error });
    throw error;
  }
}

async function health(settings: InstagramSettings, ports: ChannelPorts): Promise<{ ok: boolean; message: string }> {
  try {
    const { username } = await getAccount(settings, ports);
    const isHeard = await isSubscribed(toAccess(settings), ports, "me/subscribed_apps");
    if (isHeard) return { ok: true, message: `@${username} answers` };
    return { ok: false, message: `@${username} answers; the app does not hear of it: connect the channel again` };
  } catch (error) {
    if (error instanceof GraphCallError) return { ok: false, message: error.message };
    throw error;
  }
}
