import { z } from "zod";

const id = z.number().int();
const text = z.string().optional();

const sizeSchema = z.object({ url: z.string(), width: z.number().default(0), height: z.number().default(0) });
const ownedSchema = z.object({ owner_id: id, id, title: text });

const attachmentSchema = z.object({
  type: z.string(),
  photo: z.object({ sizes: z.array(sizeSchema).default([]) }).optional(),
  sticker: z.object({ images: z.array(sizeSchema).default([]) }).optional(),
  video: ownedSchema.optional(),
  audio: z.object({ url: text, artist: text, title: text }).optional(),
  audio_message: z.object({ link_ogg: text, link_mp3: text }).optional(),
  doc: z.object({ url: text, title: text, size: z.number().int().nonnegative().optional() }).optional(),
  link: z.object({ url: z.string() }).optional(),
  wall: z.object({ owner_id: id.optional(), from_id: id.optional(), id }).optional(),
});

const messageSchema = z.object({
  id,
  peer_id: id,
  from_id: id,
  text: z.string().default(""),
  /** What a button carries: JSON as text. */
  payload: text,
  ref: text,
  /** Who of the community wrote it in its own inbox; absent: a program did. */
  admin_author_id: id.optional(),
  attachments: z.array(attachmentSchema).default([]),
  geo: z
    .object({
      coordinates: z.object({ latitude: z.number(), longitude: z.number() }),
      place: z.object({ title: text }).optional(),
    })
    .optional(),
});

const updateSchemas = [
  z.object({ type: z.literal("message_new"), object: z.object({ message: messageSchema }) }),
  z.object({ type: z.literal("message_edit"), object: messageSchema }),
  z.object({ type: z.literal("message_reply"), object: messageSchema }),
  z.object({
    type: z.literal("message_event"),
    object: z.object({ user_id: id, peer_id: id, event_id: z.string().min(1), payload: z.unknown() }),
  }),
  z.object({ type: z.literal("message_allow"), object: z.object({ user_id: id, key: text }) }),
  z.object({ type: z.literal("message_deny"), object: z.object({ user_id: id }) }),
  z.object({
    type: z.literal("message_read"),
    object: z.object({ from_id: id, peer_id: id, read_message_id: id }),
  }),
] as const;
const knownUpdates = z.discriminatedUnion("type", updateSchemas);
const envelopeSchema = z.object({
  type: z.string(),
  group_id: id,
  /** The same when the event is delivered again. */
  event_id: z.string().min(1).optional(),
  secret: text,
});

/** The events (https://dev.vk.com/ru/api/community-events/json-schema) that mean something to us. */
export type VkUpdate = z.output<typeof knownUpdates> & { readonly event_id?: string | undefined };
export type VkMessage = z.output<typeof messageSchema>;
export type VkAttachment = z.output<typeof attachmentSchema>;

/** A call of the Callback API, or one update of the long poll. */
export interface VkEnvelope extends z.output<typeof envelopeSchema> {
  /** Undefined: an event of a kind that means nothing to us. */
  readonly update: VkUpdate | undefined;
}

/** Undefined: it is none, or one of a kind that we know whose parts are not what they should be. */
export function parseEnvelope(value: unknown): VkEnvelope | undefined {
  const envelope = envelopeSchema.safeParse(value).data;
  if (envelope === undefined) return undefined;
  const { data } = knownUpdates.safeParse(value);
  const isKnown = updateSchemas.some(({ shape }) => shape.type.value === envelope.type);
  if (data === undefined) return isKnown ? undefined : { ...envelope, update: undefined };
  return { ...envelope, update: { ...data, event_id: envelope.event_id } };
}
