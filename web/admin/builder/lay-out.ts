import dagre from "@dagrejs/dagre";
import type { FlowDocument } from "../../../src/model/flow.ts";
import { moveSteps, type Place } from "./document.ts";
import { startId } from "./starts.ts";

const width = 250;
/** A box's head and summary, and a line for each output. */
const headHeight = 100;
const outputHeight = 30;

/** Lays all steps out from left to right along the edges, with as few crossings as can be had quickly. */
export function arrange(document: FlowDocument, countOutputs: (ref: string) => number): FlowDocument {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 40, ranksep: 90 });
  graph.setDefaultEdgeLabel(() => ({}));
  const heights = new Map(document.steps.map(({ ref }) => [ref, headHeight + outputHeight * countOutputs(ref)]));
  for (const [ref, height] of heights) graph.setNode(ref, { width, height });
  // The box before the first step is drawn left of it, whatever leads back there: it gets its room.
  if (document.start !== undefined && heights.has(document.start)) {
    graph.setNode(startId, { width, height: headHeight + outputHeight });
    graph.setEdge(startId, document.start, { weight: 2 }, startId);
  }
  for (const { from, output, to } of document.edges) {
    if (heights.has(from) && heights.has(to)) graph.setEdge(from, to, {}, output);
  }
  dagre.layout(graph);
  const places = new Map<string, Place>();
  for (const [ref, height] of heights) {
    const { x = 0, y = 0 } = graph.node(ref) as { readonly x?: number; readonly y?: number };
    // On the grid; dagre names middles, the canvas corners.
    places.set(ref, { x: snap(x - width / 2), y: snap(y - height / 2) });
  }
  return moveSteps(document, places);
}

const grid = 10;

function snap(value: number): number {
  return Math.round(value / grid) * grid;
}
