import { z } from "zod";
import type { Attachment, OutgoingButton, QuickReply } from "../../model/message.ts";

/** What passes between the web chat's page and the server; docs/channels/webchat.md tells it in words. */

const tokenSchema = z.string().max(200);
export const actIdSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, "an id has 1 to 64 letters, digits, _ and -");

/** Something the visitor did. `id` is the page's own: what comes again under the same id is done once. */
export const visitorActSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("text"), id: actIdSchema, text: z.string().trim().min(1).max(4_000) }),
  z.object({
    kind: z.literal("button"),
    id: actIdSchema,
    payload: z.string().max(1_000),
    title: z.string().max(300).optional(),
  }),
  z.object({
    kind: z.literal("start"),
    id: actIdSchema,
    payload: z.string().max(2_000).optional(),
  }),
]);
export type VisitorAct = z.infer<typeof visitorActSchema>;

/** What a page sends over its socket. */
export const pageFrameSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("hello"),
    token: tokenSchema,
    /** The last message the page has; 0: none yet, and the latest come. */
    after: z.number().int().nonnegative().default(0),
  }),
  z.object({ type: z.literal("act"), act: visitorActSchema }),
  z.object({ type: z.literal("ping") }),
]);
export type PageFrame = z.input<typeof pageFrameSchema>;

export const sessionBodySchema = z.object({ token: tokenSchema.optional() });
export const actBodySchema = z.object({ token: tokenSchema, act: visitorActSchema });
export const feedQuerySchema = z.object({
  token: tokenSchema,
  after: z.coerce.number().int().nonnegative().default(0),
  /** Seconds to wait for news. */
  wait: z.coerce.number().min(0).max(25).default(0),
});
export const historyQuerySchema = z.object({ token: tokenSchema, before: z.coerce.number().int().positive() });

/** Who says something to the visitor. `name` of an agent: absent where the chat's settings keep it back, or it is not known. */
export interface Speaker {
  readonly kind: "bot" | "agent";
  readonly name?: string | undefined;
}

/** A message as the visitor sees it. */
export interface ChatMessage {
  readonly id: number;
  readonly direction: "in" | "out";
  /** Unix milliseconds. */
  readonly at: number;
  readonly text?: string | undefined;
  readonly attachments: readonly Attachment[];
  readonly buttons: readonly OutgoingButton[];
  readonly quickReplies: readonly QuickReply[];
  /** Of what went out; absent: a server of the release before. */
  readonly from?: Speaker | undefined;
  /** Of what this visitor sent: the id it was sent under. */
  readonly clientId?: string | undefined;
}

/** How a conversation stands once a page has everything. */
export interface Standing {
  /** Whether this visitor has ever said or started something here. */
  readonly isKnown: boolean;
  /** Whether there are messages before those that came. */
  readonly hasEarlier: boolean;
}

/** What the server sends over a socket. */
export type ServerFrame =
  | { readonly type: "messages"; readonly messages: readonly ChatMessage[] }
  /** Everything there was has come; from now on there is only news. */
  | ({ readonly type: "ready" } & Standing)
  /** Done and stored. `isSilent`: no answer of the bot is on its way, since a person looks after the conversation or no flow has one. */
  | { readonly type: "ack"; readonly id: string; readonly isSilent?: true | undefined }
  /** With `id`: that act was not done. */
  | { readonly type: "error"; readonly id?: string | undefined; readonly code: string; readonly message: string }
  | { readonly type: "pong" };

/** Answer of `POST /webchat/BOT/session`. */
export interface SessionBody {
  readonly token: string;
  readonly title: string;
  /** `#rrggbb`. */
  readonly accent: string;
  readonly position: "left" | "right";
}

/** Answer of `GET /webchat/BOT/messages`. */
export interface FeedBody extends Standing {
  readonly messages: readonly ChatMessage[];
}

/** Answer of `GET /webchat/BOT/history`. */
export interface HistoryBody {
  readonly messages: readonly ChatMessage[];
  readonly hasEarlier: boolean;
}
