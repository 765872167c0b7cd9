import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { StepNumbersBody } from "../../../src/http/contract/flows.ts";
import { useApi } from "../layout/page.tsx";

/** Of which time and channel; absent: none are shown. */
export interface NumbersChoice {
  readonly days: number;
  readonly channel: number | undefined;
}

const refreshMs = 15_000;

/** What happened at each step, by its ref; read anew while it is looked at. */
export function useNumbers(
  flowRef: string,
  choice: NumbersChoice | undefined,
): ReadonlyMap<string, StepNumbersBody> | undefined {
  const api = useApi();
  const { data } = useQuery({
    queryKey: [api.domain, "flow", flowRef, "numbers", choice],
    queryFn: ({ signal }) =>
      api.get<{ data: StepNumbersBody[] }>(
        `/flows/${flowRef}/step-numbers`,
        { days: choice?.days, channel: choice?.channel },
        signal,
      ),
    enabled: choice !== undefined,
    refetchInterval: refreshMs,
  });
  return useMemo(
    () =>
      choice === undefined || data === undefined ? undefined : new Map(data.data.map((line) => [line.step, line])),
    [choice, data],
  );
}
