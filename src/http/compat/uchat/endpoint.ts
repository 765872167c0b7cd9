import type { z } from "zod";
import type { Ns, NsKind } from "../../../engine/uchat-ns.ts";
import type { ActionCall } from "../../../model/action-call.ts";
import type { ActionResult } from "../../../model/outcome.ts";
import type { ContactCard } from "../../../store/contact-card-store.ts";
import type { Database } from "../../../store/database.ts";
import type { Caller } from "../../auth.ts";
import type { HttpDependencies } from "../../dependencies.ts";
import type { NamedKind } from "./memory.ts";

/** A contact that the caller may see. */
export interface ContactPlace {
  readonly id: number;
  readonly botId: number;
}

/** A tag or a user field: its id, and what the catalogue calls it (a tag's name, a field's key). */
export interface NamedThing {
  readonly id: number;
  readonly name: string;
}

/** What a handler works with. */
export interface Call {
  readonly db: Database;
  readonly dependencies: HttpDependencies;
  readonly caller: Caller;
  /** The request's own, with its query: pages link to one another. */
  readonly address: string;
  /** Where the endpoint speaks of "the bot" and no ns says which: the token's, or the workspace's first. Throws `bot.not_found`. */
  botId(): Promise<number>;
  /** The ns of something else than a contact, its bot known to be the caller's; `kind` names the thing in the sentence of the refusal. */
  requireNs(kind: NsKind, ns: string): Promise<Ns>;
  /**
   * Tags or user fields, in the list's order. Throws `door.unknown_id` for the first that is not there. A name may be some seconds old, unless it has to be
   * `fresh`.
   */
  requireNamed(kind: NamedKind, list: readonly string[], fresh?: boolean): Promise<NamedThing[]>;
  /** Throws `contact.not_found` where the ns is none, or somebody else's. */
  requireContact(userNs: string): Promise<ContactPlace>;
  /** The same without asking the database each time: for `act` and other steps that themselves refuse whom is gone meanwhile. */
  addressContact(userNs: string): Promise<ContactPlace>;
  /** All that is known of a subscriber. Throws `contact.not_found` where the ns is none, or somebody else's. */
  readCard(userNs: string): Promise<ContactCard>;
  /** The bot of a contact whose id our own tables gave. */
  botOfContact(id: number): Promise<number>;
  /** By the id that the person has on their channel. Throws `contact.not_found`. */
  requireContactByUserId(userId: string): Promise<ContactPlace>;
  /**
   * Runs actions of the catalogue on a contact, in order. Whatever the catalogue refuses becomes the answer, with status 400 and its sentence; the others
   * have then been done.
   */
  act(contact: ContactPlace, actions: readonly ActionCall[]): Promise<readonly ActionResult[]>;
}

export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** One endpoint of UChat's API. Routes, validation and the OpenAPI document come from it. */
export interface Endpoint<Input extends z.ZodType, Answer extends z.ZodType> {
  readonly method: Method;
  /** As UChat writes it: `/shop/orders/{orderId}/update`. */
  readonly path: string;
  /** UChat's "Manage Flow" or "Manage Team"; for `team` a token that is bound to a bot needs the scope `team`. `any`: every token. */
  readonly scope: "flow" | "team" | "any";
  readonly summary: string;
  /** Body, query and path in one object. Unknown keys fall away. What does not fit is answered with 422. */
  readonly input: Input;
  /** Keys under which an empty text means something; elsewhere it counts as absent. */
  readonly emptyCounts?: readonly string[];
  /** Of a good answer. For the document and the contract tests; answers are not checked as they leave. */
  readonly answer: Answer;
  /** Not one of UChat's: ours, in its style. */
  readonly isOurs?: boolean;
  handle(call: Call, input: z.output<Input>): Promise<z.input<Answer>>;
}

/** An endpoint whose types are forgotten. */
export interface AnyEndpoint extends Omit<Endpoint<z.ZodType, z.ZodType>, "handle"> {
  handle(call: Call, input: never): Promise<unknown>;
}

/** Keeps the types in `handle` while the table sees `AnyEndpoint`. */
export function endpoint<Input extends z.ZodType, Answer extends z.ZodType>(
  made: Endpoint<Input, Answer>,
): AnyEndpoint {
  return made;
}
