import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { EntryLinkSummaryBody } from "../../../src/http/contract/entry-links.ts";
import type { EventBody } from "../../../src/http/contract/events.ts";
import type { FieldBody } from "../../../src/http/contract/fields.ts";
import type { FlowSummaryBody } from "../../../src/http/contract/flows.ts";
import type { SequenceBody } from "../../../src/http/contract/sequences.ts";
import { useCatalogue } from "../builder/catalogue.ts";
import { useMembers, useMyMemberId } from "../inbox/use-members.ts";
import { useApi } from "../layout/page.tsx";
import { useList } from "../layout/resource.ts";
import type { FactNames } from "./describe-event.ts";

/** The server tells the steps of no more flows in one answer. */
const mostAtOnce = 200;

/** What people call flows and their steps: one request for all flows that are named at once, of which steps are asked for. */
export function usePlaceNames(flowRefs: Iterable<string>): Pick<FactNames, "flow" | "step"> {
  const api = useApi();
  const catalogue = useCatalogue();
  const stepsOf = [...new Set(flowRefs)].slice(0, mostAtOnce).sort();
  const { data } = useQuery({
    queryKey: [api.domain, "flows", { stepsOf }],
    queryFn: ({ signal }) => api.get<{ data: FlowSummaryBody[] }>("/flows", { stepsOf }, signal),
    enabled: stepsOf.length > 0,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
  const flows = new Map(data?.data.map((one) => [one.ref, one]));
  return {
    flow: (ref) => flows.get(ref)?.name ?? ref,
    step: (flow, ref) => {
      const step = flows.get(flow)?.steps?.find((one) => one.ref === ref);
      return step === undefined ? ref : catalogue.nameOf({ ...step, name: step.name ?? "", config: {} });
    },
  };
}

/** What people call all that these events speak of. */
export function useFactNames(events: readonly EventBody[]): FactNames {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const { nameOfMember } = useMembers();
  const me = useMyMemberId();
  const sequences = useList<SequenceBody>("/sequences").items;
  const fields = useList<FieldBody>("/fields").items;
  const links = useList<EntryLinkSummaryBody>("/entry-links").items;
  const refs = events.flatMap(({ facts }) =>
    facts.flatMap(({ flow }) => (typeof flow === "string" && flow !== "" ? [flow] : [])),
  );
  return {
    ...usePlaceNames(refs),
    member: (id) => (id === me ? t("factWords.you") : nameOfMember(id)),
    sequence: (ref) => sequences?.find((one) => one.ref === ref)?.name ?? ref,
    field: (key) => fields?.find((one) => one.key === key)?.name ?? key,
    link: (ref) => links?.find((one) => one.ref === ref)?.name ?? ref,
    trigger: (kind) => catalogue.option("triggers", "kind", kind),
    action: (name) => catalogue.action(name).title,
  };
}
