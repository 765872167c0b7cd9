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
  trigger(kind: string): string;
  /** `owner`: the kind of step whose setting it is. */
  setting(owner: string, key: string): string;
}

const asStored: DifferenceWords = {
  nameOf: ({ name, kind }) => name ?? findStepType(kind)?.title ?? kind,
  output: ({ title }) => title,
  trigger: (kind) => kind.replaceAll("_", " "),
  setting: (_owner, key) => key,
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
  const texts = (triggers: readonly Trigger[]) => triggers.map((trigger) => describeTrigger(trigger, words));
  const [old, now] = [texts(before), texts(after)];
  return [
    ...now.filter((text) => !old.includes(text)).map((trigger): Change => ({ kind: "trigger_added", trigger })),
    ...old.filter((text) => !now.includes(text)).map((trigger): Change => ({ kind: "trigger_removed", trigger })),
  ];
}

/** `keyword: price, cost` */
function describeTrigger({ kind, ...rest }: Trigger, words: DifferenceWords): string {
  const values = Object.values(rest).filter((value) => value !== undefined && value !== false && value !== "");
  return [words.trigger(kind), values.map((value) => show(value)).join("; ")].filter(Boolean).join(": ");
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
  return [...renamed, ...compareValues({ step, setting: "", labelOf }, complete(before), complete(after))];
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
  labelOf(key: string): string;
}

function compareValues(place: Place, before: unknown, after: unknown): Change[] {
  const { step, setting, labelOf } = place;
  if (isEqual(before, after)) return [];
  if (before === undefined) return [{ kind: "setting_added", step, setting, value: show(after) }];
  if (after === undefined) return [{ kind: "setting_removed", step, setting, value: show(before) }];
  const [old, now] = [partsOf(before), partsOf(after)];
  if (old === undefined || now === undefined) {
    return [{ kind: "setting_changed", step, setting, from: show(before), to: show(after) }];
  }
  const keys = new Set([...old.keys(), ...now.keys()]);
  return [...keys].flatMap((key) => {
    const name = Array.isArray(after) ? key : labelOf(key);
    const inner = { ...place, setting: setting === "" ? name : `${setting} › ${name}` };
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
