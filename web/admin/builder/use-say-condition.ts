import { useTranslation } from "react-i18next";
import type { ConditionGroup } from "../../../src/model/condition.ts";
import { useCatalogue } from "./catalogue.ts";

/** Says a condition in words, in a line. */
export function useSayCondition(): (condition: ConditionGroup) => string {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const joints = { all: t("changedMeanwhile.and"), any: t("changedMeanwhile.or") };
  return (condition) => catalogue.condition(condition, joints);
}
