import type { ActionCall } from "./action-call.ts";
import type { Profile } from "./contact.ts";
import type { Json } from "./field.ts";
import type { Attachment, Location } from "./message.ts";

/** An inbound message as every channel reports it. */
export interface InboundMessage {
  /** The platform's id of the message, to find it again when it is edited. */
  readonly externalId?: string | undefined;
  readonly text?: string | undefined;
  readonly attachments: readonly Attachment[];
  readonly location?: Location | undefined;
  /** The person's own phone number, where the messenger vouches for it. */
  readonly sharedPhone?: string | undefined;
  /** The same for messages that the person sent as one: they are answered once. */
  readonly album?: string | undefined;
}

/**
 * What the platform tells of messages that we sent to the person: of one, by its id there; of that one and all before it (`andEarlier`); or of all that were
 * sent until a moment (`until`, Unix milliseconds). A later state is never undone: failed, delivered, read, in this order.
 */
export interface MessageReceipt {
  readonly status: "delivered" | "read" | "failed";
  /** The platform's id of the message. */
  readonly mid?: string | undefined;
  readonly andEarlier?: true | undefined;
  readonly until?: number | undefined;
  /** Why it failed, in the platform's words. */
  readonly reason?: string | undefined;
}

/** What happened. One kind a line; every door speaks these and nothing else. */
export type Happening =
  | { readonly kind: "message"; readonly message: InboundMessage }
  | { readonly kind: "message_edited"; readonly message: InboundMessage }
  /** A press of a button or quick reply; `payload` is what the message step put there, `mid` the platform's id of the message it stands under. */
  | {
      readonly kind: "button";
      readonly payload: string;
      readonly title?: string | undefined;
      readonly mid?: string | undefined;
    }
  /** A tracked button's page was opened; `message`: ours, by its id; `flow` and `step`: where that came from. It is no sign of life: the messenger knows nothing of it. */
  | {
      readonly kind: "link_opened";
      readonly message: number;
      readonly title: string;
      readonly url: string;
      readonly flow?: string | undefined;
      readonly step?: string | undefined;
    }
  /** Somebody of the company wrote to the person in the messenger's own inbox, past us. */
  | { readonly kind: "outside_message"; readonly message: InboundMessage }
  /**
   * `/start`, "Get started", a link opened; `payload` is what stood in the link. `message`: what was said with it, where the platform tells of a link only
   * then; it is kept in the conversation and answers nothing.
   */
  | { readonly kind: "start"; readonly payload?: string | undefined; readonly message?: InboundMessage | undefined }
  | { readonly kind: "blocked"; readonly reason?: string | undefined }
  | { readonly kind: "unblocked" }
  | ({ readonly kind: "message_status" } & MessageReceipt)
  /** A wait is over. Obsolete if the position has gone on meanwhile. */
  | { readonly kind: "timer"; readonly positionId: string }
  /** What a job brought back for a parked position. */
  | { readonly kind: "job_result"; readonly positionId: string; readonly result: Json }
  /** Calls of the action catalogue from a door, in order, all or none of them valid. */
  | { readonly kind: "actions"; readonly actions: readonly ActionCall[] }
  /** A sequence that the contact is subscribed to was changed: its wait is put right. */
  | { readonly kind: "sequence_changed"; readonly sequence: string }
  /** Another contact of the same bot becomes one with this. The secondary is then deleted, or left empty. */
  | { readonly kind: "merge"; readonly secondaryId: number; readonly deleteSecondary: boolean };

/** Where an event came from; shown in the history. */
export type EventSource =
  | "channel"
  | "timer"
  | "job"
  | "api"
  | "action-link"
  | "uchat"
  | "chatbot"
  | "bothelp"
  | "cli"
  | "broadcast"
  | "import";

/**
 * An event of one contact, as `advance` gets it. `at` (Unix milliseconds) is the only clock and `seed` (an unsigned 32-bit
 * number) the only randomness.
 */
export type Event = Happening & {
  readonly id: number;
  readonly at: number;
  readonly seed: number;
  readonly source: EventSource;
  /** The member of the team who did it, where it was one. */
  readonly by?: number | undefined;
  /** The channel it came by; absent for doors that are not channels. */
  readonly channelId?: number | undefined;
  /** The person's id on that channel, where the door names one: a contact may be there more than once. */
  readonly externalId?: string | undefined;
  /** What the platform says of the person; fills what the profile lacks. */
  readonly profile?: Profile | undefined;
  readonly username?: string | undefined;
};
