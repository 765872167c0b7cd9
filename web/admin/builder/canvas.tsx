import { useComputedColorScheme } from "@mantine/core";
import {
  Background,
  type Edge as CanvasEdge,
  type Connection,
  Controls,
  MiniMap,
  type NodeChange,
  type OnNodesChange,
  ReactFlow,
  SelectionMode,
} from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Edge, FlowDocument } from "../../../src/model/flow.ts";
import type { FlowProblem } from "./builder-page.tsx";
import { connect, disconnect, moveSteps, type Place, removeSteps } from "./document.ts";
import { findStepType, outputsOf, summarize } from "./step-kinds.ts";
import { StepNode, type StepNodeType } from "./step-node.tsx";

const nodeTypes = { step: StepNode };

function toEdgeId({ from, output, to }: Edge): string {
  return `${from} ${output} ${to}`;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** What the canvas tells of its boxes at once, by what it is. */
function sortChanges(changes: readonly NodeChange<StepNodeType>[]) {
  const places = new Map<string, Place>();
  const measured = new Map<string, Size>();
  const picked = new Map<string, boolean>();
  let isDragging = false;
  for (const change of changes) {
    if (change.type === "position" && change.position !== undefined) {
      places.set(change.id, change.position);
      isDragging ||= change.dragging === true;
    } else if (change.type === "dimensions" && change.dimensions !== undefined)
      measured.set(change.id, change.dimensions);
    else if (change.type === "select") picked.set(change.id, change.selected);
  }
  return { places, measured, picked, isDragging };
}

/** The drawing: boxes and lines of the document; what is done to them goes back into it. */
export function Canvas({
  document,
  problems,
  selected,
  onSelect,
  onEdit,
}: {
  readonly document: FlowDocument;
  readonly problems: readonly FlowProblem[];
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (refs: ReadonlySet<string>) => void;
  readonly onEdit: (make: (document: FlowDocument) => FlowDocument, mark?: string) => void;
}) {
  const { t } = useTranslation();
  const colorMode = useComputedColorScheme("light");
  // While boxes are dragged they move here alone; the document hears of it when they are let go.
  const [dragged, setDragged] = useState<ReadonlyMap<string, Place>>(new Map());
  const [sizes, setSizes] = useState<ReadonlyMap<string, Size>>(new Map());

  const problemsOf = useMemo(() => Map.groupBy(problems, ({ step }) => step), [problems]);
  const nodes = useMemo(
    () =>
      document.steps.map((step): StepNodeType => {
        const measured = sizes.get(step.ref);
        return {
          id: step.ref,
          type: "step",
          position: dragged.get(step.ref) ?? step.at ?? { x: 0, y: 0 },
          selected: selected.has(step.ref),
          ...(measured === undefined ? {} : { measured }),
          data: {
            kind: step.kind,
            title: step.name ?? findStepType(step.kind)?.title ?? step.kind,
            summary: summarize(step),
            outputs: outputsOf(step),
            isStart: document.start === step.ref,
            problems: problemsOf.get(step.ref) ?? [],
          },
        };
      }),
    [document.steps, document.start, dragged, selected, problemsOf, sizes],
  );
  const edges = useMemo(
    () =>
      document.edges.map(
        (edge): CanvasEdge => ({
          id: toEdgeId(edge),
          source: edge.from,
          sourceHandle: edge.output,
          target: edge.to,
          type: "smoothstep",
        }),
      ),
    [document.edges],
  );

  const onNodesChange: OnNodesChange<StepNodeType> = useCallback(
    (changes) => {
      const { places, isDragging, measured, picked } = sortChanges(changes);
      if (isDragging) setDragged(places);
      else if (places.size > 0) {
        setDragged(new Map());
        onEdit((old) => moveSteps(old, places));
      }
      if (measured.size > 0) setSizes((old) => new Map([...old, ...measured]));
      if (picked.size === 0) return;
      const stays = [...selected].filter((ref) => picked.get(ref) !== false);
      const comes = [...picked].filter(([, isIn]) => isIn).map(([ref]) => ref);
      onSelect(new Set([...stays, ...comes]));
    },
    [onEdit, onSelect, selected],
  );
  const onConnect = useCallback(
    ({ source, sourceHandle, target }: Connection) =>
      onEdit((old) => connect(old, { from: source, output: sourceHandle ?? "next", to: target })),
    [onEdit],
  );

  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      colorMode={colorMode}
      onNodesChange={onNodesChange}
      onConnect={onConnect}
      onDelete={({ nodes: gone, edges: cut }) =>
        onEdit((old) => {
          const lines = cut.map(({ source, sourceHandle, target }) => ({
            from: source,
            output: sourceHandle ?? "next",
            to: target,
          }));
          return removeSteps(disconnect(old, lines), new Set(gone.map(({ id }) => id)));
        })
      }
      deleteKeyCode={["Delete", "Backspace"]}
      selectionMode={SelectionMode.Partial}
      multiSelectionKeyCode={["Shift", "Meta", "Control"]}
      snapToGrid
      snapGrid={[10, 10]}
      minZoom={0.1}
      maxZoom={2}
      fitView
      fitViewOptions={{ maxZoom: 1, padding: 0.15 }}
      onlyRenderVisibleElements={document.steps.length > 100}
      aria-label={t("builder.canvas")}
    >
      <Background gap={20} />
      <Controls position="bottom-left" />
      <MiniMap pannable zoomable position="bottom-right" ariaLabel={t("builder.map")} />
    </ReactFlow>
  );
}
