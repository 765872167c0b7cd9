import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { FlowUsesBody } from "../../../src/http/contract/flows.ts";
import type { FlowDocument, Trigger } from "../../../src/model/flow.ts";
import { useApi } from "../layout/page.tsx";
import { describeTrigger, describeUses, type SayStart } from "./starts.ts";
import type { ThingNames } from "./thing-names.ts";

/** What starts the flow, in lines; undefined while it is not known whether anything does. */
export function useStarts(
  flowRef: string,
  { triggers }: FlowDocument,
  names: ThingNames,
): readonly string[] | undefined {
  const api = useApi();
  const say = useSayStart();
  const sayTrigger = useSayTrigger(names);
  const { data: uses, error } = useQuery({
    queryKey: [api.domain, "flow", flowRef, "uses"],
    queryFn: ({ signal }) => api.get<FlowUsesBody>(`/flows/${flowRef}/uses`, {}, signal),
  });
  const lines = useMemo(
    () => [...triggers.map(sayTrigger), ...(uses === undefined ? [] : describeUses(uses, say))],
    [triggers, sayTrigger, uses, say],
  );
  return lines.length === 0 && uses === undefined && error === null ? undefined : lines;
}

type Say = (word: string, values: Readonly<Record<string, string>>) => string;

/** Which word it is hangs on the trigger: the compiler cannot hold it against the values. */
function useSayStart(): SayStart {
  const { t } = useTranslation();
  return useCallback((word, values = {}) => (t as Say)(`starts.${word}`, values), [t]);
}

/** Says a trigger in words, with what it names by its name. */
export function useSayTrigger(names: ThingNames): (trigger: Trigger) => string {
  const { t } = useTranslation();
  const say = useSayStart();
  return useCallback(
    (trigger) =>
      describeTrigger(trigger, say, {
        link: (ref) => names("entryLink", ref),
        field: (key) => names("field", key),
        plan: (ref) => names("plan", ref),
        dealStatus: (ref) => names("dealStatus", ref),
        channel: (kind) => names("channelKind", kind),
        step: (ref) => names("step", ref),
        orderStatus: (status) => (t as Say)(`orderStatus.${status}`, {}),
      }),
    [t, say, names],
  );
}
