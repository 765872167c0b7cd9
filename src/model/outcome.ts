import type { Contact, Profile, ProfileKey } from "./contact.ts";
import type { ConsentKind, ConversationStatus } from "./conversation.ts";
import type { MessageReceipt } from "./event.ts";
import type { FieldValue, Json } from "./field.ts";
import type { OutgoingMessage } from "./message.ts";
import type { DealChanges } from "./sales-plan.ts";
import type { Sentence } from "./sentence.ts";
import type { OrderStatus, ShopChanges } from "./shop.ts";

/** Why a position ended without reaching an end. */
export type EndReason =
  | "finished"
  /** The contact was merged into one that stands in the same flow. */
  | "merged"
  | "restarted"
  | "stopped"
  | "step_removed"
  | "flow_unpublished"
  | "step_failed"
  | "too_many_steps"
  | "invalid_step";

/** Something that is now so; the history shows facts, webhooks and statistics are fed by them, triggers listen to them. */
export type Fact =
  | { readonly kind: "contact_created" }
  | {
      readonly kind: "contact_merged";
      readonly secondary: { readonly id: number; readonly cuid: string };
      readonly deleted: boolean;
      /** What the secondary said otherwise: the primary's values stayed. */
      readonly lost: {
        readonly profile: Profile;
        readonly fields: Readonly<Record<string, FieldValue>>;
      };
    }
  | { readonly kind: "entry"; readonly payload: string; readonly link?: string | undefined }
  | { readonly kind: "tag_added" | "tag_removed"; readonly tag: string }
  | { readonly kind: "label_added" | "label_removed"; readonly label: string }
  | { readonly kind: "field_changed"; readonly field: string; readonly value: FieldValue | null }
  | { readonly kind: "profile_changed"; readonly key: ProfileKey; readonly value: string | null }
  | { readonly kind: "variable_changed"; readonly variable: string; readonly value: FieldValue | null }
  | { readonly kind: "sequence_subscribed" | "sequence_finished"; readonly sequence: string }
  /** `reason`: what ended it, where nobody did. */
  | { readonly kind: "sequence_unsubscribed"; readonly sequence: string; readonly reason?: "replied" }
  /** A step of a sequence was due: its message was sent, its flow started, or it was skipped, with a stable word that says why. */
  | {
      readonly kind: "sequence_step";
      readonly sequence: string;
      readonly step: string;
      readonly result: "message" | "flow" | "skipped";
      readonly reason?: string;
    }
  /** `button`: which of the message's buttons and quick replies, from 0. */
  | { readonly kind: "sequence_clicked"; readonly sequence: string; readonly step: string; readonly button: number }
  /** `message`: ours, by its id. */
  | {
      readonly kind: "link_opened";
      readonly message: number;
      readonly title: string;
      readonly url: string;
      readonly flow?: string | undefined;
      readonly step?: string | undefined;
    }
  /** `word`: what the person said, where a word of theirs did it. */
  | { readonly kind: "opted_in" | "opted_out"; readonly word?: string | undefined }
  | { readonly kind: "conversation_moved"; readonly status: ConversationStatus }
  | {
      readonly kind: "closing_note_added";
      readonly note: string;
      readonly summary: string;
      readonly attachment?: string | undefined;
    }
  /** `by`: the member who did it; absent: a flow (`flow`) or another system. */
  | {
      readonly kind: "agent_mentioned";
      readonly agent: number;
      readonly comment: string;
      readonly by?: number | undefined;
      readonly flow?: string | undefined;
    }
  | { readonly kind: "agent_assigned"; readonly agent: number }
  | { readonly kind: "agent_unassigned" | "bot_resumed" | "banned" | "unbanned" | "marked_read" | "marked_unread" }
  /** An agent looked at the contact's profile; null: somebody who is no member. */
  | { readonly kind: "profile_viewed"; readonly agent: number | null }
  /** `until`: Unix milliseconds; null: until it is resumed. */
  | { readonly kind: "bot_paused"; readonly until: number | null }
  | { readonly kind: "consent_changed"; readonly consent: ConsentKind; readonly granted: boolean }
  | {
      readonly kind: "custom_event";
      readonly event: string;
      readonly text?: string | undefined;
      readonly price?: number | undefined;
      readonly number?: number | undefined;
    }
  | { readonly kind: "channel_blocked" | "channel_unblocked"; readonly channelId: number }
  /** What became of messages of ours, as the platform tells: see `MessageReceipt`. */
  | ({
      readonly kind: "message_delivered" | "message_read" | "message_failed";
      readonly channelId: number;
    } & Omit<MessageReceipt, "status">)
  | { readonly kind: "identity_added"; readonly channelId: number; readonly externalId: string }
  | { readonly kind: "flow_started"; readonly flow: string; readonly step: string; readonly by: string }
  | { readonly kind: "step_entered"; readonly flow: string; readonly step: string }
  | {
      readonly kind: "waiting";
      readonly flow: string;
      readonly step: string;
      readonly for: string;
      readonly until?: number | undefined;
    }
  /** The person went on elsewhere: the question waits, but no text is for it any more. */
  | { readonly kind: "question_left"; readonly flow: string; readonly step: string }
  | {
      readonly kind: "position_ended";
      readonly flow: string;
      readonly step: string;
      readonly reason: EndReason;
      readonly message?: string | undefined;
    }
  | { readonly kind: "message_skipped"; readonly reason: string; readonly flow?: string; readonly step?: string }
  | { readonly kind: "note_added"; readonly text: string }
  /** `at`: Unix milliseconds. */
  | { readonly kind: "message_scheduled"; readonly id: string; readonly at: number }
  | { readonly kind: "scheduled_message_removed"; readonly id: string }
  /** Minor units. `currency`: null where the cart was empty before as well. */
  | {
      readonly kind: "cart_changed";
      readonly quantity: number;
      readonly total: number;
      readonly currency: string | null;
    }
  | {
      readonly kind: "order_created";
      readonly order: number;
      readonly status: OrderStatus;
      readonly total: number;
      readonly currency: string;
    }
  | {
      readonly kind: "order_changed";
      readonly order: number;
      /** The status it had; the same where something else was changed. */
      readonly before: OrderStatus;
      readonly status: OrderStatus;
      /** Minor units. */
      readonly total: number;
      readonly currency: string;
    }
  | ({ readonly kind: "deal_created" | "deal_removed" } & DealFact)
  /** `before`: the status it had; the same where something else was changed. */
  | ({ readonly kind: "deal_changed"; readonly before: string; readonly beforeName: string } & DealFact)
  /** What a step leaves for whoever looks for a mistake: lines that a script logged. */
  | {
      readonly kind: "traced";
      readonly lines: readonly string[];
      readonly flow?: string | undefined;
      readonly step?: string | undefined;
    }
  /** Something went wrong that somebody should see; never silent. */
  | {
      readonly kind: "error";
      readonly code: string;
      readonly message: string;
      readonly flow?: string | undefined;
      readonly step?: string | undefined;
    };

/** A deal with refs for programs and names, as they were then, for people. */
export interface DealFact {
  readonly deal: number;
  readonly plan: string;
  readonly planName: string;
  readonly status: string;
  readonly statusName: string;
  readonly title: string;
  /** Minor units. */
  readonly sum: number;
  readonly sumText: string;
  readonly currency: string;
  /** Id of a member. */
  readonly manager: number | null;
}

/** Work that needs the world outside, enqueued in the same transaction. `kind` names a job of `shell/jobs`. */
export interface JobRequest {
  readonly kind: string;
  readonly data: Json;
  /** Not before (Unix milliseconds). */
  readonly startAt?: number | undefined;
  /** Whom it is about: it goes when they are deleted, and goes on about whom they become a part of. */
  readonly contactId?: number | undefined;
  /** Who is not to take all hands: of a kind with `perGroup`, only so many of one group run at a time. */
  readonly group?: string | undefined;
}

/** The data of a job that a waiting position asked for: `positionId` says for whom the result is. */
export interface JobOfPosition {
  readonly positionId: string;
  readonly data: Json;
}

/** What one action call gave. */
export type ActionResult =
  | { readonly ok: true; readonly result?: Json }
  | { readonly ok: false; readonly error: { readonly code: string } & Sentence };

/** What the caller of `submit` hears after the commit. */
export type Answer =
  | { readonly status: "done"; readonly results?: readonly ActionResult[] }
  /** Seen before: nothing was done again; `results` are those of the first time. */
  | { readonly status: "duplicate"; readonly results?: readonly ActionResult[] }
  /** Refused whole (an unknown action, bad arguments): nothing was changed. */
  | ({ readonly status: "refused"; readonly code: string } & Sentence);

/** A note to store on the contact. */
export interface NewNote {
  readonly text: string;
  /** The flow that wrote it; absent: whoever the event came from. */
  readonly flow?: string | undefined;
}

/** Everything that follows from one event. The shell writes the difference between the contact before and `contact`. */
export interface Outcome {
  readonly contact: Contact;
  /** Bot variables that were set (a value) or cleared (`null`). */
  readonly variables: Readonly<Record<string, FieldValue | null>>;
  readonly messages: readonly OutgoingMessage[];
  readonly jobs: readonly JobRequest[];
  readonly facts: readonly Fact[];
  /** Notes to store on the contact. */
  readonly notes: readonly NewNote[];
  /** Absent: the shop is as it was. */
  readonly shop?: ShopChanges | undefined;
  /** Absent: the deals are as they were. */
  readonly deals?: DealChanges | undefined;
  readonly answer: Answer;
}
