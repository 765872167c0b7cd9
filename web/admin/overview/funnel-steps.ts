import type { FlowDocument } from "../../../src/model/flow.ts";

/** So many steps a funnel begins with. */
const atFirst = 4;

/** The first steps on the way from the flow's start: of several outputs the one that is drawn first. */
export function firstSteps({ start, steps, edges }: FlowDocument): string[] {
  const known = new Set(steps.map(({ ref }) => ref));
  const way: string[] = [];
  for (let ref = start; ref !== undefined && known.has(ref) && !way.includes(ref) && way.length < atFirst; ) {
    way.push(ref);
    const from = ref;
    ref = edges.find((edge) => edge.from === from && !way.includes(edge.to))?.to;
  }
  return way;
}
