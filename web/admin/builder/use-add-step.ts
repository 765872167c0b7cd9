import { useReactFlow } from "@xyflow/react";
import { boxHeight, heightOfBox, boxWidth as width } from "./box-size.ts";
import { addStep, createRef, type Place } from "./document.ts";
import { findFreePlace } from "./free-place.ts";
import { emptyValue } from "./json-schema.ts";
import { beginAt, startId } from "./starts.ts";
import { findFreeOutput, findStepType, schemaOf } from "./step-kinds.ts";
import type { DraftEditor } from "./use-draft.ts";

/** From one step's left side to that of the next. */
export const columnWidth = 340;

/** After which output a new step comes; `at`: where its left side is wanted. */
export interface Spot {
  readonly from: string;
  readonly output: string;
  readonly at: Place;
}

/**
 * Adds a step of a kind: at a spot that was pointed to; to the right of the selected one, connected to the output that comes next; or into the middle of
 * what is seen. What stands there already is not covered.
 */
export function useAddStep(
  { document, edit }: Pick<DraftEditor, "document" | "edit">,
  selected: ReadonlySet<string>,
  onAdd: (ref: string) => void,
): (kind: string, spot?: Spot) => void {
  const canvas = useReactFlow();
  return (kind, spot) => {
    const type = findStepType(kind);
    if (type === undefined) return;
    const [only] = selected.size === 1 ? selected : [];
    const before = spot === undefined ? document.steps.find(({ ref }) => ref === only) : undefined;
    const output = before === undefined ? undefined : findFreeOutput(before, document.edges);
    const after = before === undefined || output === undefined ? spot : { from: before.ref, output };
    const middle = canvas.screenToFlowPosition({ x: window.innerWidth / 2 - 100, y: window.innerHeight / 2 - 60 });
    const beside = before?.at === undefined ? middle : { x: before.at.x + columnWidth, y: before.at.y + 20 };
    const ref = createRef();
    const made = { ref, kind, config: emptyValue(schemaOf(type)) as Record<string, unknown> };
    // The box before the first step makes room by itself.
    const boxes = canvas.getNodes().filter(({ id }) => id !== startId);
    const taken = boxes.map(({ position, measured, initialWidth, initialHeight }) => ({
      ...position,
      width: measured?.width ?? initialWidth ?? width,
      height: measured?.height ?? initialHeight ?? boxHeight(2),
    }));
    const at = findFreePlace({ ...(spot?.at ?? beside), width, height: heightOfBox(made) }, taken);
    edit((old) => {
      if (after?.from === startId) return beginAt(addStep(old, { ...made, at }), ref);
      return addStep(
        old,
        { ...made, at },
        after === undefined ? undefined : { from: after.from, output: after.output },
      );
    });
    onAdd(ref);
    void canvas.setCenter(at.x + width / 2, at.y + 80, { zoom: Math.min(1, canvas.getZoom()), duration: 200 });
  };
}
