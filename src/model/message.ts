import { z } from "zod";

export const mediaKinds = ["image", "video", "audio", "voice", "file"] as const;
export type MediaKind = (typeof mediaKinds)[number];

/** A file in a message: by URL, or (inbound) by the platform's own file id until somebody asks for it. */
export const attachmentSchema = z.object({
  kind: z.enum(mediaKinds),
  url: z.string().optional(),
  fileId: z.string().optional(),
  name: z.string().optional(),
  mimeType: z.string().optional(),
  size: z.number().int().nonnegative().optional(),
});
export type Attachment = z.infer<typeof attachmentSchema>;

/** A button under a message. `press` comes back as a `button` event with this payload; `url` opens a page. */
export const outgoingButtonSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("press"), title: z.string(), payload: z.string() }),
  z.object({
    type: z.literal("url"),
    title: z.string(),
    url: z.string(),
    isTracked: z
      .boolean()
      .optional()
      .describe("It is counted who opens it: what is sent is an address of this server, which leads there."),
  }),
]);
export type OutgoingButton = z.infer<typeof outgoingButtonSchema>;

/** What a quick reply may ask the person's messenger for, instead of being pressed: their own phone number, or where they are. */
export const requestKinds = ["phone", "location"] as const;
export type RequestKind = (typeof requestKinds)[number];

/** A quick reply: offered beside the input, gone once used. One with `request` comes back as a message with what was asked for. */
export const quickReplySchema = z.object({
  title: z.string(),
  payload: z.string(),
  request: z.enum(requestKinds).optional(),
});
export type QuickReply = z.infer<typeof quickReplySchema>;

/** A point on the map, in degrees. With a title and an address it is a place. */
export const locationSchema = z.object({
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  title: z.string().max(200).optional(),
  address: z.string().max(500).optional(),
});
export type Location = z.infer<typeof locationSchema>;

/**
 * Where quick replies stand, on channels that have the choice: under the message (`inline`), or as a keyboard beside the input that goes once used (`once`) or stays (`stays`); `remove` takes such a keyboard away.
 */
export const keyboardKinds = ["inline", "once", "stays", "remove"] as const;

/**
 * A message that the platform approved beforehand (WhatsApp), with what is filled in. In a step every text is a Liquid template. Its quick replies are the message's own buttons, in their order.
 */
export const messageTemplateSchema = z.object({
  name: z.string().regex(/^[a-z0-9_]{1,512}$/, "a template's name has small letters, digits and _"),
  /** As the platform names it, such as `en_US`. */
  language: z.string().regex(/^[a-z]{2,3}(_[A-Z]{2})?$/, "a language is written as en or en_US"),
  /** A text for the header's variable, or the address of the header's file. */
  header: z.object({ kind: z.enum(["text", "image", "video", "file"]), value: z.string().max(2000) }).optional(),
  /** For the variables of the body, in their order. */
  body: z.array(z.string().max(1024)).max(30).default([]),
  /** What is added to the addresses of buttons that open pages; `index`: the button's place in the template, from 0. */
  urls: z
    .array(z.object({ index: z.number().int().min(0).max(9), value: z.string().max(2000) }))
    .max(10)
    .default([]),
});
export type MessageTemplate = z.infer<typeof messageTemplateSchema>;

/** What one message says, the same on every channel; a channel renders it as well as its capabilities allow. */
export const messageContentSchema = z.object({
  text: z.string().optional(),
  /** For channels that have such a line (e-mail); the others leave it out. */
  subject: z.string().max(500).optional(),
  /** What an e-mail program shows beside the subject before the mail is opened. */
  preheader: z.string().max(500).optional(),
  tracksLinks: z
    .boolean()
    .optional()
    .describe("It is counted who opens the addresses that stand in the text, where the channel can (e-mail)."),
  attachments: z.array(attachmentSchema).default([]),
  /** One row a button. */
  buttons: z.array(outgoingButtonSchema).default([]),
  quickReplies: z.array(quickReplySchema).default([]),
  /** Absent: `inline`. */
  keyboard: z.enum(keyboardKinds).optional(),
  /** A point on the map that is sent with it. */
  location: locationSchema.optional(),
  /** For channels that have such; it goes out where the rest may not (`ChannelRules`). */
  template: messageTemplateSchema.optional(),
});
export type MessageContent = z.infer<typeof messageContentSchema> & {
  /** The platform's id of a message of ours in the same chat whose place this one takes, where the channel can (`ChannelRules`). A step decides it: no door says it. */
  readonly replaces?: string | undefined;
  /** Where addresses that stand in the text lead instead, by the address. What is sent has them, what is stored has not. */
  readonly ways?: Readonly<Record<string, string>> | undefined;
};

/**
 * The life of an outgoing message. `uncertain`: the process died while the send was under way, and the channel's
 * policy leaves the decision to an agent. `skipped`: not sent on purpose (blocked, opted out), with the reason in `error`.
 */
export const messageStatuses = [
  "received",
  "queued",
  "sent",
  "delivered",
  "read",
  "failed",
  "skipped",
  "uncertain",
] as const;
export type MessageStatus = (typeof messageStatuses)[number];

/** Who wrote an outgoing message, where it was not the bot: `agent`, a person of the team. */
export type MessageAuthor = "agent";

/**
 * Why a message was allowed to leave. `reply`: it answers what the person wrote or pressed. `agent`: a person of the team wrote it. `consented`: the person said yes to this kind of channel (e-mail).
 * `subscribed`: the bot writes of its own accord to somebody who did not opt out.
 */
export const sendReasons = ["reply", "agent", "consented", "subscribed"] as const;
export type SendReason = (typeof sendReasons)[number];

/** What an action or step asks to be sent; the shell gives it an id, an order and a life. */
export interface OutgoingMessage {
  readonly channelId: number;
  /** The recipient's id on that channel. */
  readonly recipient: string;
  readonly content: MessageContent;
  /** Where it came from in a flow, for statistics and for old buttons. */
  readonly flow?: string;
  readonly step?: string;
  /** `live` answers a person at once; `bulk` waits behind every live message. */
  readonly lane: "live" | "bulk";
  /** Absent: the bot. */
  readonly author?: MessageAuthor;
  readonly reason: SendReason;
}
