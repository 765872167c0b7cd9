import type { Edge, FlowDocument, StoredStep, Trigger } from "../../../src/model/flow.ts";
import { isSameEdge } from "./document.ts";
import { findStepType, outputsOf } from "./step-kinds.ts";

/** One thing that is otherwise in the newer document. Steps are called as people see them. */
export type Change =
  | {
      readonly kind: "setting_of_flow";
      readonly setting: "name" | "description" | "start";
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

/** What became of `before` in `after`, in the order in which a person would tell it. */
export function compareFlows(before: FlowDocument, after: FlowDocument): readonly Change[] {
  const old = new Map(before.steps.map((step) => [step.ref, step]));
  const now = new Map(after.steps.map((step) => [step.ref, step]));
  const nameOf = (ref: string | undefined) => {
    const step = now.get(ref ?? "") ?? old.get(ref ?? "");
    return step === undefined ? (ref ?? "") : titleOf(step);
  };
  const ofFlow = (setting: "name" | "description" | "start", from = "", to = ""): Change[] =>
    from === to ? [] : [{ kind: "setting_of_flow", setting, from, to }];
  const moved = after.steps.filter(({ ref, at }) => old.has(ref) && !isEqual(at, old.get(ref)?.at)).length;
  return [
    ...ofFlow("name", before.name, after.name),
    ...ofFlow("description", before.description, after.description),
    ...(before.start === after.start ? [] : ofFlow("start", nameOf(before.start), nameOf(after.start))),
    ...compareTriggers(before.triggers, after.triggers),
    ...after.steps
      .filter(({ ref }) => !old.has(ref))
      .map((step): Change => ({ kind: "step_added", step: titleOf(step) })),
    ...before.steps
      .filter(({ ref }) => !now.has(ref))
      .map((step): Change => ({ kind: "step_removed", step: titleOf(step) })),
    ...after.steps.flatMap((step) => compareSteps(old.get(step.ref), step)),
    ...compareEdges("edge_added", after.edges, before.edges, now, nameOf),
    ...compareEdges("edge_removed", before.edges, after.edges, old, nameOf),
    ...(moved === 0 ? [] : [{ kind: "steps_moved", count: moved } as const]),
  ];
}

/** `Hello (k3x9ab)`: names may be there twice, refs not. */
function titleOf(step: StoredStep): string {
  return `${step.name ?? findStepType(step.kind)?.title ?? step.kind} (${step.ref})`;
}

function compareTriggers(before: readonly Trigger[], after: readonly Trigger[]): Change[] {
  const texts = (triggers: readonly Trigger[]) => triggers.map(describeTrigger);
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

function compareSteps(before: StoredStep | undefined, after: StoredStep): Change[] {
  if (before === undefined || before === after) return [];
  const step = titleOf(after);
  const renamed: Change[] =
    before.name === after.name ? [] : [{ kind: "step_renamed", step, from: before.name ?? "", to: after.name ?? "" }];
  if (before.kind !== after.kind)
    return [...renamed, { kind: "step_replaced", step, from: before.kind, to: after.kind }];
  return [...renamed, ...compareValues(step, "", complete(before), complete(after))];
}

/** With the settings that a step has without their being written down. */
function complete({ kind, config }: StoredStep): unknown {
  const parsed = findStepType(kind)?.config.safeParse(config);
  return parsed?.success === true ? parsed.data : config;
}

function compareValues(step: string, setting: string, before: unknown, after: unknown): Change[] {
  if (isEqual(before, after)) return [];
  if (before === undefined) return [{ kind: "setting_added", step, setting, value: show(after) }];
  if (after === undefined) return [{ kind: "setting_removed", step, setting, value: show(before) }];
  const [old, now] = [partsOf(before), partsOf(after)];
  if (old === undefined || now === undefined) {
    return [{ kind: "setting_changed", step, setting, from: show(before), to: show(after) }];
  }
  const keys = new Set([...old.keys(), ...now.keys()]);
  return [...keys].flatMap((key) =>
    compareValues(step, setting === "" ? key : `${setting} › ${key}`, old.get(key), now.get(key)),
  );
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
  steps: ReadonlyMap<string, StoredStep>,
  nameOf: (ref: string) => string,
): Change[] {
  return edges
    .filter((edge) => !others.some((other) => isSameEdge(edge, other)))
    .map((edge) => {
      const step = steps.get(edge.from);
      const title = step && outputsOf(step).find(({ name }) => name === edge.output)?.title;
      return { kind, from: nameOf(edge.from), output: title ?? edge.output, to: nameOf(edge.to) };
    });
}

function isEqual(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

const longest = 160;

function show(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
