import type { Consents, Conversation } from "./conversation.ts";
import type { FieldValue, Json } from "./field.ts";
import type { PastSequence } from "./sequence.ts";

/** A contact's presence on one channel. */
export interface Identity {
  readonly id: number;
  readonly channelId: number;
  readonly channelKind: string;
  /** The platform's id of the person (Telegram chat id, web chat visitor id …). */
  readonly externalId: string;
  readonly username?: string | undefined;
  readonly status: "active" | "blocked";
  /** Unix milliseconds of the last message or press that came in here. */
  readonly lastInboundAt?: number | undefined;
}

/** What a position waits for. A position without a wait does not exist: steps that do not wait are passed in one go. */
export const waitKinds = ["reply", "button", "time", "job"] as const;
export type WaitKind = (typeof waitKinds)[number];

/** Where a contact stands in a flow, and what for. */
export interface Position {
  /** Unique for ever: `<event id>-<n>` of the event that made it. */
  readonly id: string;
  /** The flow's and the step's `ref`. */
  readonly flow: string;
  readonly step: string;
  /** The step's kind when it was entered: what is meanwhile of another kind does not know `state`. Absent: the kind it has now. */
  readonly kind?: string | undefined;
  readonly waitsFor: WaitKind;
  /** Unix milliseconds at which the wait ends by itself; absent: never. */
  readonly wakeAt?: number | undefined;
  /** The step's own memory between visits (attempts made, chosen options …). */
  readonly state: Json;
  /** Values local to this walk, readable as `vars.<key>`. */
  readonly values: Readonly<Record<string, FieldValue>>;
  /** The channel the walk speaks on; absent: the contact's latest. */
  readonly channelId?: number | undefined;
  /** What the person wrote or pressed led here: what soon follows still answers it. */
  readonly isAsked?: true | undefined;
  /** A question that the person has left: no text is for it any more. Its buttons can still be pressed, and its time still runs out. */
  readonly isLeft?: true | undefined;
  readonly enteredAt: number;
}

export const utmKeys = ["source", "medium", "campaign", "term", "content"] as const;
export type Utm = Partial<Record<(typeof utmKeys)[number], string>>;

/** What the latest entry link brought (requirements/002); readable in conditions and templates. */
export interface Entry {
  /** `ref` of the entry link, where one was known. */
  readonly link?: string | undefined;
  /** The payload as it stood in the link. */
  readonly payload: string;
  /** Unix milliseconds. */
  readonly at: number;
  /** `v` of the payload: readable as `vars.<key>`. */
  readonly variables: Readonly<Record<string, FieldValue>>;
}

/** The columns of the profile that actions and questions may set. */
export const profileKeys = [
  "name",
  "firstName",
  "lastName",
  "email",
  "phone",
  "gender",
  "language",
  "timeZone",
  "avatarUrl",
  "clientExternalId",
] as const;
export type ProfileKey = (typeof profileKeys)[number];
export type Profile = { readonly [K in ProfileKey]?: string | undefined };

/** One contact's snapshot: everything `advance` may know of it. */
export interface Contact {
  readonly id: number;
  /** Public id, never reused. */
  readonly cuid: string;
  readonly botId: number;
  /** Unix milliseconds. */
  readonly createdAt: number;
  readonly profile: Profile;
  readonly utm: Utm;
  readonly entry?: Entry | undefined;
  /** Names, in the order in which they were added. */
  readonly tags: readonly string[];
  readonly labels: readonly string[];
  /** By field key. */
  readonly fields: Readonly<Record<string, FieldValue>>;
  /** `ref`s of the sequences the contact is subscribed to. */
  readonly sequences: readonly string[];
  /** Subscriptions that have ended, by the sequence's ref. */
  readonly pastSequences?: Readonly<Record<string, PastSequence>> | undefined;
  readonly identities: readonly Identity[];
  readonly positions: readonly Position[];
  /** Which branch of a split the contact got, by `<flow>:<step>`: it stays so. */
  readonly splits: Readonly<Record<string, string>>;
  /** Unix milliseconds since which the contact wants no messages of its own accord; absent: opted in. */
  readonly optedOutAt?: number | undefined;
  /** Unix milliseconds of the last inbound message or press on any channel. */
  readonly lastInboundAt?: number | undefined;
  /** Absent: `newConversation`. */
  readonly conversation?: Conversation | undefined;
  /** Unix milliseconds since which the contact gets no flow and no message. */
  readonly bannedAt?: number | undefined;
  readonly consents?: Consents | undefined;
}
