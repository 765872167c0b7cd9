import type { z } from "zod";
import type { ActionCall } from "../model/action-call.ts";
import { actionCallSchema } from "../model/action-call.ts";
import type { FlowDocument, StoredStep } from "../model/flow.ts";
import { type Sentence, say, sayIssue, toSentence } from "../model/sentence.ts";
import type { BotSnapshot } from "../model/world.ts";
import type { ActionCatalogue } from "./action-type.ts";
import { parseActionCall } from "./actions.ts";
import { anyName, findKeptNames, findOuterNames } from "./kept-names.ts";
import { compilePattern } from "./pattern.ts";
import { checkMappings, warnOfMappings } from "./save-result.ts";
import type { StepCatalogue, StepOutput, StepType } from "./step-type.ts";
import { readJump } from "./steps-from.ts";
import { checkTemplate } from "./template.ts";
import { findUnknownNames, type KnownNames, toFieldNames } from "./template-names.ts";

/** Something wrong with a flow: an `error` keeps it from being published, a `warning` does not. */
export interface FlowProblem extends Sentence {
  readonly severity: "error" | "warning";
  /** The step's ref; absent: the flow as a whole. */
  readonly step?: string;
  /** Stable, for programs. */
  readonly code: string;
}

interface Catalogue {
  readonly steps: StepCatalogue;
  readonly actions: ActionCatalogue;
}

/** What the bot knows the flow at hand by. */
interface OwnNames {
  readonly ref: string;
  /** Absent: it is none of the bot's yet. */
  readonly id?: number | undefined;
}

/**
 * Checks a flow as a whole: the editor shows the result on the steps, publishing and importing refuse errors. With the bot at hand, names of
 * tags, fields, flows and sequences that it does not know are warned of, also within templates, and flows that start by the same; with the flow's `own` names, links to steps that it has not.
 */
export function validateFlow(
  document: FlowDocument,
  catalogue: Catalogue,
  bot?: BotSnapshot,
  own?: OwnNames,
): FlowProblem[] {
  const known = bot === undefined ? undefined : findKnownNames(document, bot, own?.id);
  return [
    ...checkWhole(document),
    ...document.steps.flatMap((step) => checkStep(step, document, catalogue, { bot, known })),
    ...checkEdges(document, catalogue),
    ...checkReach(document, catalogue),
    ...checkTriggers(document),
    ...(bot === undefined ? [] : checkRivals(document, bot, own?.id)),
    ...(bot === undefined || own === undefined ? [] : checkEntryLinks(document, bot, own.ref)),
  ];
}

const error = (code: string, sentence: Sentence, step?: string): FlowProblem => ({
  severity: "error",
  code,
  ...sentence,
  ...(step === undefined ? {} : { step }),
});
const warning = (code: string, sentence: Sentence, step?: string): FlowProblem => ({
  ...error(code, sentence, step),
  severity: "warning",
});

function checkWhole({ start, steps }: FlowDocument): FlowProblem[] {
  const refs = steps.map(({ ref }) => ref);
  const doubles = new Set(refs.filter((ref, index) => refs.indexOf(ref) !== index));
  const isStartKnown = start !== undefined && refs.includes(start);
  return [
    ...(isStartKnown ? [] : [error("flow.no_start", say`the flow has no first step`)]),
    ...[...doubles].map((ref) => error("step.double_ref", say`two steps have the ref "${{ ref }}"`, ref)),
  ];
}

function findKnownNames({ steps }: FlowDocument, bot: BotSnapshot, ownId: number | undefined): KnownNames {
  const variables = new Set([...findKeptNames(steps), ...findOuterNames(bot, ownId)]);
  return { fields: toFieldNames(bot.fields.values()), variables: variables.has(anyName) ? undefined : variables };
}

interface Surroundings {
  readonly bot: BotSnapshot | undefined;
  readonly known: KnownNames | undefined;
}

function checkStep(
  step: StoredStep,
  document: FlowDocument,
  catalogue: Catalogue,
  { bot, known }: Surroundings,
): FlowProblem[] {
  const { ref } = step;
  const type = (Object.hasOwn(catalogue.steps, step.kind) ? catalogue.steps[step.kind] : undefined) as
    | StepType
    | undefined;
  if (type === undefined) return [error("step.unknown_kind", say`there is no step kind "${{ kind: step.kind }}"`, ref)];
  const parsed = type.config.safeParse(step.config);
  const unknown = known === undefined ? [] : checkNames(withoutPlainTexts(step.config, type), ref, known);
  if (!parsed.success) {
    return [...parsed.error.issues.map((issue) => error("step.bad_config", describe(issue), ref)), ...unknown];
  }
  return [
    ...(type.problems?.(parsed.data) ?? []).map((problem) => error("step.bad_config", problem, ref)),
    ...checkTexts(withoutPlainTexts(step.config, type), ref, type.mayUseSecrets === true),
    ...unknown,
    ...findCalls(parsed.data).flatMap((call) => checkCall(call, ref, catalogue.actions, bot)),
    ...checkJump(step, document, bot),
    ...(bot === undefined ? [] : (type.warnings?.(parsed.data, bot) ?? [])).map((sentence) =>
      warning("step.warning", sentence, ref),
    ),
    ...checkAwaited(step, type.outputs(parsed.data), document),
  ];
}

/** Buttons that somebody presses for nothing. */
function checkAwaited({ ref }: StoredStep, outputs: readonly StepOutput[], { edges }: FlowDocument): FlowProblem[] {
  return outputs
    .filter(
      ({ name, isAwaited }) => isAwaited === true && !edges.some(({ from, output }) => from === ref && output === name),
    )
    .map(({ title }) => warning("output.leads_nowhere", say`"${{ output: title }}" leads nowhere`, ref));
}

function describe(issue: z.core.$ZodIssue): Sentence {
  const problem = sayIssue(issue);
  return issue.path.length === 0 ? problem : say`${{ where: issue.path.join(".") }}: ${{ problem }}`;
}

function withoutPlainTexts(config: StoredStep["config"], { plainTexts = [] }: StepType): StoredStep["config"] {
  return plainTexts.length === 0
    ? config
    : Object.fromEntries(Object.entries(config).filter(([key]) => !plainTexts.includes(key)));
}

/** Every text of a config may be a template; one that is broken would come out empty. */
function checkTexts(value: unknown, ref: string, mayUseSecrets: boolean): FlowProblem[] {
  if (typeof value === "string") {
    const problem = checkTemplate(value);
    if (problem !== undefined) return [error("template.bad", problem, ref)];
    if (mayUseSecrets || !namesSecret.test(value)) return [];
    return [error("template.secret", say`secrets can be used in external requests alone`, ref)];
  }
  return typeof value === "object" && value !== null
    ? Object.values(value).flatMap((inner) => checkTexts(inner, ref, mayUseSecrets))
    : [];
}

/** Names in the step's texts that nothing is called by, each once. */
function checkNames(config: StoredStep["config"], ref: string, known: KnownNames): FlowProblem[] {
  const found = new Map<string, FlowProblem>();
  const look = (value: unknown): void => {
    if (typeof value === "string") {
      for (const sentence of findUnknownNames(value, known)) {
        found.set(sentence.message, warning("template.unknown_name", sentence, ref));
      }
    } else if (typeof value === "object" && value !== null) Object.values(value).forEach(look);
  };
  look(config);
  return [...found.values()];
}

/** Looks at what stands between braces; the text around them may speak of secrets. */
const namesSecret = /\{[{%](?:(?!%\}|\}\}).)*\bsecrets\s*[.[]/s;

/** Action calls stand in lists called `actions`, whichever step they belong to. */
function findCalls(value: unknown): ActionCall[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key !== "actions" || !Array.isArray(inner)) return findCalls(inner);
    return inner.flatMap((call) => actionCallSchema.safeParse(call).data ?? []);
  });
}

function checkCall(call: ActionCall, ref: string, actions: ActionCatalogue, bot?: BotSnapshot): FlowProblem[] {
  const parsed = parseActionCall(actions, call);
  if (!parsed.ok) return [error(parsed.refusal.code, toSentence(parsed.refusal), ref)];
  const refusal = bot === undefined ? undefined : parsed.action.check?.(bot, parsed.args);
  const { save = [] } = call;
  return [
    ...checkMappings(save).map((problem) => error("action.bad_arguments", problem, ref)),
    ...(refusal === undefined ? [] : [warning(refusal.code, toSentence(refusal), ref)]),
    ...(bot === undefined ? [] : warnOfMappings(save, bot)).map((problem) => warning("field.not_found", problem, ref)),
  ];
}

function checkJump({ ref, ...stored }: StoredStep, document: FlowDocument, bot?: BotSnapshot): FlowProblem[] {
  const jump = readJump(stored);
  if (jump === undefined) return [];
  const { flow, step } = jump;
  if (flow === undefined) {
    const isKnown = step === undefined || document.steps.some((other) => other.ref === step);
    return isKnown ? [] : [error("step.no_target", say`there is no step "${{ step }}" to go to`, ref)];
  }
  return bot === undefined || bot.flows.has(flow)
    ? []
    : [warning("flow.not_published", say`the flow "${{ flow }}" to go to is not published`, ref)];
}

function checkEdges(document: FlowDocument, { steps }: Catalogue): FlowProblem[] {
  const byRef = new Map(document.steps.map((step) => [step.ref, step]));
  return document.edges.flatMap(({ from, output, to }) => {
    const source = byRef.get(from);
    if (source === undefined) return [error("edge.no_source", say`an edge begins at "${{ from }}", which is no step`)];
    if (!byRef.has(to))
      return [error("edge.no_target", say`the output "${{ output }}" leads to "${{ to }}", which is no step`, from)];
    const type = steps[source.kind] as StepType | undefined;
    const parsed = type?.config.safeParse(source.config);
    if (type === undefined || parsed?.success !== true) return [];
    const isKnown = output === "error" || type.outputs(parsed.data).some(({ name }) => name === output);
    return isKnown ? [] : [error("edge.unknown_output", say`the step has no output "${{ output }}"`, from)];
  });
}

function checkReach({ start, steps, edges, triggers }: FlowDocument, catalogue: Catalogue): FlowProblem[] {
  const reached = new Set<string>();
  const jumps = steps.map((step) => readJump(step)?.step);
  const open = [start, ...triggers.map(({ step }) => step), ...jumps].filter((ref) => ref !== undefined);
  for (let ref = open.pop(); ref !== undefined; ref = open.pop()) {
    if (reached.has(ref)) continue;
    reached.add(ref);
    for (const edge of edges) if (edge.from === ref) open.push(edge.to);
  }
  return steps
    .filter(({ ref }) => !reached.has(ref))
    .map((step) => warning("step.unreachable", sayUnreachable(step, catalogue.steps), step.ref));
}

/** By what its box is called: an arrow may well lead to it, from a step that nobody comes to. */
function sayUnreachable({ name = "", kind, ref }: StoredStep, steps: StepCatalogue): Sentence {
  if (name !== "") return say`no way from the start leads to the step "${{ step: name }}"`;
  const type = (Object.hasOwn(steps, kind) ? steps[kind] : undefined) as StepType | undefined;
  return say`no way from the start leads to the step "${{ stepTitle: type?.title ?? ref }}"`;
}

function checkTriggers({ triggers, steps }: FlowDocument): FlowProblem[] {
  return triggers.flatMap((trigger) => {
    const { step } = trigger;
    const isKnown = step === undefined || steps.some(({ ref }) => ref === step);
    const patterns = trigger.kind === "keyword" && trigger.match === "pattern" ? trigger.words : [];
    return [
      ...(isKnown ? [] : [error("trigger.no_step", say`a trigger starts at "${{ step }}", which is no step`)]),
      ...patterns.flatMap((word) => {
        const pattern = compilePattern(word, { ignoreCase: true });
        return pattern.ok ? [] : [error("trigger.bad_pattern", toSentence(pattern))];
      }),
    ];
  });
}

/** Links are out in the world: they start the flow at its first step then. */
function checkEntryLinks({ steps }: FlowDocument, { entryLinks }: BotSnapshot, ownRef: string): FlowProblem[] {
  return [...entryLinks.values()].flatMap(({ name, flow, step }) =>
    flow !== ownRef || step === undefined || steps.some(({ ref }) => ref === step)
      ? []
      : [
          warning(
            "trigger.link_step_gone",
            say`the entry link "${{ link: name }}" leads to "${{ step }}", which is no step: the flow starts at the first one`,
          ),
        ],
  );
}

/** What starts one flow alone, the oldest that has it: another that is published is not heard of, or takes this one's place. */
function checkRivals({ triggers }: FlowDocument, bot: BotSnapshot, ownId = Number.POSITIVE_INFINITY): FlowProblem[] {
  const alone = triggers.filter(({ kind }) => kind === "start" || kind === "default_reply");
  return [...bot.flows.values()].flatMap((other) => {
    if (other.id === ownId) return [];
    const [shared] = alone.filter((trigger) =>
      other.triggers.some((its) => its.kind === trigger.kind && meetSomewhere(its.channels, trigger.channels)),
    );
    if (shared === undefined) return [];
    const what = shared.kind === "start" ? say`somebody opens the chat` : say`nothing else fits what somebody writes`;
    const sentence =
      other.id < ownId
        ? say`where ${{ what }}, the flow "${{ flow: other.name }}" starts and this one does not: it is older and has the same trigger`
        : say`where ${{ what }}, this flow starts and "${{ flow: other.name }}" does not: it is younger and has the same trigger`;
    return [warning("trigger.shared", sentence)];
  });
}

const meetSomewhere = (one: readonly string[] = [], other: readonly string[] = []) =>
  one.length === 0 || other.length === 0 || one.some((channel) => other.includes(channel));
