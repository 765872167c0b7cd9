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
  z.object({ type: z.literal("url"), title: z.string(), url: z.string() }),
]);
export type OutgoingButton = z.infer<typeof outgoingButtonSchema>;

/** A quick reply: offered beside the input, gone once used. */
export const quickReplySchema = z.object({ title: z.string(), payload: z.string() });
export type QuickReply = z.infer<typeof quickReplySchema>;

/** What one message says, the same on every channel; a channel renders it as well as its capabilities allow. */
export const messageContentSchema = z.object({
  text: z.string().optional(),
  /** For channels that have such a line (e-mail); the others leave it out. */
  subject: z.string().max(500).optional(),
  /** What an e-mail program shows beside the subject before the mail is opened. */
  preheader: z.string().max(500).optional(),
  attachments: z.array(attachmentSchema).default([]),
  /** One row a button. */
  buttons: z.array(outgoingButtonSchema).default([]),
  quickReplies: z.array(quickReplySchema).default([]),
});
export type MessageContent = z.infer<typeof messageContentSchema>;

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
}
