import { type Edge as CanvasEdge, Position } from "@xyflow/react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { FlowDocument } from "../../../src/model/flow.ts";
import { useCatalogue } from "./catalogue.ts";
import type { Place } from "./document.ts";
import type { FlowProblem } from "./flow-types.ts";
import { type Area, findFreePlace } from "./free-place.ts";
import { lookOf } from "./look.ts";
import { mostLines, type StartNodeType } from "./start-node.tsx";
import { isOfStart, startId } from "./starts.ts";
import type { StepNodeType } from "./step-node.tsx";

/** As wide as a step's box. */
export const startWidth = 250;
/** Room for the line to the first step. */
const distance = 90;

export interface Starting {
  /** In words; absent: it is not known yet. */
  readonly lines: readonly string[] | undefined;
  readonly onOpen: () => void;
}

interface Parts {
  readonly problems: readonly FlowProblem[];
  readonly starting: Starting;
  readonly steps: readonly StepNodeType[];
  readonly measured: { readonly width: number; readonly height: number } | undefined;
}

/** The box before the first step. It is none of the document's: it stands left of wherever that step stands, and where no other is. */
export function useStartNode({ start }: FlowDocument, { problems, starting, steps, measured }: Parts): StartNodeType {
  const { lines, onOpen } = starting;
  const own = useMemo(() => problems.filter(isOfStart), [problems]);
  const data = useMemo(() => ({ lines, problems: own, onOpen }), [lines, own, onOpen]);
  const height = measured?.height ?? guessHeight(lines?.length ?? 1);
  const { x, y } = placeBefore(steps.find(({ id }) => id === start) ?? steps[0], { steps, height });
  return useMemo(
    () => ({
      id: startId,
      type: "start",
      position: { x, y },
      data,
      draggable: false,
      selectable: false,
      deletable: false,
      // The button in it is what the keyboard comes to.
      focusable: false,
      ...(measured === undefined
        ? { initialWidth: startWidth, initialHeight: height, handles: handlesOf(height) }
        : { measured }),
    }),
    [x, y, data, measured, height],
  );
}

const guessHeight = (lines: number) => 70 + 22 * Math.min(lines, mostLines + 1);

const handleSize = 12;
const handlesOf = (height: number) => [
  {
    id: "start",
    type: "source" as const,
    position: Position.Right,
    x: startWidth - handleSize / 2,
    y: (height - handleSize) / 2,
    width: handleSize,
    height: handleSize,
  },
];

const areaOf = ({ position, measured, initialWidth = 0, initialHeight = 0 }: StepNodeType): Area => ({
  ...position,
  width: measured?.width ?? initialWidth,
  height: measured?.height ?? initialHeight,
});

function placeBefore(
  first: StepNodeType | undefined,
  { steps, height }: { readonly steps: readonly StepNodeType[]; readonly height: number },
): Place {
  if (first === undefined) return { x: 0, y: 0 };
  const x = first.position.x - startWidth - distance;
  return findFreePlace({ x, y: first.position.y, width: startWidth, height }, steps.map(areaOf));
}

/** From that box to the step that comes first. Its end can be taken to another step, which then does. */
export function useStartLine({ start, steps }: FlowDocument): CanvasEdge | undefined {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const first = steps.find(({ ref }) => ref === start);
  const to = first === undefined ? undefined : lookOf(first, catalogue).title;
  return useMemo(
    () =>
      start === undefined || to === undefined
        ? undefined
        : {
            id: startId,
            source: startId,
            sourceHandle: "start",
            target: start,
            type: "smoothstep",
            className: "start-line",
            ariaLabel: t("starts.line", { to }),
            selectable: false,
            focusable: false,
            deletable: false,
            reconnectable: "target",
          },
    [start, to, t],
  );
}
