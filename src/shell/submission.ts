import type { Profile } from "../model/contact.ts";
import type { EventSource, Happening } from "../model/event.ts";
import type { MessageContent } from "../model/message.ts";
import type { Answer } from "../model/outcome.ts";

/** What a person who is nobody yet is told apart by. */
export interface KnownBy {
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
  /** What another system calls the person. */
  readonly clientExternalId?: string | undefined;
}

/** Whom an event is about. */
export type Target =
  /** A person on a channel; the contact is made when the identity is new. */
  | { readonly channelId: number; readonly externalId: string }
  | { readonly contactId: number }
  /** A new contact without an identity (made by an API). `unlessKnown`: refused with `contact.exists` where one of the bot's contacts has the phone (E.164), the e-mail or the external id by now. */
  | { readonly create: { readonly botId: number; readonly unlessKnown?: KnownBy | undefined } };

/** An event as a door hands it in. */
export interface Submission {
  readonly target: Target;
  readonly happening: Happening;
  readonly source: EventSource;
  /** The member of the team who calls, where it is one. */
  readonly by?: number | undefined;
  /** Unix milliseconds; absent or still to come: the shell's clock. */
  readonly at?: number | undefined;
  /**
   * What makes a repetition recognisable: for channels `c<channel id>:<the platform's event id>`, for idempotency keys
   * `t<token id>:<key>`. An event without one is always new.
   */
  readonly dedupeKey?: string | undefined;
  readonly profile?: Profile | undefined;
  readonly username?: string | undefined;
  /** See `InboundEvent`: so many of the messages, from the first on, are in the door's own answer. */
  readonly countInAnswer?: ((contents: readonly MessageContent[]) => number) | undefined;
}

/** What the door hears once everything that follows from the event is committed. `isSilent`: the bot says nothing to the contact now, since a person talks, the contact is banned, or no flow answers what came by a channel. */
export type SubmitReply = Answer & {
  readonly contactId?: number;
  readonly eventId?: number;
  readonly isSilent?: true;
};

/**
 * Hands an event to the waist. Resolves after the commit: what is then said to be done survives a kill of the process.
 * A refusal is an answer too (`contact.not_found`, `contact.exists`, `channel.not_found`, an action's own code; `internal` where `advance` broke: the
 * event is then kept as failed). Rejects with `Unavailable` only where nothing could be written at all.
 */
export type Submit = (submission: Submission) => Promise<SubmitReply>;

/** Nothing was written and nothing is known of the event: the caller may try again. Doors answer 503. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
}

/** The event is for a process of a newer release: it comes again until one takes it. */
export class LeftToNewer extends Unavailable {
  /** Whose; undefined: it is no matter of a bot's. */
  readonly botId: number | undefined;

  constructor(message: string, botId?: number) {
    super(message);
    this.botId = botId;
  }
}

/** A submission with what the shell adds when it arrives. */
export interface Arrival {
  readonly submission: Submission;
  readonly eventId: number;
  readonly at: number;
  readonly seed: number;
}
