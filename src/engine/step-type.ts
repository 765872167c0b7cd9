import type { z } from "zod";
import type { ActionCall } from "../model/action-call.ts";
import type { WaitKind } from "../model/contact.ts";
import type { InboundMessage } from "../model/event.ts";
import type { FieldValue, Json } from "../model/field.ts";
import type { ActionResult, JobRequest } from "../model/outcome.ts";
import type { Sentence } from "../model/sentence.ts";
import type { BotSnapshot } from "../model/world.ts";
import type { ContactContext } from "./action-type.ts";

/** What a step hands back to the walk. */
export type StepResult<Output extends string = string> =
  /** On through an output; of several, the first that leads somewhere. An output that leads nowhere ends the position. */
  | { readonly go: Output | readonly Output[] }
  /**
   * Stay here until the reply, press, time or job result comes; `until` (Unix ms) ends any wait with a `timeout` signal. `job` is enqueued with it: its data
   * arrives as `{ positionId, data }` (`JobOfPosition`), and what it hands back for that position comes as a `job_result` signal.
   */
  | {
      readonly wait: WaitKind;
      readonly until?: number | undefined;
      readonly state?: Json;
      readonly job?: Pick<JobRequest, "kind" | "data" | "group">;
    }
  /** Elsewhere: a step of this flow, or another flow (at its first step where none is named). */
  | { readonly jump: { readonly flow?: string | undefined; readonly step?: string | undefined } }
  | { readonly end: true }
  /** The signal is not for this step: the position stays as it is and the engine looks for another taker. Only from `resume`. */
  | { readonly pass: true }
  /** Failed: recorded, then on through the output `error` where it is connected, else the position ends. */
  | { readonly fail: { readonly code: string; readonly message: string } };

/** Why a waiting step is run again. */
export type Signal =
  | { readonly kind: "reply"; readonly message: InboundMessage }
  | { readonly kind: "button"; readonly button: string }
  | { readonly kind: "timeout" }
  | { readonly kind: "job_result"; readonly result: Json };

/** What a step sees: all a contact context has, and its own place in the flow. */
export interface StepContext<Config> extends ContactContext {
  readonly config: Config;
  readonly flow: string;
  readonly step: string;
  /** The step's memory from its last `wait`; null on first entry. */
  readonly state: Json;
  setValue(key: string, value: FieldValue | null): void;
  /** A number in [0, 1) that depends on the event's seed and the call's order alone. */
  random(): number;
  /** Whether an output leads somewhere. */
  isConnected(output: string): boolean;
  /** The payload that brings a press back to this step as `{ kind: "button", button }`. */
  buttonPayload(button: string): string;
  /** Remembers the branch of a sticky split. */
  setSplit(branch: string): void;
  /** Runs calls of the action catalogue, in order; each failure is recorded as a fact and does not stop the rest. */
  runActions(calls: readonly ActionCall[]): readonly ActionResult[];
}

/** An output as the editor draws it. */
export interface StepOutput {
  readonly name: string;
  readonly title: string;
  /** Somebody chooses it and expects that something follows: one that leads nowhere is warned of. */
  readonly isAwaited?: boolean;
}

/** A step type: its schema, its outputs and its behaviour. Steps know no channel, no clock, no database. */
export interface StepType<Config = unknown> {
  /** Also its key in the registry. */
  readonly kind: string;
  readonly title: string;
  /** Action steps run before the others where an output leads to several. */
  readonly category: "message" | "action" | "logic" | "flow";
  readonly description: string;
  readonly config: z.ZodType<Config>;
  readonly example: NoInfer<Config>;
  /** Keys of the config whose texts are no templates, however they look. */
  readonly plainTexts?: readonly string[];
  /** Its templates are rendered where the bot's secrets are at hand (`secrets.key`); everywhere else they are unknown. */
  readonly mayUseSecrets?: true;
  outputs(config: NoInfer<Config>): readonly StepOutput[];
  /** Problems that the schema cannot see (an unknown tag operator, weights of zero). */
  problems?(config: NoInfer<Config>): readonly Sentence[];
  /** What the config names and the bot does not have (a field, a tag, a flow; it may be made later), and what is likely forgotten. It only warns. */
  warnings?(config: NoInfer<Config>, bot: BotSnapshot): readonly Sentence[];
  /** First entry. */
  run(context: StepContext<NoInfer<Config>>): StepResult;
  /**
   * A signal for a waiting position, or a press of one of the step's buttons long after (then `state` is null). A step that waits
   * for a button is also shown text replies, so that a typed title counts; it answers `pass` to those it does not know.
   */
  resume?(context: StepContext<NoInfer<Config>>, signal: Signal): StepResult;
}

export function defineStep<Config>(step: StepType<Config>): StepType<Config> {
  return step;
}

/** A step type whose config's type is forgotten: only its own schema can make what its `run` takes. */
export interface AnyStep extends Omit<StepType<never>, "config" | "example"> {
  readonly config: z.ZodType;
  readonly example: unknown;
}

export type StepCatalogue = Readonly<Record<string, AnyStep>>;
