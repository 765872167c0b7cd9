import { z } from "zod";

/** Viber's ids have more digits than a number keeps (19): they are read as the text that they are. */
export function parseViberJson(text: string): unknown {
  const keepDigits: Reviver = (_key, value, context) =>
    typeof value === "number" && !Number.isSafeInteger(value) && /^\d+$/.test(context?.source ?? "")
      ? context?.source
      : value;
  return JSON.parse(text, keepDigits as Parameters<typeof JSON.parse>[1]);
}

/** TypeScript's library does not know the third argument yet (V8 11.4). */
type Reviver = (key: string, value: unknown, context?: { readonly source?: string }) => unknown;

const id = z.string().min(1);
const token = z.union([z.string().min(1), z.number()]).transform(String);
const text = z.string().optional();

const userSchema = z.object({ id, name: text, avatar: text, language: text });
const known = { timestamp: z.number().optional(), message_token: token.optional() };

const messageSchema = z.object({
  type: z.string(),
  text,
  media: text,
  file_name: text,
  size: z.number().int().nonnegative().optional(),
  contact: z.object({ name: text, phone_number: text }).optional(),
  location: z.object({ lat: z.number(), lon: z.number() }).optional(),
  sticker_id: z.number().optional(),
});

const eventSchemas = [
  z.object({ ...known, event: z.literal("message"), sender: userSchema, message: messageSchema }),
  z.object({
    ...known,
    event: z.literal("conversation_started"),
    user: userSchema,
    context: text,
    subscribed: z.boolean().optional(),
  }),
  z.object({ ...known, event: z.literal("subscribed"), user: userSchema }),
  z.object({ ...known, event: z.literal("unsubscribed"), user_id: id }),
  z.object({ ...known, event: z.enum(["delivered", "seen"]), user_id: id, message_token: token }),
  z.object({ ...known, event: z.literal("failed"), user_id: id, message_token: token, desc: text }),
] as const;
const knownEvents = z.discriminatedUnion("event", eventSchemas);
const anyEvent = z.object({ event: z.string() });

/** The callbacks (https://developers.viber.com/docs/api/rest-bot-api/#callbacks) that mean something to us. */
export type ViberCallback = z.output<typeof knownEvents>;
export type ViberMessage = z.output<typeof messageSchema>;
export type ViberUser = z.output<typeof userSchema>;

/** `ignored`: a callback that means nothing to us, such as the one that tries a new webhook. Undefined: no callback of Viber. */
export function parseCallback(body: Buffer): ViberCallback | "ignored" | undefined {
  try {
    const value = parseViberJson(body.toString("utf8"));
    const { data } = knownEvents.safeParse(value);
    if (data !== undefined) return data;
    const other = anyEvent.safeParse(value).data;
    const isKnown = eventSchemas.some(({ shape }) => shape.event.safeParse(other?.event).success);
    return other === undefined || isKnown ? undefined : "ignored";
  } catch {
    // Answered as a bad body.
    return undefined;
  }
}
