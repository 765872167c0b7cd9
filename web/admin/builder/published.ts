import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo } from "react";
import { type FlowDocument, flowDocumentSchema } from "../../../src/model/flow.ts";
import { compareFlows } from "../../../src/steps/compare-flows.ts";
import { useApi } from "../layout/page.tsx";
import type { Flow } from "./flow-types.ts";
import { withoutUnfinished } from "./unfinished.ts";

/** Whether people would come by something else once the draft is published: where boxes stand, and the folder, are for the team alone. */
export function differs(published: FlowDocument, draft: FlowDocument): boolean {
  return compareFlows(asKept(published), asKept(withoutUnfinished(draft))).some(
    (change) => change.kind !== "steps_moved" && !(change.kind === "setting_of_flow" && change.setting === "folder"),
  );
}

/** As the server keeps it: what a form has left out is filled in, and what it has left behind is gone. */
const asKept = (document: FlowDocument) => flowDocumentSchema.safeParse(document).data ?? document;

/** Whether the draft has something that the version in service does not; undefined: it is not known yet. */
export function useHasNews({ ref, publishedVersion }: Flow, document: FlowDocument): boolean | undefined {
  const api = useApi();
  const { data } = useQuery({
    queryKey: [api.domain, "flow", ref, "version", String(publishedVersion)],
    queryFn: ({ signal }) =>
      api.get<{ document: FlowDocument }>(`/flows/${ref}/versions/${publishedVersion}`, {}, signal),
    enabled: publishedVersion !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  // A flow of 500 steps is not compared with each letter that is typed.
  const draft = useDeferredValue(document);
  const published = data?.document;
  return useMemo(() => {
    if (publishedVersion === null) return true;
    return published === undefined ? undefined : differs(published, draft);
  }, [publishedVersion, published, draft]);
}
