/** Where a conversation stands for the people who answer. */
export const conversationStatuses = ["open", "pending", "spam", "done"] as const;
export type ConversationStatus = (typeof conversationStatuses)[number];

/** The live side of a contact: who looks after it, and whether the bot keeps still meanwhile. */
export interface Conversation {
  readonly status: ConversationStatus;
  /** The member that it is assigned to. */
  readonly agent?: number | undefined;
  /** Unix milliseconds until which the bot is silent; `forever`: until it is resumed. Absent, or past: it speaks. */
  readonly pausedUntil?: number | undefined;
  /** Unix milliseconds at which an agent last read it; what came later is unread. */
  readonly readAt?: number | undefined;
  /** The album that was answered last (`InboundMessage`). */
  readonly album?: string | undefined;
}

/** Facts that say what was done to a conversation, and stand between its messages. */
export const changeKinds = [
  "conversation_moved",
  "closing_note_added",
  "agent_assigned",
  "agent_unassigned",
  "bot_paused",
  "bot_resumed",
  "banned",
  "unbanned",
] as const;

/** What nobody has touched yet. */
export const newConversation: Conversation = { status: "open" };

/** The end of the year 9999: later than anything that is waited for. */
export const forever = Date.UTC(10_000, 0, 1) - 1;

/** Channels outside the messengers for which a contact's own word is needed. */
export const consentKinds = ["email", "sms"] as const;
export type ConsentKind = (typeof consentKinds)[number];

/** What a contact said, and when (Unix milliseconds). */
export interface Consent {
  readonly granted: boolean;
  readonly at: number;
}
export type Consents = { readonly [K in ConsentKind]?: Consent | undefined };

/** What a team wants to be said when a conversation is closed. */
export interface ClosingNote {
  readonly id: number;
  readonly name: string;
  /** 0: no, 1: may, 2: must. */
  readonly requireSummary: 0 | 1 | 2;
  readonly requireAttachment: 0 | 1 | 2;
}

/** Somebody of the team. */
export const memberRoles = ["owner", "admin", "editor", "agent", "viewer"] as const;
export type MemberRole = (typeof memberRoles)[number];
