import { type RawBuilder, type SqlBool, sql } from "kysely";
import { decimalsOf } from "../engine/money.ts";
import { findTest } from "../engine/operators.ts";
import { findPlan, findStatusRefs } from "../engine/sales-plans.ts";
import { formatValue } from "../engine/values.ts";
import type { Comparison, ConditionGroup } from "../model/condition.ts";
import { type ProfileKey, profileKeys, type Utm, utmKeys } from "../model/contact.ts";
import type { FieldDefinition } from "../model/field.ts";
import type { SalesPlan } from "../model/sales-plan.ts";
import type { FoundKeys } from "./field-search.ts";
import { compileField } from "./segment-field-sql.ts";
import {
  compareNumber,
  dayMs,
  exact,
  instantsOf,
  instantTest,
  isTemplate,
  numberOf,
  operandsOf,
  partly,
  type SegmentSql,
  type Sql,
  textTest,
} from "./segment-parts.ts";

export interface SegmentSqlScope {
  readonly workspaceId: number;
  /** By key and by name. */
  readonly fields: ReadonlyMap<string, FieldDefinition>;
  /** Ids of fields all of whose values are of their kind and have their key (`field-search.ts`). */
  readonly cleanFields: ReadonlyMap<number, FoundKeys>;
  /** Ids of those that the condition names, where they exist. With the id itself the planner knows how many contacts have it. */
  readonly tagIds: ReadonlyMap<string, number>;
  readonly labelIds: ReadonlyMap<string, number>;
  /** By ref or name; of a name as many as bots use it. */
  readonly sequenceIds: ReadonlyMap<string, readonly number[]>;
  /** The workspace's sales plans. */
  readonly plans: readonly SalesPlan[];
  /** Unix milliseconds. */
  readonly now: number;
}

const yes = sql<SqlBool>`true`;
const no = sql<SqlBool>`false`;
const unknown = sql<SqlBool>`null::boolean`;

const askEngine = partly(unknown, yes);
const constant = (value: boolean) => exact(value ? yes : no);

/** Compiles a condition that `checkCondition` accepts; what it cannot say in SQL it leaves to the engine. */
export function compileSegment(condition: ConditionGroup, scope: SegmentSqlScope): SegmentSql {
  const rules = condition.rules.map((rule) =>
    "rules" in rule ? compileSegment(rule, scope) : compileComparison(rule, scope),
  );
  if (rules.length === 0) return constant(condition.match === "all");
  const between = condition.match === "all" ? sql` and ` : sql` or `;
  const join = (parts: readonly Sql[]) => sql<SqlBool>`(${sql.join(parts, between)})`;
  return {
    holds: join(rules.map(({ holds }) => holds)),
    could: join(rules.map(({ could }) => could)),
    isExact: rules.every(({ isExact }) => isExact),
  };
}

function compileComparison(comparison: Comparison, scope: SegmentSqlScope): SegmentSql {
  const { subject, key = "", operator } = comparison;
  switch (subject) {
    case "tag":
    case "label":
      return compileMembership(memberships[subject](key, scope), operator);
    case "sequence":
      return compileSubscription(key, operator, scope);
    case "sales_plan":
      return compileMembership(openDealsIn(key, scope), operator);
    case "deal_status":
      return compileDealStatus(comparison, scope);
    case "deal_sum":
      return compileDealSum(comparison, scope);
    case "field":
      return compileFieldOf(comparison, scope);
    case "profile":
      return compileProfile(comparison, key as ProfileKey);
    case "utm":
      if (!utmKeys.includes(key as keyof Utm)) return askEngine;
      return compileText(comparison, sql`contacts.utm ->> ${key}::text`);
    case "entry_link":
      return compileText(comparison, sql`coalesce(contacts.entry ->> 'link', contacts.entry ->> 'payload')`);
    case "opted_out":
      return compileOptedOut(operator);
    case "created_at":
      return compileMoment(comparison, sql`contacts.created_at`, scope.now);
    case "last_inbound_at":
      return compileMoment(comparison, sql`contacts.last_inbound_at`, scope.now);
    default:
      return askEngine;
  }
}

/** Rows `m` that make a contact a member. */
type Membership = (key: string, scope: SegmentSqlScope) => RawBuilder<unknown>;
const memberships: Readonly<Record<"tag" | "label", Membership>> = {
  tag: (name, { tagIds }) => sql`from contact_tags m where m.tag_id = ${tagIds.get(name) ?? 0}`,
  label: (name, { labelIds }) => sql`from contact_labels m where m.label_id = ${labelIds.get(name) ?? 0}`,
};

function compileSubscription(key: string, operator: string, { sequenceIds }: SegmentSqlScope): SegmentSql {
  const isNamed = sql`m.sequence_id = any(${sequenceIds.get(key) ?? []}::bigint[])`;
  const finished = sql`from sequence_ends m where ${isNamed} and m.reason = 'finished'`;
  if (operator === "finished") return compileMembership(finished, "has");
  if (operator === "not_finished") return compileMembership(finished, "has_not");
  return compileMembership(sql`from subscriptions m where ${isNamed}`, operator);
}

/** `in` lets the planner begin at the members; `not exists` stays fast however many they are. */
function compileMembership(rows: RawBuilder<unknown>, operator: string): SegmentSql {
  if (operator === "has") return exact(sql`contacts.id in (select m.contact_id ${rows})`);
  if (operator !== "has_not") return constant(false);
  return exact(sql`not exists (select 1 from (select m.contact_id ${rows}) as m where m.contact_id = contacts.id)`);
}

/** No plan has the id 0. */
function openDealsIn(key: string, { plans }: SegmentSqlScope): RawBuilder<unknown> {
  return sql`from deals m where m.plan_id = ${findPlan(plans, key)?.id ?? 0} and m.closed_at is null`;
}

function compileDealStatus(comparison: Comparison, { plans }: SegmentSqlScope): SegmentSql {
  const { key = "", operator } = comparison;
  const operands = operandsOf(comparison);
  if (operands.some(isTemplate)) return askEngine;
  const plan = findPlan(plans, key);
  const refs = plan === undefined ? [] : findStatusRefs(plan, operator, operands);
  const rows = sql`from deals m join sales_plan_statuses s on s.id = m.status_id
    where s.plan_id = ${plan?.id ?? 0} and s.ref = any(${refs}::text[])`;
  if (operator === "is" || operator === "in") return compileMembership(rows, "has");
  return compileMembership(rows, operator === "is_not" || operator === "not_in" ? "has_not" : operator);
}

function compileDealSum(comparison: Comparison, { plans }: SegmentSqlScope): SegmentSql {
  const { key = "", operator } = comparison;
  const absent = findTest("number", operator)?.(undefined, [], { now: 0, zone: "UTC" });
  if (absent === undefined) return constant(false);
  const plan = findPlan(plans, key);
  if (plan === undefined) return constant(absent);
  const scale = 10 ** decimalsOf(plan.currency);
  const open = sql`from deals d where d.contact_id = contacts.id and d.plan_id = ${plan.id}
    and d.currency = ${plan.currency} and d.closed_at is null`;
  if (operator === "is_set") return exact(sql`exists (select 1 ${open})`);
  if (operator === "is_not_set") return exact(sql`not exists (select 1 ${open})`);
  const test = compareNumber(comparison, sql`s.total`, (number) => sql`${number}::float8`);
  if (test === undefined) return askEngine;
  return exact(sql`(select case when s.total is null then ${absent}::boolean else ${test} end
    from (select sum(d.sum)::float8 / ${scale}::float8 as total ${open}) as s)`);
}

function compileOptedOut(operator: string): SegmentSql {
  if (operator === "is_true") return exact(sql`contacts.opted_out_at is not null`);
  if (operator === "is_false") return exact(sql`contacts.opted_out_at is null`);
  return constant(operator === "is_set");
}

/** A text column or expression, null where there is none. The empty text is none too. */
function compileText(comparison: Comparison, raw: RawBuilder<unknown>): SegmentSql {
  const { operator } = comparison;
  if (operator === "is_set") return exact(sql`coalesce(${raw}, '') <> ''`);
  if (operator === "is_not_set") return exact(sql`coalesce(${raw}, '') = ''`);
  const test = textTest(comparison, raw);
  const absent = findTest("text", operator)?.(undefined, [], { now: 0, zone: "UTC" });
  if (test === undefined || absent === undefined) return askEngine;
  return exact(sql`(case when coalesce(${raw}, '') = '' then ${absent}::boolean else ${test} end)`);
}

const profileColumns: { readonly [K in ProfileKey]: string } = {
  name: "name",
  firstName: "first_name",
  lastName: "last_name",
  email: "email",
  phone: "phone",
  gender: "gender",
  language: "language",
  timeZone: "time_zone",
  avatarUrl: "avatar_url",
  clientExternalId: "client_external_id",
};

function compileProfile(comparison: Comparison, key: ProfileKey): SegmentSql {
  if (!profileKeys.includes(key)) return askEngine;
  const compiled = compileText(comparison, sql.raw(`contacts.${profileColumns[key]}`));
  const [operand] = operandsOf(comparison);
  const wanted = formatValue(operand).trim().toLowerCase();
  if (comparison.operator !== "is" || isTemplate(operand) || wanted === "") return compiled;
  // These two have indexes.
  if (key === "email") return { ...compiled, could: sql`lower(contacts.email) = ${wanted}` };
  return key === "phone" ? { ...compiled, could: sql`contacts.phone = ${wanted}` } : compiled;
}

function compileFieldOf(comparison: Comparison, { fields, cleanFields, now }: SegmentSqlScope): SegmentSql {
  const definition = fields.get(comparison.key ?? "");
  if (definition === undefined) return askEngine;
  return compileField(comparison, { definition, found: cleanFields.get(definition.id), now });
}

/** The fields that a condition looks at. */
export function fieldsAskedFor(
  { rules }: ConditionGroup,
  fields: ReadonlyMap<string, FieldDefinition>,
): readonly FieldDefinition[] {
  return rules.flatMap((rule) => {
    if ("rules" in rule) return fieldsAskedFor(rule, fields);
    const definition = rule.subject === "field" ? fields.get(rule.key ?? "") : undefined;
    return definition === undefined ? [] : [definition];
  });
}

/** The tags, labels and sequences that a condition names. */
export function namesAskedFor({ rules }: ConditionGroup): Readonly<Record<Named, readonly string[]>> {
  const named = (subject: Named) =>
    rules.flatMap((rule) => {
      if ("rules" in rule) return namesAskedFor(rule)[subject];
      return rule.subject === subject ? [rule.key ?? ""] : [];
    });
  return { tag: named("tag"), label: named("label"), sequence: named("sequence") };
}

type Named = "tag" | "label" | "sequence";

/** A column of instants; the engine knows them in whole milliseconds. */
function compileMoment(comparison: Comparison, column: RawBuilder<unknown>, now: number): SegmentSql {
  const { operator } = comparison;
  if (operator === "is_set") return exact(sql`${column} is not null`);
  if (operator === "is_not_set") return exact(sql`${column} is null`);
  const millis = sql`(extract(epoch from ${column}) * 1000)::bigint`;
  if (operator === "within_last_days" || operator === "within_next_days") {
    const days = numberOf(operandsOf(comparison)[0]);
    if (days === undefined) return askEngine;
    const away = sql`((${millis} - ${now}::bigint)::float8 / 86400000::float8)`;
    const ahead = operator === "within_next_days" ? away : sql`(- ${away})`;
    const [from, to] = operator === "within_next_days" ? [now, now + days * dayMs] : [now - days * dayMs, now];
    return exact(sql`(${isAbout(column, { from, to })} and ${ahead} >= 0 and ${ahead} <= ${days}::float8)`);
  }
  const test = instantTest(comparison, { value: millis, write: (at) => sql`${at}::bigint` });
  if (test === undefined) return askEngine;
  const guard = isAbout(column, stretchOf(comparison));
  if (test.maybe === undefined) return exact(sql`(${guard} and ${test.holds})`);
  const { holds, maybe } = test;
  return partly(
    sql`(case when ${holds} then true when ${maybe} then null else false end)`,
    sql`(${guard} and (${holds} or ${maybe}))`,
  );
}

/** Unix milliseconds between which something may lie. */
interface Stretch {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Instants that every PostgreSQL knows: the years 1 to 9999. */
const [leastMs, mostMs] = [-62_135_596_800_000, 253_370_764_800_000];

/**
 * Whether a column of instants is there and lies somewhat within: what the planner has statistics of and reads for nothing, before the milliseconds are reckoned (100,000 contacts: 20 ms instead of 90).
 * Never null.
 */
function isAbout(column: RawBuilder<unknown>, { from = leastMs, to = mostMs }: Stretch): Sql {
  const at = (ms: number) => sql`to_timestamp(${ms / 1000}::float8)`;
  const since = from - 1_000 > leastMs ? sql`and ${column} >= ${at(from - 1_000)}` : sql``;
  const until = to + 1_000 < mostMs ? sql`and ${column} <= ${at(to + 1_000)}` : sql``;
  return sql`(${column} is not null ${since} ${until})`;
}

function stretchOf(comparison: Comparison): Stretch {
  const [first, second] = operandsOf(comparison).map(instantsOf);
  if (comparison.operator === "before") return { to: first?.latest };
  if (comparison.operator === "after") return { from: first?.earliest };
  // Of an end that is a day the whole day counts.
  return second === undefined ? {} : { from: first?.earliest, to: second.latest + 2 * dayMs };
}
