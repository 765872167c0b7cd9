import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo } from "react";
import type { FlowDocument } from "../../../src/model/flow.ts";
import { hasNews } from "../../../src/steps/has-news.ts";
import { useApi } from "../layout/page.tsx";
import type { Flow } from "./flow-types.ts";
import { withoutUnfinished } from "./unfinished.ts";

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
    return published === undefined ? undefined : hasNews(published, withoutUnfinished(draft));
  }, [publishedVersion, published, draft]);
}
