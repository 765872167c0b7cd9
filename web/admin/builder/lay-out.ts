import dagre from "@dagrejs/dagre";
import type { FlowDocument } from "../../../src/model/flow.ts";
import { boxHeight, boxWidth as width } from "./box-size.ts";
import { moveSteps, type Place } from "./document.ts";
import { startId } from "./starts.ts";

/**
 * Lays all steps out from left to right along the edges, with as few crossings as can be had quickly. What one step leads to stands from top to bottom
 * as its outputs do. `outputsOf`: their names, in that order.
 */
export function arrange(document: FlowDocument, outputsOf: (ref: string) => readonly string[]): FlowDocument {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 40, ranksep: 90 });
  graph.setDefaultEdgeLabel(() => ({}));
  const heights = new Map(document.steps.map(({ ref }) => [ref, boxHeight(outputsOf(ref).length)]));
  for (const [ref, height] of heights) graph.setNode(ref, { width, height });
  // The box before the first step is drawn left of it, whatever leads back there: it gets its room.
  if (document.start !== undefined && heights.has(document.start)) {
    graph.setNode(startId, { width, height: boxHeight(1) });
    graph.setEdge(startId, document.start, { weight: 2 }, startId);
  }
  const edges = inOrder(document, outputsOf);
  for (const { from, output, to } of edges) {
    if (heights.has(from) && heights.has(to)) graph.setEdge(from, to, {}, output);
  }
  dagre.layout(graph, { constraints: keepOrder(edges) });
  const places = new Map<string, Place>();
  for (const [ref, height] of heights) {
    const { x = 0, y = 0 } = graph.node(ref) as { readonly x?: number; readonly y?: number };
    // On the grid; dagre names middles, the canvas corners.
    places.set(ref, { x: snap(x - width / 2), y: snap(y - height / 2) });
  }
  return moveSteps(document, places);
}

/** Edges as the canvas shows them: by step, and of each in the order of its outputs. */
function inOrder(
  { steps, edges }: FlowDocument,
  outputsOf: (ref: string) => readonly string[],
): readonly FlowDocument["edges"][number][] {
  return steps.flatMap(({ ref }) => {
    const names = outputsOf(ref);
    // What is no output by now, or is drawn nowhere, comes last.
    const rankOf = ({ output }: { readonly output: string }) =>
      names.includes(output) ? names.indexOf(output) : names.length;
    return edges.filter(({ from }) => from === ref).toSorted((one, other) => rankOf(one) - rankOf(other));
  });
}

/** Which step has to stay above which (`left`: dagre thinks from top to bottom), as far as one wish does not gainsay another. */
function keepOrder(edges: readonly FlowDocument["edges"][number][]): { left: string; right: string }[] {
  const targets = new Map<string, Set<string>>();
  for (const { from, to } of edges) targets.set(from, (targets.get(from) ?? new Set()).add(to));
  const below = new Map<string, string[]>();
  const isBelow = (ref: string, top: string) => {
    const open = [top];
    const seen = new Set<string>();
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (at === ref) return true;
      if (seen.has(at)) continue;
      seen.add(at);
      open.push(...(below.get(at) ?? []));
    }
    return false;
  };
  return [...targets.values()].flatMap((set) => {
    const refs = [...set];
    return refs.slice(1).flatMap((right, index) => {
      const left = refs[index] ?? right;
      if (isBelow(left, right)) return [];
      below.set(left, [...(below.get(left) ?? []), right]);
      return [{ left, right }];
    });
  });
}

const grid = 10;

function snap(value: number): number {
  return Math.round(value / grid) * grid;
}
