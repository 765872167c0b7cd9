import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ActivityBody } from "../../../src/http/contract/overview.ts";
import { useApi } from "../layout/page.tsx";
import { type Days, isPeriod } from "./report-choice.ts";

/** Counting is done by the minute. */
const refreshMs = 60_000;

/** An answer of the overview, read anew while it is looked at; the old one stays until the new one is there. */
export function useReport<Body>(
  path: string,
  days: Days,
  query: Readonly<Record<string, string | number | undefined>> = {},
  { enabled = true } = {},
) {
  const api = useApi();
  return useQuery({
    queryKey: [api.domain, "report", path, days, query],
    queryFn: ({ signal }) => api.get<Body>(path, { from: days.from, to: days.to, ...query }, signal),
    enabled: enabled && isPeriod(days),
    placeholderData: keepPreviousData,
    refetchInterval: refreshMs,
  });
}

/** What `useReport` gives for contacts and messages: one answer for both. */
export type ActivityReport = ReturnType<typeof useReport<ActivityBody>>;
