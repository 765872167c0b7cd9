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
  subscription: ["has", "has_not", "finished", "not_finished"],
  status: ["is", "is_not", "in", "not_in"],
} as const;

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/**
 * One comparison. `value` is a scalar, or a list for `in` and `between`; text in it may be a template.
 * Subjects: `field` and `variable` take a `key`; `profile` a profile key; `tag`, `label` and `sequence` a name or ref;
 * A `sequence` is compared by being subscribed to it (`has`) or by having come to its end and not having begun again since (`finished`);
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

/** How deep groups may stand in each other where a condition comes by an API: a body may be nested deeper than a stack. */
export const maxConditionDepth = 10;

/** Looks no deeper than it has to. */
export function isDeeperThan(value: unknown, groups: number): boolean {
  const { rules } = (value ?? {}) as { rules?: unknown };
  if (!Array.isArray(rules)) return false;
  return groups === 0 || rules.some((rule) => isDeeperThan(rule, groups - 1));
}

/** A condition as a part of something else that an API takes. To the API's document it is any JSON: its recursion would be a reference that leads nowhere. */
export const innerConditionSchema = z
  .custom<ConditionGroup>((value) => value !== undefined && !isDeeperThan(value, maxConditionDepth), {
    error: "a condition goes at most ten groups deep",
  })
  .check(({ value, issues }) => {
    if (isDeeperThan(value, maxConditionDepth)) return;
    const parsed = conditionSchema.safeParse(value);
    for (const issue of parsed.error?.issues ?? []) issues.push({ ...issue, input: value } as (typeof issues)[number]);
  });

/**
 * Whether a condition compares anything, however deep: one that does not is a form that nobody filled in, and holds for everybody or for nobody. What is no condition, or is too deep,
 * is left for its schema to refuse.
 */
export function comparesSomething(value: unknown, depth = maxConditionDepth): boolean {
  const { rules } = (value ?? {}) as { rules?: unknown };
  return !Array.isArray(rules) || depth === 0 || rules.some((rule) => comparesSomething(rule, depth - 1));
}
