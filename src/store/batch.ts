import type { Contact } from "../model/contact.ts";
import type { Event } from "../model/event.ts";
import type { FieldValue } from "../model/field.ts";
import type { MessageStatus, OutgoingMessage } from "../model/message.ts";
import type { Answer, Fact, NewNote } from "../model/outcome.ts";
import type { BotSnapshot } from "../model/world.ts";

/** A contact as it was loaded and as the batch leaves it. */
export interface ContactChange {
  readonly before: Contact;
  readonly after: Contact;
  readonly bot: BotSnapshot;
  /** Unix milliseconds of the last event in the batch: when what is new was added. */
  readonly at: number;
}

/** A message as it is to be stored. */
export interface StoringMessage extends OutgoingMessage {
  readonly status: MessageStatus;
  /** By `performance.now`: it leaves at the commit, if that comes by then (`outbox.ts`). */
  readonly leavesUntil?: number | undefined;
}

/** One handled event, ready to be written. */
export interface HandledOutcome {
  readonly event: Event;
  readonly contactId: number;
  readonly workspaceId: number;
  readonly dedupeKey: string | undefined;
  readonly facts: readonly Fact[];
  readonly answer: Answer;
  readonly messages: readonly StoringMessage[];
  readonly notes: readonly NewNote[];
  readonly failed: string | undefined;
}

export interface Batch {
  readonly handled: readonly HandledOutcome[];
  readonly contacts: readonly ContactChange[];
  /** Variables that were set or cleared, by bot. */
  readonly variables: ReadonlyMap<number, Readonly<Record<string, FieldValue | null>>>;
  /** The process that will send the new messages of each lane; null: whichever takes them first. */
  readonly leaseOwner: Readonly<Record<"live" | "bulk", number | null>>;
}
