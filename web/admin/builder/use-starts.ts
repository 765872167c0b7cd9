import { useQueries, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { FlowUsesBody } from "../../../src/http/contract/flows.ts";
import type { SalesPlanBody } from "../../../src/http/contract/sales-plans.ts";
import type { FlowDocument, Trigger } from "../../../src/model/flow.ts";
import { useApi } from "../layout/page.tsx";
import { type Catalogue, useCatalogue } from "./catalogue.ts";
import { describeTrigger, describeUses, type SayStart, type StartNames } from "./starts.ts";
import { callStep } from "./step-names.ts";

/** What starts the flow, in lines; undefined while it is not known whether anything does. */
export function useStarts(flowRef: string, document: FlowDocument): readonly string[] | undefined {
  const { t } = useTranslation();
  const api = useApi();
  const catalogue = useCatalogue();
  const { triggers, steps } = document;
  const lists = useLists(triggers);
  const { data: uses, error } = useQuery({
    queryKey: [api.domain, "flow", flowRef, "uses"],
    queryFn: ({ signal }) => api.get<FlowUsesBody>(`/flows/${flowRef}/uses`, {}, signal),
  });
  // A name that the box does not show is no reason to draw it anew, but its lines are strings: they stay the same.
  const stepNames = triggers.some(({ step }) => step !== undefined) ? steps : undefined;
  const lines = useMemo(() => {
    // Which word it is hangs on the trigger: the compiler cannot hold it against the values.
    const say: SayStart = (word, values = {}) => (t as Say)(`starts.${word}`, values);
    const names = {
      ...namesIn(lists, stepNames ?? [], catalogue),
      orderStatus: (status: string) => (t as Say)(`orderStatus.${status}`, {}),
    };
    return [
      ...triggers.map((trigger) => describeTrigger(trigger, say, names)),
      ...(uses === undefined ? [] : describeUses(uses, say)),
    ];
  }, [t, lists, stepNames, catalogue, triggers, uses]);
  return lines.length === 0 && uses === undefined && error === null ? undefined : lines;
}

type Say = (word: string, values: Readonly<Record<string, string>>) => string;

interface Lists {
  readonly links: readonly { readonly ref: string; readonly name: string }[];
  readonly fields: readonly { readonly key: string; readonly name: string }[];
  readonly plans: readonly SalesPlanBody[];
  readonly kinds: readonly { readonly kind: string; readonly title: string }[];
}

const pathOf = { links: "entry-links", fields: "fields", plans: "sales-plans", kinds: "channel-kinds" } as const;
const noItems: readonly never[] = [];

/** Only those that a trigger names something of are asked for. */
function useLists(triggers: readonly Trigger[]): Lists {
  const api = useApi();
  const isNeeded = {
    links: triggers.some((trigger) => trigger.kind === "entry_link" && trigger.link !== undefined),
    fields: triggers.some(({ kind }) => kind === "field_changed"),
    plans: triggers.some(({ kind }) => kind.startsWith("deal_")),
    kinds: triggers.some(({ channels = [] }) => channels.length > 0),
  };
  const names = Object.keys(pathOf) as (keyof Lists)[];
  const [links, fields, plans, kinds] = useQueries({
    queries: names.map((name) => ({
      queryKey: [api.domain, pathOf[name], {}],
      queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
        api.get<{ data: readonly never[] }>(`/${pathOf[name]}`, {}, signal),
      enabled: isNeeded[name],
      staleTime: 30_000,
    })),
  });
  return useMemo(
    () => ({
      links: links?.data?.data ?? noItems,
      fields: fields?.data?.data ?? noItems,
      plans: plans?.data?.data ?? noItems,
      kinds: kinds?.data?.data ?? noItems,
    }),
    [links?.data, fields?.data, plans?.data, kinds?.data],
  );
}

function namesIn(
  { links, fields, plans, kinds }: Lists,
  steps: FlowDocument["steps"],
  catalogue: Catalogue,
): Omit<StartNames, "orderStatus"> {
  return {
    link: (wanted) => links.find(({ ref }) => ref === wanted)?.name,
    field: (wanted) => fields.find(({ key }) => key === wanted)?.name,
    plan: (wanted) => plans.find(({ ref }) => ref === wanted)?.name,
    dealStatus: (wanted) => plans.flatMap(({ statuses }) => statuses).find(({ ref }) => ref === wanted)?.name,
    channel: (wanted) => kinds.find(({ kind }) => kind === wanted)?.title,
    step: (wanted) => {
      const step = steps.find(({ ref }) => ref === wanted);
      return step === undefined ? undefined : callStep(step, catalogue);
    },
  };
}
