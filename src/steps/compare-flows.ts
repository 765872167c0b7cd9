import type { StepOutput, StepType } from "../engine/step-type.ts";
import type { Edge, FlowDocument, StoredStep, Trigger } from "../model/flow.ts";
import { steps as catalogue } from "./index.ts";

/** One thing that is otherwise in the newer document. Steps are called as people see them. */
export type Change =
  | {
      readonly kind: "setting_of_flow";
      readonly setting: "name" | "description" | "folder" | "start";
      readonly from: string;
      readonly to: string;
    }
  | { readonly kind: "step_added" | "step_removed"; readonly step: string }
  | { readonly kind: "step_replaced"; readonly step: string; readonly from: string; readonly to: string }
  | { readonly kind: "step_renamed"; readonly step: string; readonly from: string; readonly to: string }
  | {
      readonly kind: "setting_changed";
      readonly step: string;
      readonly setting: string;
      readonly from: string;
      readonly to: string;
    }
  | {
      readonly kind: "setting_added" | "setting_removed";
      readonly step: string;
      readonly setting: string;
      readonly value: string;
    }
  | {
      readonly kind: "edge_added" | "edge_removed";
      readonly from: string;
      readonly output: string;
      readonly to: string;
    }
  | { readonly kind: "trigger_added" | "trigger_removed"; readonly trigger: string }
  | { readonly kind: "steps_moved"; readonly count: number };

/** What things are called. */
export interface DifferenceWords {
  nameOf(step: StoredStep): string;
  output(output: StepOutput): string;
  trigger(trigger: Trigger): string;
  /** `owner`: the kind of step whose setting it is. */
  setting(owner: string, key: string): string;
  /** What is said as a whole, and not looked into: a comparison, a thing by its name. Undefined: it stands as it is written. */
  value(owner: string, key: string, value: unknown): string | undefined;
}

const asStored: DifferenceWords = {
  nameOf: ({ name, kind }) => name ?? findStepType(kind)?.title ?? kind,
  output: ({ title }) => title,
  trigger: describeTrigger,
  setting: (_owner, key) => key,
  value: () => undefined,
};

/** What became of `before` in `after`, in the order in which a person would tell it. */
export function compareFlows(before: FlowDocument, after: FlowDocument, words = asStored): readonly Change[] {
  const old = new Map(before.steps.map((step) => [step.ref, step]));
  const now = new Map(after.steps.map((step) => [step.ref, step]));
  /** `Hello (k3x9ab)`: names may be there twice, refs not. */
  const titleOf = (step: StoredStep) => `${words.nameOf(step)} (${step.ref})`;
  const nameOf = (ref: string | undefined) => {
    const step = now.get(ref ?? "") ?? old.get(ref ?? "");
    return step === undefined ? (ref ?? "") : titleOf(step);
  };
  const ofFlow = (setting: "name" | "description" | "folder" | "start", from = "", to = ""): Change[] =>
    from === to ? [] : [{ kind: "setting_of_flow", setting, from, to }];
  const moved = after.steps.filter(({ ref, at }) => old.has(ref) && !isEqual(at, old.get(ref)?.at)).length;
  return [
    ...ofFlow("name", before.name, after.name),
    ...ofFlow("description", before.description, after.description),
    ...ofFlow("folder", before.folder, after.folder),
    ...(before.start === after.start ? [] : ofFlow("start", nameOf(before.start), nameOf(after.start))),
    ...compareTriggers(before.triggers, after.triggers, words),
    ...after.steps
      .filter(({ ref }) => !old.has(ref))
      .map((step): Change => ({ kind: "step_added", step: titleOf(step) })),
    ...before.steps
      .filter(({ ref }) => !now.has(ref))
      .map((step): Change => ({ kind: "step_removed", step: titleOf(step) })),
    ...after.steps.flatMap((step) => compareSteps(old.get(step.ref), step, titleOf(step), words)),
    ...compareEdges("edge_added", after.edges, before.edges, { steps: now, nameOf, words }),
    ...compareEdges("edge_removed", before.edges, after.edges, { steps: old, nameOf, words }),
    ...(moved === 0 ? [] : [{ kind: "steps_moved", count: moved } as const]),
  ];
}

function compareTriggers(before: readonly Trigger[], after: readonly Trigger[], words: DifferenceWords): Change[] {
  const texts = (triggers: readonly Trigger[]) => triggers.map((trigger) => words.trigger(trigger));
  const [old, now] = [texts(before), texts(after)];
  return [
    ...now.filter((text) => !old.includes(text)).map((trigger): Change => ({ kind: "trigger_added", trigger })),
    ...old.filter((text) => !now.includes(text)).map((trigger): Change => ({ kind: "trigger_removed", trigger })),
  ];
}

/** `keyword: price, cost` */
function describeTrigger({ kind, ...rest }: Trigger): string {
  const values = Object.values(rest).filter((value) => value !== undefined && value !== false && value !== "");
  return [kind.replaceAll("_", " "), values.map((value) => show(value)).join("; ")].filter(Boolean).join(": ");
}

function compareSteps(
  before: StoredStep | undefined,
  after: StoredStep,
  step: string,
  words: DifferenceWords,
): Change[] {
  if (before === undefined || before === after) return [];
  const renamed: Change[] =
    before.name === after.name ? [] : [{ kind: "step_renamed", step, from: before.name ?? "", to: after.name ?? "" }];
  if (before.kind !== after.kind)
    return [...renamed, { kind: "step_replaced", step, from: before.kind, to: after.kind }];
  const labelOf = (key: string) => words.setting(after.kind, key);
  const sayValue = (key: string, value: unknown) => words.value(after.kind, key, value);
  return [
    ...renamed,
    ...compareValues({ step, setting: "", key: "", labelOf, sayValue }, complete(before), complete(after)),
  ];
}

/** With the settings that a step has without their being written down. */
function complete({ kind, config }: StoredStep): unknown {
  const parsed = findStepType(kind)?.config.safeParse(config);
  return parsed?.success === true ? parsed.data : config;
}

interface Place {
  readonly step: string;
  /** Where in the step, from the outside in. */
  readonly setting: string;
  /** Of the innermost that has one. */
  readonly key: string;
  labelOf(key: string): string;
  sayValue(key: string, value: unknown): string | undefined;
}

function compareValues(place: Place, before: unknown, after: unknown): Change[] {
  const { step, setting, key: ownKey, labelOf, sayValue } = place;
  if (isEqual(before, after)) return [];
  const [saidBefore, saidNow] = [sayValue(ownKey, before), sayValue(ownKey, after)];
  const [from, to] = [saidBefore ?? show(before), saidNow ?? show(after)];
  if (before === undefined) return [{ kind: "setting_added", step, setting, value: to }];
  if (after === undefined) return [{ kind: "setting_removed", step, setting, value: from }];
  const isWhole = saidBefore !== undefined && saidNow !== undefined;
  const [old, now] = isWhole ? [] : [partsOf(before), partsOf(after)];
  if (old === undefined || now === undefined) return [{ kind: "setting_changed", step, setting, from, to }];
  const keys = new Set([...old.keys(), ...now.keys()]);
  return [...keys].flatMap((key) => {
    const name = Array.isArray(after) ? key : labelOf(key);
    const inner = {
      ...place,
      setting: setting === "" ? name : `${setting} › ${name}`,
      key: Array.isArray(after) ? ownKey : key,
    };
    return compareValues(inner, old.get(key), now.get(key));
  });
}

/** What a value consists of, by name: of a list by the items' ids where they have some, else by their number. Undefined: it has no parts. */
function partsOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (Array.isArray(value)) {
    return new Map(
      value.map((item: unknown, index) => {
        const { id, title } = (item ?? {}) as { readonly id?: unknown; readonly title?: unknown };
        return [String(title ?? id ?? index + 1), item];
      }),
    );
  }
  return typeof value === "object" && value !== null ? new Map(Object.entries(value)) : undefined;
}

function compareEdges(
  kind: "edge_added" | "edge_removed",
  edges: readonly Edge[],
  others: readonly Edge[],
  {
    steps,
    nameOf,
    words,
  }: {
    readonly steps: ReadonlyMap<string, StoredStep>;
    readonly nameOf: (ref: string) => string;
    readonly words: DifferenceWords;
  },
): Change[] {
  return edges
    .filter((edge) => !others.some((other) => isSameEdge(edge, other)))
    .map((edge) => {
      const step = steps.get(edge.from);
      const output = step && outputsOf(step).find(({ name }) => name === edge.output);
      const title = output === undefined ? edge.output : words.output(output);
      return { kind, from: nameOf(edge.from), output: title, to: nameOf(edge.to) };
    });
}

function findStepType(kind: string): StepType | undefined {
  // The registry hides each type's config behind `never`.
  const types: Readonly<Record<string, unknown>> = catalogue;
  return Object.hasOwn(types, kind) ? (types[kind] as StepType) : undefined;
}

/** As far as the settings can be read. */
function outputsOf({ kind, config }: StoredStep): readonly StepOutput[] {
  const type = findStepType(kind);
  const parsed = type?.config.safeParse(config);
  return type !== undefined && parsed?.success === true ? type.outputs(parsed.data) : [];
}

const isSameEdge = (a: Edge, b: Edge) => a.from === b.from && a.output === b.output && a.to === b.to;

function isEqual(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

const longest = 160;

function show(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
