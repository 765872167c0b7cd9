import { isDeepStrictEqual } from "node:util";
import { type Change, compareFlows } from "../steps/compare-flows.ts";
import type { BotFile } from "../store/bot-file.ts";

/** One thing of a bot that is otherwise in the files. */
export interface BotChange {
  readonly kind: "added" | "changed" | "removed";
  /** What it is, and what it is called: `flow main (Welcome)`. */
  readonly what: string;
  /** What of it is otherwise, a sentence each. */
  readonly details: readonly string[];
}

/**
 * What importing `wanted` changes of a bot that is `current`. `published`: refs of the flows whose published version is what the files say. Tags, labels,
 * fields and sales plans that only the workspace has are not told of: they stay.
 */
export function compareBots(
  current: BotFile,
  wanted: BotFile,
  { publish, published }: { readonly publish: boolean; readonly published: ReadonlySet<string> },
): readonly BotChange[] {
  const ofBot = { noun: "", keep: false };
  const named = (noun: string) => ({ ...ofBot, noun, keep: true });
  return [
    ...(current.name === wanted.name
      ? []
      : [{ kind: "changed" as const, what: "the bot", details: [`name: ${current.name} → ${wanted.name}`] }]),
    ...compareFlowLists(current, wanted, { publish, published }),
    ...compareLists(byRef(current.sequences), byRef(wanted.sequences), { ...ofBot, noun: "sequence" }),
    ...compareLists(byRef(current.entryLinks), byRef(wanted.entryLinks), { ...ofBot, noun: "entry link" }),
    ...compareLists(byKey(current.variables), byKey(withValues(current, wanted)), { ...ofBot, noun: "variable" }),
    ...compareLists(byKey(current.fields), byKey(wanted.fields), named("field")),
    ...compareLists(byName(current.tags), byName(wanted.tags), named("tag")),
    ...compareLists(byName(current.labels), byName(wanted.labels), named("label")),
    ...comparePlans(current.salesPlans, wanted.salesPlans),
  ];
}

/** A variable without a value in the files keeps the one it has. */
function withValues(current: BotFile, { variables }: BotFile): BotFile["variables"] {
  const values = new Map(current.variables.map(({ key, value }) => [key, value]));
  return variables.map((variable) => {
    const value = variable.value ?? values.get(variable.key);
    return value === undefined ? variable : { ...variable, value };
  });
}

type Things = ReadonlyMap<string, Readonly<Record<string, unknown>>>;
const byRef = (list: readonly { readonly ref: string }[]): Things => new Map(list.map((one) => [one.ref, { ...one }]));
const byKey = (list: readonly { readonly key: string }[]): Things => new Map(list.map((one) => [one.key, { ...one }]));
const byName = (list: readonly string[]): Things => new Map(list.map((name) => [name, {}]));

function compareLists(
  current: Things,
  wanted: Things,
  { noun, keep }: { readonly noun: string; readonly keep: boolean },
): BotChange[] {
  const titled = (id: string, { name }: Readonly<Record<string, unknown>>) =>
    `${noun} ${id}${typeof name === "string" ? ` (${name})` : ""}`;
  const changes: BotChange[] = [];
  for (const [id, thing] of wanted) {
    const old = current.get(id);
    if (old === undefined) changes.push({ kind: "added", what: titled(id, thing), details: [] });
    else if (!isDeepStrictEqual(plain(old), plain(thing))) {
      changes.push({ kind: "changed", what: titled(id, old), details: compareKeys(old, thing) });
    }
  }
  const gone = keep ? [] : [...current].filter(([id]) => !wanted.has(id));
  return [
    ...changes,
    ...gone.map(([id, thing]) => ({ kind: "removed" as const, what: titled(id, thing), details: [] })),
  ];
}

const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;

function compareKeys(old: Readonly<Record<string, unknown>>, now: Readonly<Record<string, unknown>>): string[] {
  const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return keys
    .filter((key) => !isDeepStrictEqual(old[key], now[key]))
    .map((key) => `${key}: ${show(old[key])} → ${show(now[key])}`);
}

const show = (value: unknown) =>
  value === undefined ? "nothing" : typeof value === "string" ? value : JSON.stringify(value);

function compareFlowLists(
  current: BotFile,
  wanted: BotFile,
  { publish, published }: { readonly publish: boolean; readonly published: ReadonlySet<string> },
): BotChange[] {
  const old = new Map(current.flows.map((flow) => [flow.ref, flow]));
  const refs = new Set(wanted.flows.map(({ ref }) => ref));
  const changes = wanted.flows.flatMap((flow): BotChange[] => {
    const { ref, isPublished, ...document } = flow;
    const what = `flow ${ref} (${flow.name})`;
    const known = old.get(ref);
    const goesLive = publish && isPublished && !published.has(ref) ? ["it is published"] : [];
    if (known === undefined) return [{ kind: "added", what, details: [...describeSize(document.steps), ...goesLive] }];
    const { ref: _ref, isPublished: wasPublished, ...before } = known;
    const isSame = isDeepStrictEqual(plain(before), plain(document));
    const told = isSame ? [] : compareFlows(before, document).map(describeChange);
    const goesDown = publish && !isPublished && wasPublished ? ["it is taken out of service"] : [];
    const order = isSame || told.length > 0 ? [] : ["the order of what it is made of"];
    const details = [...told, ...order, ...goesLive, ...goesDown];
    return details.length === 0 ? [] : [{ kind: "changed", what, details }];
  });
  const gone = current.flows.filter(({ ref }) => !refs.has(ref));
  return [
    ...changes,
    ...gone.map(({ ref, name }) => ({ kind: "removed" as const, what: `flow ${ref} (${name})`, details: [] })),
  ];
}

const describeSize = (steps: readonly unknown[]) => [`${steps.length} ${steps.length === 1 ? "step" : "steps"}`];

/** What the workspace lacks is added; what it has of a plan stays. */
function comparePlans(current: BotFile["salesPlans"], wanted: BotFile["salesPlans"]): BotChange[] {
  const there = new Map(current.map((plan) => [plan.ref, plan]));
  return wanted.flatMap((plan): BotChange[] => {
    const what = `sales plan ${plan.ref} (${plan.name})`;
    const known = there.get(plan.ref);
    if (known === undefined) return [{ kind: "added", what, details: [] }];
    const lacking = plan.statuses.filter(({ ref }) => known.statuses.every((status) => status.ref !== ref));
    const details = lacking.map(({ ref, name }) => `status added: ${name} (${ref})`);
    return details.length === 0 ? [] : [{ kind: "changed", what, details }];
  });
}

function describeChange(change: Change): string {
  switch (change.kind) {
    case "setting_of_flow":
      return `${change.setting}: ${change.from || "nothing"} → ${change.to || "nothing"}`;
    case "step_added":
    case "step_removed":
      return `step ${change.kind === "step_added" ? "added" : "removed"}: ${change.step}`;
    case "step_replaced":
      return `step ${change.step}: was a ${change.from}, is a ${change.to}`;
    case "step_renamed":
      return `step ${change.step}: name: ${change.from || "none"} → ${change.to || "none"}`;
    case "setting_changed":
      return `step ${change.step}: ${change.setting}: ${change.from} → ${change.to}`;
    case "setting_added":
    case "setting_removed":
      return `step ${change.step}: ${change.setting} ${change.kind === "setting_added" ? "added" : "removed"}: ${change.value}`;
    case "edge_added":
    case "edge_removed":
      return `way ${change.kind === "edge_added" ? "added" : "removed"}: ${change.from} → ${change.output} → ${change.to}`;
    case "trigger_added":
    case "trigger_removed":
      return `trigger ${change.kind === "trigger_added" ? "added" : "removed"}: ${change.trigger}`;
    case "steps_moved":
      return `${change.count} steps moved on the canvas`;
  }
}

const signs = { added: "+", changed: "~", removed: "-" } as const;

/** A line a change, with its details below; what goes is said to go, or to stay until somebody prunes. */
export function renderChanges(
  changes: readonly BotChange[],
  { prune }: { readonly prune: boolean },
): readonly string[] {
  return changes.flatMap(({ kind, what, details }) => [
    `  ${signs[kind]} ${what}${kind === "removed" && !prune ? ": not in the folder; deleted only with --prune" : ""}`,
    ...details.map((detail) => `      ${detail.replaceAll("\n", " ⏎ ")}`),
  ]);
}
