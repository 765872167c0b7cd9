import { useTranslation } from "react-i18next";
import type { ConditionGroup } from "../../../src/model/condition.ts";
import { useCatalogue } from "./catalogue.ts";
import type { ThingKind } from "./thing-names.ts";
import { useNamesOf } from "./use-thing-names.ts";

/** What the rules of a condition may name by key or ref. */
const kinds: ReadonlySet<ThingKind> = new Set([
  "field",
  "variable",
  "sequence",
  "plan",
  "dealStatus",
  "entryLink",
  "channelKind",
]);

/** Says a condition in words, in a line. */
export function useSayCondition(): (condition: ConditionGroup) => string {
  const { t } = useTranslation();
  const catalogue = useCatalogue(useNamesOf(kinds));
  const joints = { all: t("changedMeanwhile.and"), any: t("changedMeanwhile.or") };
  return (condition) => catalogue.condition(condition, joints);
}
