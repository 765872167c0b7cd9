import { useTranslation } from "react-i18next";
import type { ConditionGroup } from "../../../src/model/condition.ts";
import { useList } from "../layout/resource.ts";
import { useCatalogue } from "./catalogue.ts";

/** Says a condition in words, in a line. */
export function useSayCondition(): (condition: ConditionGroup) => string {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const sequences = useList<{ readonly ref: string; readonly name: string }>("/sequences");
  const plans = useList<{ readonly ref: string; readonly name: string }>("/sales-plans");
  const joints = { all: t("changedMeanwhile.and"), any: t("changedMeanwhile.or") };
  const named = [...(sequences.items ?? []), ...(plans.items ?? [])];
  const names = new Map(named.map(({ ref, name }) => [ref, name]));
  return (condition) => catalogue.condition(condition, joints, names);
}
