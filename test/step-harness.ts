import { actions } from "../src/actions/index.ts";
import { runAction } from "../src/engine/actions.ts";
import { DraftContext } from "../src/engine/contact-context.ts";
import { createDraft } from "../src/engine/draft.ts";
import type { Signal, StepContext, StepResult, StepType } from "../src/engine/step-type.ts";
import type { Contact } from "../src/model/contact.ts";
import type { InboundMessage } from "../src/model/event.ts";
import type { FieldValue, Json } from "../src/model/field.ts";
import type { MessageContent } from "../src/model/message.ts";
import type { ActionResult, Fact } from "../src/model/outcome.ts";
import type { World } from "../src/model/world.ts";
import { anEvent, aWorld, noon } from "./builders.ts";

/** Where and when a step is visited. It stands as `s1` in the flow `f1`. */
export interface Visit {
  readonly world?: Partial<World>;
  /** Unix milliseconds; Friday noon where absent. */
  readonly at?: number;
  readonly message?: InboundMessage;
  /** What the step remembers from its last wait. */
  readonly state?: Json;
  readonly values?: Readonly<Record<string, FieldValue>>;
  /** Outputs that lead somewhere. */
  readonly connected?: readonly string[];
}

/** What came of a visit. */
export interface Visited {
  readonly result: StepResult;
  readonly contact: Contact;
  readonly sent: readonly MessageContent[];
  readonly facts: readonly Fact[];
  /** Codes of what was recorded as gone wrong, in order. */
  readonly errors: readonly string[];
  readonly values: Readonly<Record<string, FieldValue>>;
  readonly actionResults: readonly ActionResult[];
}

/** Comes to a step for the first time. `config` as a flow holds it: the step's schema fills the defaults. */
export function enter<Config>(step: StepType<Config>, config: unknown, visit: Visit = {}): Visited {
  return visitStep(step, config, visit, (context) => step.run(context));
}

/** Brings a signal to a waiting step. */
export function signal<Config>(step: StepType<Config>, config: unknown, what: Signal, visit: Visit = {}): Visited {
  const message = what.kind === "reply" ? what.message : undefined;
  return visitStep(step, config, message === undefined ? visit : { message, ...visit }, (context) =>
    step.resume === undefined ? { pass: true } : step.resume(context, what),
  );
}

/** A text that answers. */
export function reply(text: string): Signal {
  return { kind: "reply", message: { text, attachments: [] } };
}

/** What a step remembers and until when it waits; fails where it does not wait. */
export function waitOf(result: StepResult): { readonly for: string; readonly until?: number; readonly state: Json } {
  if (!("wait" in result)) throw new Error(`the step does not wait: ${JSON.stringify(result)}`);
  return {
    for: result.wait,
    state: result.state ?? null,
    ...(result.until === undefined ? {} : { until: result.until }),
  };
}

/** The engine's own contact context over a draft; only the step's place in the flow is a stand-in. */
function visitStep<Config>(
  step: StepType<Config>,
  config: unknown,
  { world, at = noon, message, state = null, values: before = {}, connected = [] }: Visit,
  act: (context: StepContext<Config>) => StepResult,
): Visited {
  const happening = message === undefined ? ({ kind: "start" } as const) : ({ kind: "message", message } as const);
  const draft = createDraft(aWorld(world), anEvent(happening, { at }));
  const place = { flow: "f1", step: "s1", values: before };
  const contact = new DraftContext(draft, place);
  const actionResults: ActionResult[] = [];
  const own: Omit<StepContext<Config>, keyof DraftContext> = {
    config: step.config.parse(config),
    flow: "f1",
    step: "s1",
    state,
    setValue: (key, value) => {
      const { [key]: _old, ...rest } = place.values;
      place.values = value === null ? rest : { ...rest, [key]: value };
    },
    random: draft.random,
    isConnected: (output) => connected.includes(output),
    buttonPayload: (button) => `f1:s1:${button}`,
    setSplit: (branch) => {
      draft.contact = { ...draft.contact, splits: { ...draft.contact.splits, "f1:s1": branch } };
    },
    runActions: (calls) => {
      const results = calls.map((call) => runAction(actions, contact, call));
      actionResults.push(...results);
      return results;
    },
  };
  const result = act(Object.assign(contact, own));
  return {
    result,
    contact: draft.contact,
    sent: draft.messages.map(({ content }) => content),
    facts: draft.facts,
    errors: draft.facts.flatMap((fact) => (fact.kind === "error" ? [fact.code] : [])),
    values: place.values,
    actionResults,
  };
}
