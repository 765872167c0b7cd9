import { useTranslation } from "react-i18next";
import type { BroadcastDetailBody } from "../../../src/http/contract/broadcasts.ts";
import type { FlowSummaryBody } from "../../../src/http/contract/flows.ts";
import type { SegmentBody } from "../../../src/http/contract/segments.ts";
import { useCatalogue } from "../builder/catalogue.ts";
import { useSayCondition } from "../builder/use-say-condition.ts";
import { changesSince } from "../layout/basis.ts";
import { OthersChanges } from "../layout/changed-notice.tsx";
import { useList } from "../layout/resource.ts";
import { sayBroadcast } from "./say-broadcast.ts";

/** What somebody else changed of a broadcast's draft, each setting by the name and in the words of its form. */
export function BroadcastChanges({
  before,
  after,
}: {
  readonly before: BroadcastDetailBody;
  readonly after: BroadcastDetailBody;
}) {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const sayCondition = useSayCondition();
  const segments = useList<SegmentBody>("/segments").items ?? [];
  const flows = useList<FlowSummaryBody>("/flows").items ?? [];
  const words = {
    ...{ t, catalogue, sayCondition },
    segments: new Map(segments.map(({ id, name }) => [String(id), name])),
    flows: new Map(flows.map(({ ref, name }) => [ref, name])),
  };
  const [one, other] = [sayBroadcast(before, words), sayBroadcast(after, words, before)];
  const settings = { ...one, ...other };
  const valuesOf = (said: typeof one) =>
    Object.fromEntries(Object.entries(said).map(([key, { value }]) => [key, value]));
  const changes = changesSince(valuesOf(one), valuesOf(other), Object.keys(settings));
  const titles = Object.fromEntries(Object.entries(settings).map(([key, { title }]) => [key, { title }]));
  return <OthersChanges changes={changes} words={titles} />;
}
