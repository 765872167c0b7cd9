import type { Edge, FlowDocument, StoredStep } from "../../../src/model/flow.ts";

/** Where a step is drawn, in the canvas's own units. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** What was cut or copied: steps with the edges between them. Goes from one flow to another as text. */
export interface Piece {
  readonly steps: readonly StoredStep[];
  readonly edges: readonly Edge[];
}

const alphabet = "abcdefghijkmnpqrstuvwxyz23456789";

/** A new ref: a letter and then some of 32 characters that nobody mistakes for one another. */
export function createRef(random: () => number = Math.random, length = 6): string {
  const pick = (size: number) => alphabet[Math.floor(random() * size)] ?? "a";
  return pick(24) + Array.from({ length: length - 1 }, () => pick(32)).join("");
}

/** Adds a step; the first of a flow becomes its start. With `after`, it is connected to that output. */
export function addStep(
  document: FlowDocument,
  step: StoredStep,
  after?: { readonly from: string; readonly output: string },
): FlowDocument {
  const added = { ...document, steps: [...document.steps, step], start: document.start ?? step.ref };
  return after === undefined ? added : connect(added, { ...after, to: step.ref });
}

export function changeStep(
  document: FlowDocument,
  ref: string,
  change: Partial<Omit<StoredStep, "ref">>,
): FlowDocument {
  const steps = document.steps.map((step) => (step.ref === ref ? { ...step, ...change } : step));
  return { ...document, steps };
}

export function moveSteps(document: FlowDocument, places: ReadonlyMap<string, Place>): FlowDocument {
  const steps = document.steps.map((step) => {
    const at = places.get(step.ref);
    return at === undefined ? step : { ...step, at: { x: Math.round(at.x), y: Math.round(at.y) } };
  });
  return { ...document, steps };
}

/** Without them, their edges, and triggers that lead to them; where the start went, the first that is left becomes it. */
export function removeSteps(document: FlowDocument, refs: ReadonlySet<string>): FlowDocument {
  const steps = document.steps.filter(({ ref }) => !refs.has(ref));
  const { start: _start, ...rest } = document;
  const start = document.start !== undefined && refs.has(document.start) ? steps[0]?.ref : document.start;
  return {
    ...rest,
    ...(start === undefined ? {} : { start }),
    steps,
    edges: document.edges.filter(({ from, to }) => !refs.has(from) && !refs.has(to)),
    triggers: document.triggers.map((trigger) => {
      if (trigger.step === undefined || !refs.has(trigger.step)) return trigger;
      const { step: _step, ...kept } = trigger;
      return kept as typeof trigger;
    }),
  };
}

export function isSameEdge(a: Edge, b: Edge): boolean {
  return a.from === b.from && a.output === b.output && a.to === b.to;
}

/** An edge that is there already stays the one it is. */
export function connect(document: FlowDocument, edge: Edge): FlowDocument {
  return document.edges.some((other) => isSameEdge(other, edge))
    ? document
    : { ...document, edges: [...document.edges, edge] };
}

/** The edge with another beginning or end, in its place. */
export function reconnect(document: FlowDocument, edge: Edge, now: Edge): FlowDocument {
  if (isSameEdge(edge, now)) return document;
  if (document.edges.some((other) => isSameEdge(other, now))) return disconnect(document, [edge]);
  return { ...document, edges: document.edges.map((other) => (isSameEdge(other, edge) ? now : other)) };
}

export function disconnect(document: FlowDocument, edges: readonly Edge[]): FlowDocument {
  return { ...document, edges: document.edges.filter((edge) => !edges.some((gone) => isSameEdge(edge, gone))) };
}

/** Edges whose output the step no longer has: a button was deleted. */
export function dropLostOutputs(document: FlowDocument, ref: string, outputs: readonly string[]): FlowDocument {
  const edges = document.edges.filter(
    ({ from, output }) => from !== ref || output === "error" || outputs.includes(output),
  );
  return edges.length === document.edges.length ? document : { ...document, edges };
}

export function copyPiece(document: FlowDocument, refs: ReadonlySet<string>): Piece {
  return {
    steps: document.steps.filter(({ ref }) => refs.has(ref)),
    edges: document.edges.filter(({ from, to }) => refs.has(from) && refs.has(to)),
  };
}

/** Puts a piece in with refs of its own, moved by `by`. Answers the new refs too, to be selected. */
export function paste(
  document: FlowDocument,
  piece: Piece,
  by: Place,
  random: () => number = Math.random,
): { readonly document: FlowDocument; readonly refs: ReadonlySet<string> } {
  const taken = new Set(document.steps.map(({ ref }) => ref));
  const names = new Map<string, string>();
  for (const { ref } of piece.steps) {
    let fresh = createRef(random);
    while (taken.has(fresh)) fresh = createRef(random);
    taken.add(fresh);
    names.set(ref, fresh);
  }
  const nameOf = (ref: string) => names.get(ref) ?? ref;
  const steps = piece.steps.map((step) => ({
    ...step,
    ref: nameOf(step.ref),
    at: { x: (step.at?.x ?? 0) + by.x, y: (step.at?.y ?? 0) + by.y },
  }));
  const edges = piece.edges.map((edge) => ({ ...edge, from: nameOf(edge.from), to: nameOf(edge.to) }));
  const [first] = steps;
  const start = document.start ?? first?.ref;
  return {
    document: {
      ...document,
      ...(start === undefined ? {} : { start }),
      steps: [...document.steps, ...steps],
      edges: [...document.edges, ...edges],
    },
    refs: new Set(names.values()),
  };
}

/** Text of the clipboard as a piece; undefined: it is none. */
export function readPiece(text: string): Piece | undefined {
  try {
    const parsed = JSON.parse(text) as { readonly repartee?: Piece };
    const piece = parsed.repartee;
    return Array.isArray(piece?.steps) && Array.isArray(piece.edges) ? piece : undefined;
  } catch {
    return undefined;
  }
}

export function writePiece(piece: Piece): string {
  return JSON.stringify({ repartee: piece });
}

const columnWidth = 340;
/** Between two boxes of a column. */
const rowGap = 40;

/**
 * Lays steps out from left to right by their distance from the start, each column from top to bottom. `heightOf`: how high a step's box is. With
 * `onlyMissing`, steps that have a place keep it.
 */
export function layOut(
  document: FlowDocument,
  heightOf: (step: StoredStep) => number,
  { onlyMissing = false } = {},
): FlowDocument {
  const depths = measureDepths(document);
  const bottoms = new Map<number, number>();
  const lowest = Math.max(0, ...[...depths.values()]);
  const places = new Map<string, Place>();
  for (const step of document.steps) {
    const { ref, at } = step;
    if (onlyMissing && at !== undefined) continue;
    const column = depths.get(ref) ?? lowest + 1;
    const y = bottoms.get(column) ?? 0;
    bottoms.set(column, Math.ceil((y + heightOf(step) + rowGap) / 10) * 10);
    places.set(ref, { x: column * columnWidth, y });
  }
  return places.size === 0 ? document : moveSteps(document, places);
}

/** Steps from the start (and from where triggers enter), by breadth. */
function measureDepths({ start, triggers, steps, edges }: FlowDocument): ReadonlyMap<string, number> {
  const next = Map.groupBy(edges, ({ from }) => from);
  const known = new Set(steps.map(({ ref }) => ref));
  const depths = new Map<string, number>();
  const queue = [start, ...triggers.map(({ step }) => step)].filter((ref) => ref !== undefined && known.has(ref));
  for (const ref of queue) if (ref !== undefined) depths.set(ref, 0);
  for (let index = 0; index < queue.length; index += 1) {
    const ref = queue[index];
    if (ref === undefined) continue;
    for (const { to } of next.get(ref) ?? []) {
      if (depths.has(to) || !known.has(to)) continue;
      depths.set(to, (depths.get(ref) ?? 0) + 1);
      queue.push(to);
    }
  }
  return depths;
}
