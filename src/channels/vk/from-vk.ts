import type { InboundEvent } from "../../engine/channel-type.ts";
import type { InboundMessage } from "../../model/event.ts";
import type { Attachment } from "../../model/message.ts";
import { readPress } from "./press.ts";
import type { VkAttachment, VkMessage, VkUpdate } from "./vk-update.ts";

/** A press of a callback button, which waits for its answer. */
export interface VkPress {
  readonly event_id: string;
  readonly user_id: number;
  readonly peer_id: number;
}

export interface TranslatedUpdate {
  readonly events: readonly InboundEvent[];
  readonly press?: VkPress;
}

const nothing: TranslatedUpdate = { events: [] };

/** https://dev.vk.com/ru/method/messages.send: chats of several have ids from here on. */
const firstChat = 2_000_000_000;

type Translate<T extends VkUpdate["type"]> = (
  update: Extract<VkUpdate, { type: T }>,
  externalId: string,
) => TranslatedUpdate;

/** Private chats only. VK tells nothing of the person but the id. */
const translators: { readonly [T in VkUpdate["type"]]: Translate<T> } = {
  message_new: ({ object: { message } }, externalId) =>
    isPrivate(message) ? { events: fromMessage(message, externalId) } : nothing,
  message_edit: ({ object }, externalId) => {
    if (!isPrivate(object)) return nothing;
    const happening = { kind: "message_edited" as const, message: toInbound(object) };
    return { events: [{ externalId, from: String(object.from_id), happening }] };
  },
  // What we send ourselves comes as one too, without an author.
  message_reply: ({ object }, externalId) => {
    const { peer_id: peer, admin_author_id: author } = object;
    if (author === undefined || peer <= 0 || peer >= firstChat) return nothing;
    const happening = { kind: "outside_message" as const, message: toInbound(object) };
    return { events: [{ externalId, from: String(peer), happening, onlyKnown: true }] };
  },
  message_event: ({ object: { user_id, peer_id, event_id, payload } }, externalId) => {
    const press = { event_id, user_id, peer_id };
    const read = readPress(payload);
    if (user_id !== peer_id || read === undefined) return { events: [], press };
    const happening =
      read === "start"
        ? { kind: "start" as const }
        : { kind: "button" as const, payload: read.payload, title: read.title };
    return { events: [{ externalId, from: String(user_id), happening }], press };
  },
  // Comes with somebody's first message too, then without a key. A key is what a site's button was given.
  message_allow: ({ object: { user_id, key = "" } }, externalId) => {
    const happening = key === "" ? { kind: "unblocked" as const } : { kind: "start" as const, payload: key };
    return { events: [{ externalId, from: String(user_id), happening }] };
  },
  message_deny: ({ object: { user_id } }, externalId) => ({
    events: [{ externalId, from: String(user_id), happening: { kind: "blocked" }, onlyKnown: true }],
  }),
  message_read: ({ object: { from_id, peer_id, read_message_id: mid } }, externalId) => {
    if (from_id !== peer_id) return nothing;
    const happening = { kind: "message_status" as const, status: "read" as const, mid: String(mid) };
    const event = { externalId, from: String(from_id), onlyKnown: true as const };
    return { events: [{ ...event, happening: { ...happening, andEarlier: true } }] };
  },
};

/** Translates an update: https://dev.vk.com/ru/api/community-events/json-schema. The event's id is VK's, which it repeats when it delivers again. */
export function fromVk(update: VkUpdate): TranslatedUpdate {
  // The table is typed by kind; TypeScript cannot see that the update's kind chose the function.
  const translate = translators[update.type] as Translate<VkUpdate["type"]>;
  return translate(update, update.event_id ?? `${update.type}:${JSON.stringify(update.object)}`);
}

/** Neither a chat of several nor the community's own word. */
function isPrivate({ peer_id: peer, from_id: from }: VkMessage): boolean {
  return peer === from && from > 0;
}

function fromMessage(message: VkMessage, externalId: string): InboundEvent[] {
  const { from_id, ref = "", payload, text } = message;
  const from = String(from_id);
  const press = payload === undefined ? undefined : readPress(payload);
  const entry = ref === "" ? {} : { payload: ref };
  if (press === "start") return [{ externalId, from, happening: { kind: "start", ...entry } }];
  if (press !== undefined) {
    const title = text === "" ? press.title : text;
    const button = { externalId, from, happening: { kind: "button" as const, payload: press.payload, title } };
    const start = { externalId: `${externalId}:ref`, from, happening: { kind: "start" as const, ...entry } };
    return ref === "" ? [button] : [start, button];
  }
  const inbound = toInbound(message);
  // VK tells of a link with the first message that is written after it was opened, in a new chat and in an old one.
  if (ref !== "") return [{ externalId, from, happening: { kind: "start", ...entry, message: inbound } }];
  return [{ externalId, from, happening: { kind: "message", message: inbound } }];
}

function toInbound({ id, text, geo, attachments }: VkMessage): InboundMessage {
  const files = attachments.flatMap((attachment) => toFile(attachment) ?? []);
  const { latitude, longitude } = geo?.coordinates ?? {};
  const place = geo === undefined ? [] : [geo.place?.title, `${latitude}, ${longitude}`];
  const lines = [text, ...place, ...attachments.map((attachment) => toLine(attachment))];
  const said = lines.filter((line) => line !== undefined && line !== "").join("\n");
  const point = geo === undefined ? {} : { location: { ...geo.coordinates, ...titleOf(geo.place?.title) } };
  return { externalId: String(id), ...(said === "" ? {} : { text: said }), attachments: files, ...point };
}

const titleOf = (title: string | undefined) => (title === undefined || title === "" ? {} : { title });

function toFile({ photo, sticker, audio, audio_message: voice, doc }: VkAttachment): Attachment | undefined {
  const sizes = photo?.sizes ?? sticker?.images ?? [];
  const largest = sizes.toSorted((a, b) => b.width * b.height - a.width * a.height)[0];
  if (largest !== undefined) return { kind: "image", url: largest.url };
  if (voice !== undefined) return { kind: "voice", url: voice.link_ogg ?? voice.link_mp3 };
  if (audio?.url !== undefined && audio.url !== "") return { kind: "audio", url: audio.url, name: audio.title };
  if (doc?.url !== undefined) return { kind: "file", url: doc.url, name: doc.title, size: doc.size };
  return undefined;
}

/** What stands for an attachment that is no file: nothing that was sent is left out. */
function toLine(attachment: VkAttachment): string | undefined {
  const { type, video, link, wall, audio } = attachment;
  if (toFile(attachment) !== undefined) return undefined;
  if (video !== undefined) return `https://vk.com/video${video.owner_id}_${video.id}`;
  if (link !== undefined) return link.url;
  if (wall !== undefined) return `https://vk.com/wall${wall.owner_id ?? wall.from_id}_${wall.id}`;
  if (audio !== undefined) return [audio.artist, audio.title].filter(Boolean).join(" - ");
  return `[${type}]`;
}
