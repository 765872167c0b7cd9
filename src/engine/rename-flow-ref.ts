import type { FlowDocument } from "../model/flow.ts";

/** Replaces a flow's ref wherever a config names a flow: under the key `flow`, at any depth. */
export function renameFlowRef(document: FlowDocument, from: string, to: string): FlowDocument {
  const steps = document.steps.map((step) => ({
    ...step,
    config: replaceFlow(step.config, from, to) as Record<string, unknown>,
  }));
  return { ...document, steps };
}

function replaceFlow(value: unknown, from: string, to: string): unknown {
  if (Array.isArray(value)) return value.map((item) => replaceFlow(item, from, to));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === "flow" && inner === from ? to : replaceFlow(inner, from, to),
    ]),
  );
}
