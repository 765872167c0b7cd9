import type { Place } from "./document.ts";

/** Where a box stands and how large it is, in the canvas's own units. */
export interface Area extends Place {
  readonly width: number;
  readonly height: number;
}

/** Between two boxes, at least. */
const gap = 30;

const isApart = (a: Area, b: Area): boolean =>
  a.x + a.width + gap <= b.x ||
  b.x + b.width + gap <= a.x ||
  a.y + a.height + gap <= b.y ||
  b.y + b.height + gap <= a.y;

/** The place itself where nothing stands there, else the nearest free one below or above it. */
export function findFreePlace(wanted: Area, taken: readonly Area[]): Place {
  const { x, y } = wanted;
  // Of hundreds of boxes, a few stand where it could come to stand.
  const inTheWay = taken.filter((area) => x < area.x + area.width + gap && area.x < x + wanted.width + gap);
  // Only right below and right above a box can be the nearest.
  const edges = inTheWay.flatMap((area) => [area.y + area.height + gap, area.y - wanted.height - gap]);
  const free = [y, ...edges].filter((top) => inTheWay.every((area) => isApart({ ...wanted, y: top }, area)));
  const [nearest = y] = free.toSorted((a, b) => cost(a - y) - cost(b - y));
  return { x, y: nearest };
}

/** What comes later is looked for below; above is better than very far below. */
const cost = (distance: number) => (distance < 0 ? -2 * distance : distance);
