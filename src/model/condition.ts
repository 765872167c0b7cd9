import { z } from "zod";

/** Operators by the kind of what they look at; the editor offers just these, and `checkCondition` refuses others. */
export const operators = {
  text: [
    "is",
    "is_not",
    "contains",
    "not_contains",
    "starts_with",
    "ends_with",
    "matches",
    "is_set",
    "is_not_set",
    "in",
  ],
  number: ["is", "is_not", "gt", "gte", "lt", "lte", "between", "is_set", "is_not_set"],
  boolean: ["is_true", "is_false", "is_set", "is_not_set"],
  date: ["is", "before", "after", "between", "within_last_days", "within_next_days", "is_set", "is_not_set"],
  datetime: ["before", "after", "between", "within_last_days", "within_next_days", "is_set", "is_not_set"],
  list: ["contains", "not_contains", "is_empty", "is_not_empty"],
  json: ["is_set", "is_not_set"],
  membership: ["has", "has_not"],
  status: ["is", "is_not", "in", "not_in"],
} as const;

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/**
 * One comparison. `value` is a scalar, or a list for `in` and `between`; text in it may be a template.
 * Subjects: `field` and `variable` take a `key`; `profile` a profile key; `tag`, `label` and `sequence` a name or ref;
 * `sales_plan` (has an open deal there), `deal_status` (has a deal in that status) and `deal_sum` (what the open deals in the plan's currency come to, in its main unit) a plan's ref or name;
 * `entry_link` the link's ref (or none: came by any link); `client_external_id`, `message` (text of the message at hand).
 */
export const comparisonSchema = z.object({
  subject: z.enum([
    "field",
    "variable",
    "profile",
    "utm",
    "tag",
    "label",
    "sequence",
    "channel",
    "entry_link",
    "entry_variable",
    "message",
    "time_of_day",
    "weekday",
    "opted_out",
    "created_at",
    "last_inbound_at",
    "sales_plan",
    "deal_status",
    "deal_sum",
  ]),
  key: z.string().max(200).optional(),
  operator: z.string().max(40),
  value: z.union([scalar, z.array(scalar).max(500)]).optional(),
});
export type Comparison = z.infer<typeof comparisonSchema>;

export interface ConditionGroup {
  match: "all" | "any";
  rules: (Comparison | ConditionGroup)[];
}

/** A condition: nested groups over comparisons. An empty `all` group holds, an empty `any` group does not. */
export const conditionSchema: z.ZodType<ConditionGroup> = z.lazy(() =>
  z.object({
    match: z.enum(["all", "any"]),
    rules: z.array(z.union([conditionSchema, comparisonSchema])).max(100),
  }),
);
