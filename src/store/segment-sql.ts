import { type RawBuilder, type SqlBool, sql } from "kysely";
import { decimalsOf } from "../engine/money.ts";
import { findTest, type OperatorKind } from "../engine/operators.ts";
import { findPlan, findStatusRefs } from "../engine/sales-plans.ts";
import { formatValue, parseFieldValue } from "../engine/values.ts";
import type { Comparison, ConditionGroup } from "../model/condition.ts";
import { type ProfileKey, profileKeys, type Utm, utmKeys } from "../model/contact.ts";
import type { FieldDefinition } from "../model/field.ts";
import type { SalesPlan } from "../model/sales-plan.ts";

type Sql = RawBuilder<SqlBool>;

/**
 * A condition over a row of `contacts`. SQL's third value says what the database cannot decide as `engine/condition.ts` would (text that is
 * not ASCII, a pattern, a template, a time of day): `null` means that the engine has to be asked about this contact.
 */
export interface SegmentSql {
  /** true, false, or null: ask the engine. */
  readonly holds: Sql;
  /** Never null, true wherever `holds` is true or null; made so that indexes serve it. */
  readonly could: Sql;
  /** `holds` is never null. */
  readonly isExact: boolean;
}

export interface SegmentSqlScope {
  readonly workspaceId: number;
  /** By key and by name. */
  readonly fields: ReadonlyMap<string, FieldDefinition>;
  /** The workspace's sales plans. */
  readonly plans: readonly SalesPlan[];
  /** Unix milliseconds. */
  readonly now: number;
}

const yes = sql<SqlBool>`true`;
const no = sql<SqlBool>`false`;
const unknown = sql<SqlBool>`null::boolean`;

const exact = (holds: Sql): SegmentSql => ({ holds, could: holds, isExact: true });
const partly = (holds: Sql, could: Sql = sql`(${holds}) is not false`): SegmentSql => ({
  holds,
  could,
  isExact: false,
});
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
    case "sequence":
      return compileMembership(memberships[subject](key, scope), operator);
    case "sales_plan":
      return compileMembership(openDealsIn(key, scope), operator);
    case "deal_status":
      return compileDealStatus(comparison, scope);
    case "deal_sum":
      return compileDealSum(comparison, scope);
    case "field":
      return compileField(comparison, scope);
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
const memberships: Readonly<Record<"tag" | "label" | "sequence", Membership>> = {
  tag: (name, { workspaceId }) => sql`from contact_tags m
    where m.tag_id = (select t.id from tags t where t.workspace_id = ${workspaceId} and t.name = ${name})`,
  label: (name, { workspaceId }) => sql`from contact_labels m
    where m.label_id = (select l.id from labels l where l.workspace_id = ${workspaceId} and l.name = ${name})`,
  // A name counts within the contact's own bot.
  sequence: (key, { workspaceId }) => sql`from subscriptions m join sequences s on s.id = m.sequence_id
    join bots b on b.id = s.bot_id and b.workspace_id = ${workspaceId} join contacts own on own.id = m.contact_id
    where s.ref = ${key} or (s.name = ${key} and s.bot_id = own.bot_id)`,
};

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
  const test = compareNumber(comparison, sql`s.total`);
  if (test === undefined) return askEngine;
  return exact(sql`(select case when s.total is null then ${absent}::boolean else ${test} end
    from (select sum(d.sum)::float8 / ${scale}::float8 as total ${open}) as s)`);
}

function compileOptedOut(operator: string): SegmentSql {
  if (operator === "is_true") return exact(sql`contacts.opted_out_at is not null`);
  if (operator === "is_false") return exact(sql`contacts.opted_out_at is null`);
  return constant(operator === "is_set");
}

const operandsOf = ({ value }: Comparison) => (Array.isArray(value) ? value : [value]);
const isTemplate = (operand: unknown) => typeof operand === "string" && /\{[{%]/.test(operand);

/** A text column or expression, null where there is none. The empty text is none too. */
function compileText(comparison: Comparison, raw: RawBuilder<unknown>): SegmentSql {
  const { operator } = comparison;
  if (operator === "is_set") return exact(sql`coalesce(${raw}, '') <> ''`);
  if (operator === "is_not_set") return exact(sql`coalesce(${raw}, '') = ''`);
  const test = textTest(comparison);
  const absent = findTest("text", operator)?.(undefined, [], { now: 0, zone: "UTC" });
  if (test === undefined || absent === undefined) return askEngine;
  return partly(sql`(case when coalesce(${raw}, '') = '' then ${absent}::boolean else ${ofAscii(raw, test)} end)`);
}

type TextTest = (folded: RawBuilder<unknown>) => Sql;

/** Folding is JavaScript's; the database's is the same for printable ASCII alone, of which `trim` takes only spaces. */
function ofAscii(raw: RawBuilder<unknown>, test: TextTest): Sql {
  const folded = sql`lower(btrim(${raw}) collate "C")`;
  return sql`case when (${raw}) collate "C" ~ '^[ -~]*$' then ${test(folded)} end`;
}

/** Undefined: only the engine can tell. */
function textTest(comparison: Comparison): TextTest | undefined {
  const operands = operandsOf(comparison);
  const folded = operands.map((operand) => formatValue(operand).trim().toLowerCase());
  if (operands.some(isTemplate) || !folded.every((text) => /^[ -~]*$/.test(text))) return undefined;
  const [first = ""] = folded;
  const isPart = first !== "";
  const tests: Readonly<Record<string, TextTest>> = {
    is: (text) => sql`${text} = ${first}`,
    is_not: (text) => sql`${text} <> ${first}`,
    contains: (text) => (isPart ? sql`position(${first} in ${text}) > 0` : no),
    not_contains: (text) => (isPart ? sql`position(${first} in ${text}) = 0` : yes),
    starts_with: (text) => (isPart ? sql`starts_with(${text}, ${first})` : no),
    ends_with: (text) => (isPart ? sql`right(${text}, ${first.length}::int) = ${first}` : no),
    in: (text) => sql`${text} = any(${folded}::text[])`,
  };
  return Object.hasOwn(tests, comparison.operator) ? tests[comparison.operator] : undefined;
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
  if (compiled.isExact || comparison.operator !== "is" || isTemplate(operand) || wanted === "") return compiled;
  // These two have indexes.
  if (key === "email") return { ...compiled, could: sql`lower(contacts.email) = ${wanted}` };
  return key === "phone" ? { ...compiled, could: sql`contacts.phone = ${wanted}` } : compiled;
}

function compileField(comparison: Comparison, { fields }: SegmentSqlScope): SegmentSql {
  const { key = "", operator } = comparison;
  const definition = fields.get(key);
  if (definition === undefined) return askEngine;
  const { kind } = definition;
  const absent = findTest(kind, operator)?.(undefined, [], { now: 0, zone: "UTC" });
  // An operator that the kind does not have never holds.
  if (absent === undefined) return constant(false);
  const value = (when: Sql): Sql => sql`(select case when cf.value is null then ${absent}::boolean else ${when} end
    from (values (1)) as one left join contact_fields cf on cf.contact_id = contacts.id and cf.field_id = ${definition.id})`;
  if (operator === "is_set") return exact(value(sql`cf.value <> '""'::jsonb`));
  if (operator === "is_not_set") return exact(value(sql`cf.value = '""'::jsonb`));
  if (operator === "is_empty" || operator === "is_not_empty") {
    const isEmpty = sql<SqlBool>`case when jsonb_typeof(cf.value) = 'array' then jsonb_array_length(cf.value) = 0 else true end`;
    return exact(value(operator === "is_empty" ? isEmpty : sql`not (${isEmpty})`));
  }
  const test = fieldTest(comparison, kind);
  return partly(value(test ?? unknown));
}

/** Over `cf.value`, null where only the engine can tell. */
function fieldTest(comparison: Comparison, kind: OperatorKind): Sql | undefined {
  if (kind === "boolean") {
    const wanted = comparison.operator === "is_true" ? "true" : "false";
    return sql`case when jsonb_typeof(cf.value) = 'boolean' then cf.value = ${wanted}::jsonb end`;
  }
  if (kind === "number") return numberTest(comparison);
  const test = kind === "text" ? textTest(comparison) : undefined;
  if (test === undefined) return undefined;
  const raw = sql`cf.value #>> '{}'`;
  return sql`case when jsonb_typeof(cf.value) = 'string' then ${ofAscii(raw, test)} end`;
}

const numberOperators: Readonly<Record<string, string>> = {
  is: "=",
  is_not: "<>",
  gt: ">",
  gte: ">=",
  lt: "<",
  lte: "<=",
};

function numberTest(comparison: Comparison): Sql | undefined {
  // JSON holds what JavaScript wrote, so that both read the same double.
  const test = compareNumber(comparison, sql`(cf.value #>> '{}')::float8`);
  return test === undefined ? undefined : sql`case when jsonb_typeof(cf.value) = 'number' then ${test} end`;
}

/** Over a double; undefined: only the engine can tell. */
function compareNumber(comparison: Comparison, value: RawBuilder<unknown>): Sql | undefined {
  const [first, second] = operandsOf(comparison).map(numberOf);
  if (first === undefined) return undefined;
  if (comparison.operator === "between") {
    return second === undefined ? undefined : sql`${value} >= ${first}::float8 and ${value} <= ${second}::float8`;
  }
  const symbol = numberOperators[comparison.operator];
  return symbol === undefined ? undefined : sql`${value} ${sql.raw(symbol)} ${first}::float8`;
}

function numberOf(operand: unknown): number | undefined {
  if (operand === undefined || isTemplate(operand)) return undefined;
  const parsed = parseFieldValue("number", operand);
  return parsed.ok ? (parsed.value as number) : undefined;
}

/** A column of instants; the engine knows them in whole milliseconds. */
function compileMoment(comparison: Comparison, column: RawBuilder<unknown>, now: number): SegmentSql {
  const { operator } = comparison;
  if (operator === "is_set") return exact(sql`${column} is not null`);
  if (operator === "is_not_set") return exact(sql`${column} is null`);
  const millis = sql`(extract(epoch from ${column}) * 1000)::bigint`;
  const test = momentTest(comparison, millis, now);
  return test === undefined ? askEngine : exact(sql`coalesce(${test}, false)`);
}

function momentTest(comparison: Comparison, millis: RawBuilder<unknown>, now: number): Sql | undefined {
  const { operator } = comparison;
  if (operator === "within_last_days" || operator === "within_next_days") {
    const days = numberOf(operandsOf(comparison)[0]);
    if (days === undefined) return undefined;
    const away = sql`((${millis} - ${now}::bigint)::float8 / 86400000::float8)`;
    const ahead = operator === "within_next_days" ? away : sql`(- ${away})`;
    return sql`${ahead} >= 0 and ${ahead} <= ${days}::float8`;
  }
  const [first, second] = operandsOf(comparison).map(instantOf);
  if (first === undefined) return undefined;
  if (operator === "before") return sql`${millis} < ${first}::bigint`;
  if (operator === "after") return sql`${millis} > ${first}::bigint`;
  if (operator !== "between" || second === undefined) return undefined;
  return sql`${millis} >= ${first}::bigint and ${millis} <= ${second}::bigint`;
}

/** An instant that is the same whatever the contact's zone; undefined: it depends on it. */
function instantOf(operand: unknown): number | undefined {
  if (operand === undefined || isTemplate(operand)) return undefined;
  const [west, east] = ["Etc/GMT+12", "Pacific/Kiritimati"].map((timeZone) => {
    const parsed = parseFieldValue("datetime", operand, { timeZone });
    return parsed.ok ? Date.parse(String(parsed.value)) : undefined;
  });
  return west === east ? west : undefined;
}
