import { skipToken, useQuery, useQueryClient } from "@tanstack/react-query";
import type { BroadcastReportBody } from "../../../src/http/contract/broadcasts.ts";
import { useApi } from "../layout/page.tsx";
import { addReports } from "./add-reports.ts";

/** So many recipients are counted in the first request; the next ones are as large as the server is quick. */
const partSizes = { first: 5_000, least: 1_000, most: 100_000 };

/** A part that took less than half of a tenth of a second was too small, one that took more than that too large: a million recipients come in dozens of requests, none of them slow. */
export function nextPartSize(size: number, tookMs: number): number {
  if (tookMs < 50) return Math.min(size * 2, partSizes.most);
  return tookMs > 100 ? Math.max(Math.floor(size / 2), partSizes.least) : size;
}

/** What came of a broadcast, counted part by part: what is counted so far can be seen, and once there is a whole report, it stays until the next is whole. */
export function useBroadcastReport(id: number, every: number) {
  const api = useApi();
  const client = useQueryClient();
  const key = [api.domain, "broadcast-report", id];
  const partKey = [api.domain, "broadcast-report-part", id];
  const report = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      let sum: BroadcastReportBody | undefined;
      let size = partSizes.first;
      do {
        const begun = performance.now();
        const query = { recipients: size, cursor: sum?.nextCursor ?? undefined };
        const part = await api.get<BroadcastReportBody>(`/broadcasts/${id}/report`, query, signal);
        size = nextPartSize(size, performance.now() - begun);
        sum = addReports(sum, part);
        if (client.getQueryData(key) === undefined) client.setQueryData(partKey, sum);
      } while (sum.nextCursor !== null);
      return sum;
    },
    refetchInterval: every,
  });
  const part = useQuery<BroadcastReportBody>({ queryKey: partKey, queryFn: skipToken });
  return {
    /** Whole, or as far as it is counted. */
    data: report.data ?? part.data,
    error: report.error,
    refetch: report.refetch,
    /** How many recipients are counted; undefined: all, or nothing is known yet. */
    counted:
      report.data === undefined ? part.data?.variants.reduce((all, { recipients }) => all + recipients, 0) : undefined,
  };
}
