import type { ActionCall } from "../model/action-call.ts";
import type { Position } from "../model/contact.ts";
import type { FieldValue, Json } from "../model/field.ts";
import type { PreparedFlow, PreparedStep } from "../model/flow.ts";
import type { ActionResult, EndReason } from "../model/outcome.ts";
import type { ActionCatalogue } from "./action-type.ts";
import { runAction } from "./actions.ts";
import { DraftContext, startFlow } from "./contact-context.ts";
import { isSilent } from "./conversation.ts";
import { addPosition, type Draft, removePosition } from "./draft.ts";
import { saveResult } from "./save-result.ts";
import type { Signal, StepCatalogue, StepContext, StepResult, StepType } from "./step-type.ts";
import { findFactTriggers } from "./triggers.ts";

/** The registries that the engine runs on. */
export interface Catalogue {
  readonly steps: StepCatalogue;
  readonly actions: ActionCatalogue;
}

/**
 * Steps one event may take over all flows it moves. A flow of a hundred steps without a wait is longer than any seen in the
 * field; a loop without a wait is cut here, with the reason recorded, instead of spinning.
 */
export const maxStepsPerEvent = 100;

/** Walks until nothing is left to enter: queued steps (action steps first), and flows that the facts so far trigger. */
export function walk(draft: Draft, catalogue: Catalogue): void {
  for (;;) {
    startTriggeredFlows(draft);
    const item = draft.actionQueue.shift() ?? draft.queue.shift();
    if (item === undefined) return;
    draft.stepsTaken += 1;
    if (draft.stepsTaken > maxStepsPerEvent) {
      endAll(draft, item);
      return;
    }
    enter(draft, catalogue, item);
  }
}

type Item = Draft["queue"][number];

function startTriggeredFlows(draft: Draft): void {
  const channelKind = draft.channelId === undefined ? undefined : draft.bot.channels.get(draft.channelId);
  while (draft.seenFacts < draft.facts.length) {
    const fact = draft.facts[draft.seenFacts];
    draft.seenFacts += 1;
    if (fact === undefined || isSilent(draft)) continue;
    for (const triggered of findFactTriggers(draft.bot, fact, channelKind)) {
      startFlow(draft, triggered.flow.ref, { step: triggered.step, by: `trigger:${triggered.trigger.kind}` });
    }
  }
}

function endAll(draft: Draft, item: Item): void {
  const message = `stopped after ${maxStepsPerEvent} steps without a wait; is there a loop?`;
  for (const { flow, step } of [item, ...draft.actionQueue, ...draft.queue]) {
    end(draft, flow.ref, step, "too_many_steps", message);
  }
  draft.facts.push({ kind: "error", code: "flow.loop", message, flow: item.flow.ref, step: item.step });
  draft.actionQueue.length = 0;
  draft.queue.length = 0;
}

function end(draft: Draft, flow: string, step: string, reason: EndReason, message?: string): void {
  draft.facts.push({ kind: "position_ended", flow, step, reason, ...(message === undefined ? {} : { message }) });
}

/** A place in a walk, with what belongs to it. */
interface Stand {
  readonly flow: PreparedFlow;
  readonly step: PreparedStep;
  readonly type: StepType;
  readonly state: Json;
  values: Readonly<Record<string, FieldValue>>;
  readonly channelId: number | undefined;
}

function enter(draft: Draft, catalogue: Catalogue, item: Item): void {
  const stand = standAt(draft, catalogue, item.flow, item.step, { ...item, state: null });
  if (stand === undefined) return;
  draft.facts.push({ kind: "step_entered", flow: item.flow.ref, step: item.step });
  follow(draft, catalogue, stand, stand.type.run(new StandContext(draft, catalogue, stand)));
}

/** The step to run, or undefined with the reason recorded. */
function standAt(
  draft: Draft,
  catalogue: Catalogue,
  flow: PreparedFlow,
  ref: string,
  from: { readonly values: Stand["values"]; readonly channelId?: number | undefined; readonly state: Json },
): Stand | undefined {
  const step = flow.steps.get(ref);
  if (step === undefined) {
    end(draft, flow.ref, ref, "step_removed", "the step is no longer in the published flow");
    return undefined;
  }
  const type = catalogue.steps[step.kind] as StepType | undefined;
  if (type === undefined || step.problem !== undefined) {
    end(draft, flow.ref, ref, "invalid_step", step.problem);
    return undefined;
  }
  if (from.channelId !== undefined) draft.channelId = from.channelId;
  return { flow, step, type, state: from.state, values: from.values, channelId: from.channelId ?? draft.channelId };
}

/** What a step sees of its own place. */
class StandContext extends DraftContext implements StepContext<unknown> {
  readonly config: unknown;
  readonly flow: string;
  readonly step: string;
  readonly state: Json;
  readonly #stand: Stand;
  readonly #actions: ActionCatalogue;

  constructor(draft: Draft, { actions }: Catalogue, stand: Stand) {
    super(draft, { flow: stand.flow.ref, step: stand.step.ref });
    this.config = stand.step.config;
    this.flow = stand.flow.ref;
    this.step = stand.step.ref;
    this.state = stand.state;
    this.#stand = stand;
    this.#actions = actions;
  }

  override get values(): Stand["values"] {
    return this.#stand.values;
  }

  setValue(key: string, value: FieldValue | null): void {
    const { [key]: _old, ...rest } = this.#stand.values;
    this.#stand.values = value === null ? rest : { ...rest, [key]: value };
  }
  random(): number {
    return this.draft.random();
  }
  isConnected(output: string): boolean {
    return (this.#stand.step.next.get(output)?.length ?? 0) > 0;
  }
  buttonPayload(button: string): string {
    return toButtonPayload(this.flow, this.step, button);
  }
  setSplit(branch: string): void {
    const { draft } = this;
    draft.contact = { ...draft.contact, splits: { ...draft.contact.splits, [`${this.flow}:${this.step}`]: branch } };
  }
  runActions(calls: readonly ActionCall[]): readonly ActionResult[] {
    return calls.map((call) => {
      const result = runAction(this.#actions, this, call);
      if (!result.ok) this.error(result.error.code, result.error.message);
      else if (call.save !== undefined) {
        saveResult(this, result.result ?? null, call.save, (key, value) => this.setValue(key, value));
      }
      return result;
    });
  }
}

/** Does what a step handed back. False: the step passed the signal on and nothing was changed. */
function follow(draft: Draft, catalogue: Catalogue, stand: Stand, result: StepResult): void {
  const { flow, step } = stand;
  if ("go" in result) {
    goOn(draft, catalogue, stand, typeof result.go === "string" ? [result.go] : result.go);
  } else if ("wait" in result) {
    const positionId = addPosition(draft, {
      flow: flow.ref,
      step: step.ref,
      kind: step.kind,
      waitsFor: result.wait,
      wakeAt: result.until,
      state: result.state ?? null,
      values: stand.values,
      channelId: stand.channelId,
    });
    const { job } = result;
    if (job !== undefined) draft.jobs.push({ ...job, data: { positionId, data: job.data } });
  } else if ("jump" in result) {
    jump(draft, stand, result.jump);
  } else if ("fail" in result) {
    const { code, message } = result.fail;
    draft.facts.push({ kind: "error", code, message, flow: flow.ref, step: step.ref });
    if ((step.next.get("error")?.length ?? 0) > 0) goOn(draft, catalogue, stand, ["error"]);
    else end(draft, flow.ref, step.ref, "step_failed", message);
  } else if ("end" in result) {
    end(draft, flow.ref, step.ref, "finished");
  }
}

function goOn(draft: Draft, catalogue: Catalogue, stand: Stand, outputs: readonly string[]): void {
  const targets = outputs.map((output) => stand.step.next.get(output)).find((found) => found !== undefined);
  if (targets === undefined) {
    end(draft, stand.flow.ref, stand.step.ref, "finished");
    return;
  }
  for (const target of targets) {
    const kind = stand.flow.steps.get(target)?.kind ?? "";
    const queue = catalogue.steps[kind]?.category === "action" ? draft.actionQueue : draft.queue;
    queue.push({ flow: stand.flow, step: target, values: stand.values, channelId: stand.channelId });
  }
}

function jump(
  draft: Draft,
  stand: Stand,
  to: { readonly flow?: string | undefined; readonly step?: string | undefined },
) {
  if (to.flow === undefined || to.flow === stand.flow.ref) {
    const step = to.step ?? stand.flow.start;
    if (step !== undefined) {
      draft.queue.push({ flow: stand.flow, step, values: stand.values, channelId: stand.channelId });
      return;
    }
  } else if (startFlow(draft, to.flow, { step: to.step, by: "go_to", values: stand.values })) {
    return;
  }
  const message = `the flow or step to go to (${to.flow ?? stand.flow.ref}${to.step === undefined ? "" : ` / ${to.step}`}) is not published`;
  draft.facts.push({ kind: "error", code: "flow.no_target", message, flow: stand.flow.ref, step: stand.step.ref });
  end(draft, stand.flow.ref, stand.step.ref, "step_failed", message);
}

/** Runs a waiting position on. False: nobody took the signal: the step would not, and waits on; or it is gone, and the position with it. */
export function resume(draft: Draft, catalogue: Catalogue, position: Position, signal: Signal): boolean {
  const flow = draft.bot.flows.get(position.flow);
  if (flow === undefined) {
    removePosition(draft, position.id);
    end(draft, position.flow, position.step, "flow_unpublished", "the flow is no longer published");
    return false;
  }
  const factsBefore = draft.facts.length;
  const channelBefore = draft.channelId;
  const isSameKind = position.kind === undefined || position.kind === flow.steps.get(position.step)?.kind;
  const state = isSameKind ? position.state : null;
  const stand = standAt(draft, catalogue, flow, position.step, { ...position, state });
  if (stand !== undefined) {
    const result = runSignal(draft, catalogue, stand, isSameKind, signal);
    if ("pass" in result) {
      draft.channelId = channelBefore;
      return draft.facts.length > factsBefore;
    }
    removePosition(draft, position.id);
    follow(draft, catalogue, stand, result);
    return true;
  }
  removePosition(draft, position.id);
  return false;
}

/** A step that was edited into another kind, or into one that does not wait, is entered as if one had just come to it. */
function runSignal(draft: Draft, catalogue: Catalogue, stand: Stand, isSameKind: boolean, signal: Signal): StepResult {
  const context = new StandContext(draft, catalogue, stand);
  const result = isSameKind ? stand.type.resume?.(context, signal) : undefined;
  // A wait that is over must not stay: it would be over for ever.
  const isDone = result !== undefined && !("pass" in result && signal.kind === "timeout");
  return isDone ? result : stand.type.run(context);
}

const payloadPattern = /^([A-Za-z0-9_-]{1,20}):([A-Za-z0-9_-]{1,20}):([A-Za-z0-9_-]{1,20})$/;

/** What a button carries: at most 62 bytes, within Telegram's 64 (https://core.telegram.org/bots/api#inlinekeyboardbutton). */
export function toButtonPayload(flow: string, step: string, button: string): string {
  return `${flow}:${step}:${button}`;
}

/** Undefined: not one of our payloads. */
export function parseButtonPayload(
  payload: string,
): { readonly flow: string; readonly step: string; readonly button: string } | undefined {
  const [, flow, step, button] = payloadPattern.exec(payload) ?? [];
  return flow === undefined || step === undefined || button === undefined ? undefined : { flow, step, button };
}

const stepPayloadPattern = /^([A-Za-z0-9_-]{1,20}):([A-Za-z0-9_-]{1,20})$/;

/** What a button carries that leads to a step and belongs to none: one of a message that a door sent. */
export function toStepPayload(flow: string, step: string): string {
  return `${flow}:${step}`;
}

/** Starts the flow at the step that a press names. False: the payload is no such thing, or the step is gone. */
export function startByPayload(draft: Draft, payload: string): boolean {
  const [, flow, step] = stepPayloadPattern.exec(payload) ?? [];
  if (flow === undefined || step === undefined || !startFlow(draft, flow, { step, by: "button" })) return false;
  draft.turn = { flow };
  return true;
}

/** Takes a press to its step: the position that waits there, or (an old button) the step without one. */
export function press(
  draft: Draft,
  catalogue: Catalogue,
  target: { readonly flow: string; readonly step: string; readonly button: string },
): void {
  const signal: Signal = { kind: "button", button: target.button };
  const waiting = draft.contact.positions.findLast(
    (position) => position.flow === target.flow && position.step === target.step && position.waitsFor !== "time",
  );
  if (waiting !== undefined) {
    if (resume(draft, catalogue, waiting, signal)) draft.turn = { flow: waiting.flow, answered: waiting };
    return;
  }
  const flow = draft.bot.flows.get(target.flow);
  const stand =
    flow?.steps.has(target.step) === true
      ? standAt(draft, catalogue, flow, target.step, { values: {}, channelId: draft.event.channelId, state: null })
      : undefined;
  const result =
    stand?.type.resume === undefined ? undefined : stand.type.resume(new StandContext(draft, catalogue, stand), signal);
  if (stand === undefined || result === undefined || "pass" in result) {
    const message = "the button belongs to a step that is gone or no longer takes presses";
    draft.facts.push({ kind: "error", code: "button.obsolete", message, flow: target.flow, step: target.step });
    return;
  }
  draft.turn = { flow: target.flow };
  follow(draft, catalogue, stand, result);
}
