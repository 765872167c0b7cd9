import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { BroadcastReportBody } from "../../../src/http/contract/broadcasts.ts";
import { useApi } from "../layout/page.tsx";
import { addReports } from "./add-reports.ts";

/** So many recipients are counted in one request: some 20 ms of a database with nothing else to do. */
const partSize = 5_000;

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
      do {
        const query = { recipients: partSize, cursor: sum?.nextCursor ?? undefined };
        const part = await api.get<BroadcastReportBody>(`/broadcasts/${id}/report`, query, signal);
        sum = addReports(sum, part);
        if (client.getQueryData(key) === undefined) client.setQueryData(partKey, sum);
      } while (sum.nextCursor !== null);
      return sum;
    },
    refetchInterval: every,
  });
  const part = useQuery<BroadcastReportBody>({ queryKey: partKey, enabled: false });
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
