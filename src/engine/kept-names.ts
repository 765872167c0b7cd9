import { parse } from "acorn";
import type { BotSnapshot } from "../model/world.ts";
import { decodeEntryPayload } from "./entry-payload.ts";

/** A step as far as it matters which values of the walk it leaves: as it is stored, or as it is prepared. */
interface Step {
  readonly kind: string;
  readonly config: unknown;
}

/**
 * Keys of the values that steps leave for later ones: answers and parts of answers that are kept in a variable, and what scripts name of `vars`. What a condition asks of the link that
 * somebody came by counts too: whoever asks knows that links bring it.
 */
export function findKeptNames(steps: Iterable<Step>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { kind, config } of steps) {
    seek(config, found);
    if (kind === "script") for (const name of namesInScript(config)) found.add(name);
  }
  return found;
}

/** Where steps and actions keep what they found; `variable` elsewhere is one of the bot's. */
function seek(value: unknown, found: Set<string>): void {
  if (typeof value !== "object" || value === null) return;
  const { subject, key: asked } = value as { readonly subject?: unknown; readonly key?: unknown };
  if (subject === "entry_variable" && typeof asked === "string" && asked !== "") found.add(asked);
  for (const [key, inner] of Object.entries(value)) {
    if (key === "saveTo" || key === "save") look(inner, found);
    else if (key !== "args") seek(inner, found);
  }
}

function look(value: unknown, found: Set<string>): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === "variable" && typeof inner === "string" && inner !== "") found.add(inner);
    else look(inner, found);
  }
}

/** Values with names that only show when the script runs: any may be there. */
export const anyName = "*";

const ofScripts = new Map<string, readonly string[]>();
const mostScripts = 500;

function namesInScript(config: unknown): readonly string[] {
  const { code } = (config ?? {}) as { readonly code?: unknown };
  if (typeof code !== "string") return [];
  const known = ofScripts.get(code);
  if (known !== undefined) return known;
  const names = new Set<string>();
  try {
    const options = { ecmaVersion: "latest", sourceType: "script", allowReturnOutsideFunction: true } as const;
    readNode(parse(code, options), names);
  } catch {
    // It is told elsewhere that this is no JavaScript; until it is, anything may come of it.
    names.add(anyName);
  }
  if (ofScripts.size >= mostScripts) ofScripts.clear();
  ofScripts.set(code, [...names]);
  return [...names];
}

interface Node {
  readonly type: string;
  readonly name?: string;
  readonly computed?: boolean;
  readonly object?: Node;
  readonly property?: Node;
  readonly value?: unknown;
}

/** `vars.price` and `vars["price"]` name one; `vars` by itself may come to be any. */
function readNode(value: unknown, names: Set<string>): void {
  if (Array.isArray(value)) for (const one of value) readNode(one, names);
  if (!isNode(value)) return;
  if (value.type === "MemberExpression" && isVars(value.object)) {
    names.add(nameOf(value) ?? anyName);
    if (value.computed === true) readNode(value.property, names);
    return;
  }
  if (isVars(value)) names.add(anyName);
  // A property that is called so is none of them: `order.vars`, `{ vars: 1 }`.
  const isPlainKey = value.computed === false;
  for (const [key, inner] of Object.entries(value)) {
    if (!(isPlainKey && (key === "property" || key === "key"))) readNode(inner, names);
  }
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
const isVars = (node: Node | undefined) => node?.type === "Identifier" && node.name === "vars";

function nameOf({ computed, property }: Node): string | undefined {
  if (computed !== true) return property?.name;
  return property?.type === "Literal" && typeof property.value === "string" ? property.value : undefined;
}

const ofFlows = new WeakMap<object, ReadonlySet<string>>();

/** What `vars.` may name besides what the flow's own steps keep: the bot's variables, what its entry links carry, and what its other flows keep, since a flow that starts another hands it all it has. */
export function findOuterNames(bot: BotSnapshot, ownId?: number): ReadonlySet<string> {
  const found = new Set([...bot.variableDefinitions.values()].map(({ key }) => key));
  for (const { data, payload = "" } of bot.entryLinks.values()) {
    const decoded = decodeEntryPayload(payload);
    const carried = "data" in decoded ? decoded.data.variables : undefined;
    for (const key of Object.keys({ ...data?.variables, ...carried })) found.add(key);
  }
  for (const flow of bot.flows.values()) {
    if (flow.id === ownId) continue;
    const kept = ofFlows.get(flow) ?? findKeptNames(flow.steps.values());
    ofFlows.set(flow, kept);
    for (const key of kept) found.add(key);
  }
  return found;
}
