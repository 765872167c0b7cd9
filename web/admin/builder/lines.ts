import type { Edge as CanvasEdge, Connection, EdgeChange } from "@xyflow/react";
import { useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Edge, FlowDocument } from "../../../src/model/flow.ts";
import { type Trail, toOutputKey } from "../simulator/trail.ts";
import { useCatalogue } from "./catalogue.ts";
import { lookOf } from "./look.ts";

function toLineId({ from, output, to }: Edge): string {
  return `${from} ${output} ${to}`;
}

/** A line of the canvas, or one that is being drawn, as the document writes it. */
export function toEdge({
  source,
  sourceHandle,
  target,
}: Pick<Connection, "source" | "target"> & { sourceHandle?: string | null }): Edge {
  return { from: source, output: sourceHandle ?? "next", to: target };
}

/** The chosen lines after what the canvas tells of them. */
export function pickLines(picked: ReadonlySet<string>, changes: readonly EdgeChange[]): ReadonlySet<string> {
  const now = new Set(picked);
  for (const change of changes) {
    if (change.type === "select" && change.selected) now.add(change.id);
    else if (change.type === "select" || change.type === "remove") now.delete(change.id);
  }
  return now;
}

/** The document's edges as lines. One stays the same object as long as nothing about it has changed. */
export function useLines(
  { steps, edges }: FlowDocument,
  {
    trail,
    picked,
    isLarge,
  }: { readonly trail: Trail | undefined; readonly picked: ReadonlySet<string>; readonly isLarge: boolean },
): CanvasEdge[] {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const before = useRef(new Map<string, { readonly parts: readonly unknown[]; readonly line: CanvasEdge }>());
  return useMemo(() => {
    const byRef = new Map(steps.map((step) => [step.ref, step]));
    const titleOf = (ref: string) => {
      const step = byRef.get(ref);
      return step === undefined ? ref : lookOf(step, catalogue).title;
    };
    const now = new Map<string, { readonly parts: readonly unknown[]; readonly line: CanvasEdge }>();
    const lines = edges.map((edge): CanvasEdge => {
      const { from, output: name, to } = edge;
      const id = toLineId(edge);
      const source = byRef.get(from);
      const outputs = source === undefined ? [] : lookOf(source, catalogue).outputs;
      const output = outputs.find((one) => one.name === name)?.title ?? name;
      const names = { from: titleOf(from), output, to: titleOf(to) };
      const isWalked = trail?.outputs.has(toOutputKey(from, name)) === true;
      const parts = [t, names.from, output, names.to, isWalked, picked.has(id), isLarge];
      const old = before.current.get(id);
      const line: CanvasEdge =
        old?.parts.every((part, index) => part === parts[index]) === true
          ? old.line
          : {
              id,
              source: from,
              sourceHandle: name,
              target: to,
              type: "smoothstep",
              ariaLabel: t("builder.line", names),
              selected: picked.has(id),
              // Ends to take hold of are two more shapes a line: of hundreds, those of the chosen ones.
              reconnectable: !isLarge || picked.has(id),
              ...(isWalked ? { className: "walked", zIndex: 1 } : {}),
            };
      now.set(id, { parts, line });
      return line;
    });
    before.current = now;
    return lines;
  }, [steps, edges, trail, picked, isLarge, catalogue, t]);
}
