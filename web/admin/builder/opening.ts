import type { FlowDocument } from "../../../src/model/flow.ts";
import { startWidth } from "./use-start-node.ts";

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Smaller than this nobody reads what stands in a box. */
const leastZoom = 0.45;
/** What the canvas leaves free on all sides when it shows the whole. */
const padding = 0.15;
/** Of a box in the middle; the last ones reach so far beyond their place. */
const box: Size = { width: 250, height: 180 };
/** Between what starts the flow and its first step. */
const distance = 90;

/** What a flow opens at: the whole of it (undefined) where that can be read in a window of this size, else where it begins. */
export function openingOf(
  { start, steps }: Pick<FlowDocument, "start" | "steps">,
  window: Size,
): { readonly x: number; readonly y: number; readonly zoom: number } | undefined {
  const places = steps.map(({ at }) => ({ x: at?.x ?? 0, y: at?.y ?? 0 }));
  const span = (values: readonly number[], size: number) => Math.max(...values) - Math.min(...values) + size;
  if (places.length === 0) return undefined;
  const wide = span(
    places.map(({ x }) => x),
    box.width + startWidth + distance,
  );
  const high = span(
    places.map(({ y }) => y),
    box.height,
  );
  const whole = Math.min(window.width / wide, window.height / high) * (1 - padding);
  if (whole >= leastZoom) return undefined;
  const { x = 0, y = 0 } = steps.find(({ ref }) => ref === start)?.at ?? places[0] ?? {};
  const isNarrow = window.width < 600;
  const zoom = isNarrow ? 0.65 : 0.8;
  const margin = isNarrow ? 16 : 60;
  return { x: margin - (x - startWidth - distance) * zoom, y: (isNarrow ? 60 : 120) - y * zoom, zoom };
}
