import type { z } from "zod";
import type { Contact, ProfileKey } from "../model/contact.ts";
import type { InboundMessage } from "../model/event.ts";
import type { FieldValue, Json } from "../model/field.ts";
import type { MessageAuthor, MessageContent } from "../model/message.ts";
import type { ActionResult, JobRequest } from "../model/outcome.ts";
import type { Sentence } from "../model/sentence.ts";
import type { BotSnapshot } from "../model/world.ts";
import type { ConversationContext } from "./conversation.ts";
import type { DealContext } from "./deal-context.ts";
import type { ScheduledContext } from "./scheduled.ts";
import type { ShopContext } from "./shop-context.ts";

/** How a message is sent, where it is not the bot's answer on the present channel. */
export interface SendOptions {
  readonly channelId?: number | undefined;
  readonly lane?: "live" | "bulk" | undefined;
  readonly author?: MessageAuthor | undefined;
  /** An address on the channel where the contact need not be; absent: the contact's own identity there. */
  readonly recipient?: string | undefined;
  /** Where nothing but an approved template is to be said and no channel is named: on a channel that has such, though the contact was heard last elsewhere. */
  readonly seeksTemplates?: true;
  /** Where the contact is on none of these: a template alone goes to its phone, on the bot's first channel where a phone is all that it takes. */
  readonly byPhone?: boolean | undefined;
  /** It was written earlier, for this time: nobody asks for it now. */
  readonly isScheduled?: true;
}

/**
 * What actions and steps may do to the contact at hand. Every method changes the draft of this one decision and records the
 * facts that triggers, history and webhooks live on; none of them does I/O. A method that changes nothing (a tag that is
 * already there) records nothing.
 */
export interface ContactContext {
  /** Unix milliseconds: the event's own time, the only clock there is. */
  readonly now: number;
  readonly eventId: number;
  readonly bot: BotSnapshot;
  /** The contact as it is at this moment of the decision. */
  readonly contact: Contact;
  /** The bot's variables as they are at this moment. */
  readonly variables: Readonly<Record<string, FieldValue>>;
  /** The message at hand, where the event is one. */
  readonly message: InboundMessage | undefined;
  /** The channel this decision speaks on; undefined where the contact has none. */
  readonly channelId: number | undefined;
  /** Values local to this walk; none outside of one. */
  readonly values: Readonly<Record<string, FieldValue>>;

  /** Renders a Liquid template over contact, fields, vars, bot and message; see `engine/template.ts` for the names. */
  render(template: string): string;

  addTag(name: string): boolean;
  removeTag(name: string): boolean;
  addLabel(name: string): boolean;
  removeLabel(name: string): boolean;
  /** Sets (or, with `null`, clears) a field by key. The value has to be of the field's kind (`engine/values.ts`). */
  setField(key: string, value: FieldValue | null): boolean;
  setProfile(key: ProfileKey, value: string | null): boolean;
  setUtm(utm: Contact["utm"]): boolean;
  /** Makes the contact known on a channel by its address there. False: it is already. Where another contact has the address, it stays theirs. */
  addIdentity(channelId: number, externalId: string): boolean;
  /** Records how the contact came, as an entry link would: `link` is one of the bot's, and what is stored with it goes along. */
  recordEntry(payload: string, link?: string): void;
  setVariable(key: string, value: FieldValue | null): boolean;
  subscribeToSequence(ref: string): boolean;
  unsubscribeFromSequence(ref: string): boolean;
  /** `word`: what the person said to have it so. */
  setOptedOut(optedOut: boolean, word?: string): boolean;
  addNote(text: string): void;

  /** Starts a flow (walked after the present step); a position that the contact holds in it ends as `restarted`. False: no such published flow. */
  startFlow(
    flow: string,
    options?: {
      readonly step?: string | undefined;
      readonly by?: string;
      /** The channel that the flow speaks on; absent: the present one. */
      readonly channelId?: number | undefined;
    },
  ): boolean;
  /** Ends all positions in a flow, or only those at the given step and at what can be come to from there. Returns how many. */
  stopFlow(flow: string, options?: { readonly step?: string | undefined }): number;
  /** Sends on the present channel (or the named one). False: nowhere to send (no identity, blocked, opted out), or the messaging window is closed; a fact says why. */
  send(content: MessageContent, options?: SendOptions): boolean;
  /** Whether the platform lets the bot not say this on the present channel, because the person was not heard for too long. */
  isWindowClosed(content: MessageContent): boolean;
  /** The platform's id of the message whose button was just pressed, where the channel could change that message. */
  readonly pressedMessage: string | undefined;
  /** The contact's cart and orders, and what is for sale. */
  readonly shop: ShopContext;
  /** What may be sold to the contact, by the workspace's sales plans. */
  readonly deals: DealContext;
  /** The live side: who looks after the contact, whether the bot is silent. */
  readonly conversation: ConversationContext;
  /** Messages to the contact that are to be sent later. */
  readonly scheduled: ScheduledContext;
  /** How many jobs this decision has asked for so far: tells apart the jobs of one event, and is the same each time it is decided. */
  readonly jobCount: number;
  enqueue(job: JobRequest): void;
  /** Records lines for whoever looks for a mistake later; they mean nothing to the engine. */
  trace(lines: readonly string[]): void;
  /** Records that something went wrong, without stopping. */
  error(code: string, message: string): void;
}

/** An entry of the action catalogue. Flows, doors and bulk jobs name it; nobody writes its rule a second time. */
export interface ActionType<Args = unknown> {
  /** Also its key in the registry. snake_case, verb first. */
  readonly name: string;
  readonly title: string;
  readonly group:
    | "contact"
    | "tags"
    | "fields"
    | "flows"
    | "sequences"
    | "messages"
    | "consent"
    | "variables"
    | "conversation"
    | "shop"
    | "sales"
    | "integrations";
  /** It answers a question, or tells what somebody did on another screen: of use to a program that calls it, and nothing to put into a flow. */
  readonly isForCallers?: true;
  /** One sentence for the API document; the admin has words of its own. */
  readonly description: string;
  readonly args: z.ZodType<Args>;
  /** Arguments that pass the schema; the contract suite runs them. */
  readonly example: NoInfer<Args>;
  /**
   * Checks the arguments against the bot before anything is changed (does the flow exist?), where the answer can be no.
   * A refusal here refuses the whole event.
   */
  check?(bot: BotSnapshot, args: NoInfer<Args>): ({ readonly code: string } & Sentence) | undefined;
  apply(context: ContactContext, args: NoInfer<Args>): ActionResult;
}

/** Keeps the argument's type in `apply` while the registry sees `ActionType`. */
export function defineAction<Args>(action: ActionType<Args>): ActionType<Args> {
  return action;
}

/** An action whose arguments' type is forgotten: only its own schema can make what its `apply` takes. */
export interface AnyAction extends Omit<ActionType<never>, "args" | "example"> {
  readonly args: z.ZodType;
  readonly example: unknown;
}

export type ActionCatalogue = Readonly<Record<string, AnyAction>>;

/** The usual good answer of an action. */
export function ok(result?: Json): ActionResult {
  return result === undefined ? { ok: true } : { ok: true, result };
}

/** The usual bad answer: a stable code (`thing.what`) and a sentence that says what to do. */
export function refuse(code: string, sentence: Sentence): ActionResult {
  return { ok: false, error: { code, ...sentence } };
}
