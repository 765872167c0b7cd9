import { Button, useComputedColorScheme } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import {
  Background,
  type Connection,
  Controls,
  type FinalConnectionState,
  type NodeChange,
  type OnEdgesChange,
  type OnNodesChange,
  type OnReconnect,
  Panel,
  Position,
  ReactFlow,
  SelectionMode,
} from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import { useCallback, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { StepNumbersBody } from "../../../src/http/contract/flows.ts";
import type { Edge, FlowDocument } from "../../../src/model/flow.ts";
import type { Trail } from "../simulator/trail.ts";
import { boxHeight, headHeight, outputHeight, boxWidth as width } from "./box-size.ts";
import { useCatalogue } from "./catalogue.ts";
import { connect, disconnect, moveSteps, type Place, reconnect, removeSteps } from "./document.ts";
import { findEnds } from "./ends.ts";
import { FlowMap } from "./flow-map.tsx";
import type { FlowProblem } from "./flow-types.ts";
import { pickLines, toEdge, useLines } from "./lines.ts";
import { type Look, lookOf } from "./look.ts";
import { openingOf } from "./opening.ts";
import { StartNode, type StartNodeType } from "./start-node.tsx";
import { beginAt, startId } from "./starts.ts";
import { StepNode, type StepNodeType } from "./step-node.tsx";
import { useCanvasLabels } from "./use-canvas-labels.ts";
import type { Selection } from "./use-selection.ts";
import { type Starting, useStartLine, useStartNode } from "./use-start-node.ts";

export type CanvasNode = StepNodeType | StartNodeType;
const nodeTypes = { step: StepNode, start: StartNode };
const nothing: readonly never[] = [];

interface Size {
  readonly width: number;
  readonly height: number;
}

/** What the canvas tells of its boxes at once, by what it is. */
function sortChanges(changes: readonly NodeChange<CanvasNode>[]) {
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

interface CanvasProps {
  readonly document: FlowDocument;
  readonly problems: readonly FlowProblem[];
  readonly trail: Trail | undefined;
  /** By step; absent: none are shown. */
  readonly numbers: ReadonlyMap<string, StepNumbersBody> | undefined;
  readonly starting: Starting;
  readonly selection: Selection;
  readonly onEdit: (make: (document: FlowDocument) => FlowDocument, mark?: string) => void;
  /** A line was let go where nothing is. */
  readonly onOffer: (offer: Offer) => void;
}

/** Where a new step is asked for, and after which output. */
export interface Offer {
  readonly from: string;
  readonly output: string;
  /** On the page, in pixels. */
  readonly x: number;
  readonly y: number;
}

/** The drawing: boxes and lines of the document; what is done to them goes back into it. */
export function Canvas({ document, problems, trail, numbers, starting, selection, onEdit, onOffer }: CanvasProps) {
  const { t } = useTranslation();
  const colorMode = useComputedColorScheme("light");
  const labels = useCanvasLabels();
  // While boxes are dragged they move here alone; the document hears of it when they are let go.
  const [dragged, setDragged] = useState<ReadonlyMap<string, Place>>(new Map());
  const [sizes, setSizes] = useState<ReadonlyMap<string, Size>>(new Map());
  const { steps: selected, lines: picked, setSteps, setLines } = selection;
  const isLarge = document.steps.length > 100;
  const [opening] = useState(() => openingOf(document, sizeOfCanvas()));
  const steps = useNodes({ document, problems, trail, numbers, selected }, dragged, sizes);
  const start = useStartNode(document, { problems, starting, steps, measured: sizes.get(startId) });
  const nodes = useMemo((): CanvasNode[] => [start, ...steps], [start, steps]);
  const lines = useLines(document, { trail, picked, isLarge });
  const startLine = useStartLine(document);
  const edges = useMemo(() => (startLine === undefined ? lines : [startLine, ...lines]), [startLine, lines]);
  const chosenLines = lines.filter((line) => line.selected === true);

  const onNodesChange: OnNodesChange<CanvasNode> = useCallback(
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
      setSteps(new Set([...stays, ...comes]));
    },
    [onEdit, setSteps, selected],
  );
  const onEdgesChange: OnEdgesChange = useCallback((changes) => setLines((old) => pickLines(old, changes)), [setLines]);
  const onConnect = useCallback((connection: Connection) => onEdit((old) => draw(old, toEdge(connection))), [onEdit]);
  const isReconnecting = useRef(false);
  const onReconnect: OnReconnect = useCallback(
    (line, connection) => onEdit((old) => redraw(old, toEdge(line), toEdge(connection))),
    [onEdit],
  );
  const onConnectEnd = useCallback(
    (event: MouseEvent | TouchEvent, { toHandle, fromNode, fromHandle }: FinalConnectionState) => {
      if (isReconnecting.current || toHandle !== null || fromNode === null || fromHandle?.type !== "source") return;
      const output = fromHandle.id ?? "next";
      const { clientX: x, clientY: y } = "changedTouches" in event ? (event.changedTouches[0] ?? noPoint) : event;
      const under = window.document.elementFromPoint(x, y);
      const box = under?.closest<HTMLElement>(".react-flow__node")?.dataset.id;
      if (box === fromNode.id || box === startId) return;
      // On a box, though not on its point: it is clear what is meant.
      if (box !== undefined) onEdit((old) => draw(old, { from: fromNode.id, output, to: box }));
      else if (under?.closest(".react-flow__pane") != null) onOffer({ from: fromNode.id, output, x, y });
    },
    [onEdit, onOffer],
  );
  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      colorMode={colorMode}
      onNodesChange={onNodesChange}
      onEdgesChange={onEdgesChange}
      onConnect={onConnect}
      onConnectEnd={onConnectEnd}
      onReconnectStart={() => {
        isReconnecting.current = true;
      }}
      onReconnect={onReconnect}
      onReconnectEnd={(_event, line, _end, { toHandle }) => {
        isReconnecting.current = false;
        // Taken off and let go: undo brings it back. The first step is always one.
        if (toHandle === null && line.id !== startId) onEdit((old) => disconnect(old, [toEdge(line)]));
      }}
      onDelete={({ nodes: gone, edges: cut }) =>
        onEdit((old) => {
          const cutOff = disconnect(old, cut.map(toEdge));
          return removeSteps(cutOff, new Set(gone.map(({ id }) => id)));
        })
      }
      deleteKeyCode={deleteKeys}
      selectionMode={SelectionMode.Partial}
      selectionKeyCode="Shift"
      multiSelectionKeyCode={multiSelectionKeys}
      snapToGrid
      snapGrid={snapGrid}
      minZoom={0.1}
      maxZoom={2}
      fitView={opening === undefined}
      defaultViewport={opening ?? noViewport}
      fitViewOptions={fitViewOptions}
      onlyRenderVisibleElements={isLarge}
      aria-label={t("builder.canvas")}
      ariaLabelConfig={labels}
    >
      <Background gap={20} />
      <Controls position="bottom-left" />
      <FlowMap nodes={nodes} />
      {chosenLines.length > 0 && selected.size === 0 ? (
        <Panel position="top-center">
          <Button
            size="xs"
            variant="default"
            leftSection={<IconTrash size={14} />}
            onClick={() => onEdit((old) => disconnect(old, chosenLines.map(toEdge)))}
          >
            {t("shortcuts.remove")}
          </Button>
        </Panel>
      ) : null}
    </ReactFlow>
  );
}

/** A line from what starts the flow says which step comes first; it has one. */
function draw(document: FlowDocument, edge: Edge): FlowDocument {
  return edge.from === startId ? beginAt(document, edge.to) : connect(document, edge);
}

function redraw(document: FlowDocument, edge: Edge, now: Edge): FlowDocument {
  if (edge.from === startId) return beginAt(document, now.to);
  return now.from === startId ? document : reconnect(document, edge, now);
}

const deleteKeys = ["Delete", "Backspace"];
const multiSelectionKeys = ["Shift", "Meta", "Control"];
const snapGrid: [number, number] = [10, 10];
const fitViewOptions = { maxZoom: 1, padding: 0.15 };

const noPoint = { clientX: 0, clientY: 0 };
const noViewport = { x: 0, y: 0, zoom: 1 };

/** What the menu, the head and the toolbar leave of the window, about: the canvas is not drawn yet. */
function sizeOfCanvas(): Size {
  const { innerWidth, innerHeight } = window;
  return { width: innerWidth > 768 ? innerWidth - 220 : innerWidth, height: innerHeight - 114 };
}

const handleSize = 12;

/** About how large a box will be and where its lines begin: what is out of sight need not be drawn to be measured. */
function guessSize({ outputs }: Look): Pick<StepNodeType, "initialWidth" | "initialHeight" | "handles"> {
  const height = boxHeight(outputs.length);
  const size = { width: handleSize, height: handleSize };
  return {
    initialWidth: width,
    initialHeight: height,
    handles: [
      { type: "target", position: Position.Left, x: -handleSize / 2, y: (height - handleSize) / 2, ...size },
      ...outputs.map(({ name: id }, index) => ({
        id,
        type: "source" as const,
        position: Position.Right,
        x: width - handleSize / 2,
        y: headHeight + outputHeight * index + handleSize / 2,
        ...size,
      })),
    ],
  };
}

/** By step. A step's list stays the same one as long as it says the same: what is wrong elsewhere is no reason to draw a box anew. */
function useProblemsOf(problems: readonly FlowProblem[]): ReadonlyMap<string | undefined, readonly FlowProblem[]> {
  const before = useRef<ReadonlyMap<string | undefined, readonly FlowProblem[]>>(new Map());
  return useMemo(() => {
    const now = Map.groupBy<string | undefined, FlowProblem>(problems, ({ step }) => step);
    const kept = Array.from(now, ([step, own]) => {
      const old = before.current.get(step);
      return [step, old !== undefined && saysTheSame(old, own) ? old : own] as const;
    });
    before.current = new Map(kept);
    return before.current;
  }, [problems]);
}

function saysTheSame(a: readonly FlowProblem[], b: readonly FlowProblem[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ severity, message }, index) => severity === b[index]?.severity && message === b[index]?.message)
  );
}

/** The guess gives way to what was measured: from then on lines begin where the outputs are. */
function sizeOf(look: Look, measured: Size | undefined): Partial<StepNodeType> {
  return measured === undefined ? guessSize(look) : { measured };
}

/** A box stays the same object as long as nothing about it has changed: of 500 only those are drawn anew that have. */
function useNodes(
  {
    document,
    problems,
    trail,
    numbers,
    selected,
  }: Pick<CanvasProps, "document" | "problems" | "trail" | "numbers"> & { readonly selected: ReadonlySet<string> },
  dragged: ReadonlyMap<string, Place>,
  sizes: ReadonlyMap<string, Size>,
): StepNodeType[] {
  const catalogue = useCatalogue();
  const problemsOf = useProblemsOf(problems);
  const linesOf = useMemo(() => Map.groupBy(document.edges, ({ from }) => from), [document.edges]);
  const before = useRef(new Map<string, { readonly parts: readonly unknown[]; readonly node: StepNodeType }>());
  return useMemo(() => {
    const now = new Map<string, { readonly parts: readonly unknown[]; readonly node: StepNodeType }>();
    const nodes = document.steps.map((step): StepNodeType => {
      const { ref } = step;
      const at = dragged.get(ref);
      const measured = sizes.get(ref);
      const own = problemsOf.get(ref) ?? nothing;
      const isStart = document.start === ref;
      const walked = trail?.here.has(ref) === true ? "here" : trail?.steps.has(ref) === true ? "walked" : undefined;
      const counted = numbers === undefined ? undefined : (numbers.get(ref) ?? null);
      const ends = findEnds(step, linesOf.get(ref) ?? []);
      const parts = [step, catalogue, at, measured, own, isStart, walked, counted, ends.join(" "), selected.has(ref)];
      const old = before.current.get(ref);
      const node: StepNodeType =
        old?.parts.every((part, index) => part === parts[index]) === true
          ? old.node
          : {
              id: ref,
              type: "step",
              ...sizeOf(lookOf(step, catalogue), measured),
              position: at ?? step.at ?? { x: 0, y: 0 },
              selected: selected.has(ref),
              data: { ...lookOf(step, catalogue), ends, isStart, problems: own, trail: walked, numbers: counted },
            };
      now.set(ref, { parts, node });
      return node;
    });
    before.current = now;
    return nodes;
  }, [document.steps, document.start, catalogue, dragged, selected, problemsOf, linesOf, sizes, trail, numbers]);
}
