import type { Comparison, ConditionGroup } from "../model/condition.ts";
import type { FieldDefinition } from "../model/field.ts";
import { isTemplate, operandsOf } from "./segment-parts.ts";
import type { ContactParts } from "./world-store.ts";

/**
 * What has to be loaded of contacts so that the engine can judge a condition; undefined: everything, since a template may name anything. Whole contacts cost ten times what one field does: of
 * 1,000 with 10 fields and 6 tags each, 90 ms instead of 10.
 */
export function partsNeededBy(
  condition: ConditionGroup,
  fields: ReadonlyMap<string, FieldDefinition>,
): ContactParts | undefined {
  const comparisons = comparisonsOf(condition);
  if (comparisons.some((one) => operandsOf(one).some(isTemplate))) return undefined;
  const asksFor = (...subjects: readonly Comparison["subject"][]) =>
    comparisons.some(({ subject }) => subjects.includes(subject));
  return {
    tags: asksFor("tag"),
    labels: asksFor("label"),
    sequences: asksFor("sequence"),
    identities: asksFor("channel"),
    fields: comparisons.flatMap(({ subject, key = "" }) => {
      const definition = subject === "field" ? fields.get(key) : undefined;
      return definition === undefined ? [] : [definition.id];
    }),
  };
}

function comparisonsOf({ rules }: ConditionGroup): readonly Comparison[] {
  return rules.flatMap((rule) => ("rules" in rule ? comparisonsOf(rule) : [rule]));
}
