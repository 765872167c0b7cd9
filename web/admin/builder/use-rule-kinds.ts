import { useCallback } from "react";
import type { FieldBody, VariableBody } from "../../../src/http/contract/fields.ts";
import type { Comparison } from "../../../src/model/condition.ts";
import { useList } from "../layout/resource.ts";
import { kindOf, type RuleKind } from "./rules.ts";

/** Tells what kind of thing a rule compares, with the workspace's fields and variables at hand. */
export function useRuleKinds(): (rule: Comparison) => RuleKind | undefined {
  const { items: fields } = useList<FieldBody>("/fields");
  const { items: variables } = useList<VariableBody>("/variables");
  return useCallback(
    (rule) => {
      const definitions = rule.subject === "field" ? fields : rule.subject === "variable" ? variables : undefined;
      const definition = definitions?.find(({ key, name }) => key === rule.key || name === rule.key);
      return kindOf(rule, definition?.kind);
    },
    [fields, variables],
  );
}
