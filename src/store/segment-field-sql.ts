import { type SqlBool, sql } from "kysely";
import { foldText } from "../engine/fold-text.ts";
import { findTest, type OperatorKind } from "../engine/operators.ts";
import { localTime } from "../engine/time.ts";
import { formatValue, parseFieldValue } from "../engine/values.ts";
import type { Comparison } from "../model/condition.ts";
import type { FieldDefinition } from "../model/field.ts";
import { type FoundKeys, isOfKind, textKey, toSearchKey } from "./field-search.ts";
import {
  compareNumber,
  exact,
  foldedTest,
  instantsOf,
  instantTest,
  isTemplate,
  numberOf,
  operandsOf,
  partly,
  type SegmentSql,
  type Sql,
  textTest,
  zonesAtTheEnds,
} from "./segment-parts.ts";

/** What a negative operator says no to. It holds for contacts without a value too. */
const positives: Readonly<Record<string, string>> = {
  is_not: "is",
  not_contains: "contains",
  is_not_set: "is_set",
  is_empty: "is_not_empty",
};

const key = sql`cf.search_key`;

/**
 * A rule about a contact's field. `found`: every value of the field is of its kind and has its key, so that nobody has to be asked about single ones; such rules begin at the index of keys.
 */
export function compileField(
  comparison: Comparison,
  {
    definition,
    found,
    now,
  }: { readonly definition: FieldDefinition; readonly found: FoundKeys | undefined; readonly now: number },
): SegmentSql {
  const { id, kind } = definition;
  const { operator } = comparison;
  const absent = findTest(kind, operator)?.(undefined, [], { now: 0, zone: "UTC" });
  // An operator that the kind does not have never holds.
  if (absent === undefined) return exact(sql`false`);
  const positive = Object.hasOwn(positives, operator) ? (positives[operator] ?? operator) : operator;
  const rows = (which: Sql) => sql`from contact_fields cf where cf.field_id = ${id} and ${which}`;
  const having = (which: Sql): Sql => sql`contacts.id in (select cf.contact_id ${rows(which)})`;
  const notHaving = (which: Sql): Sql => sql`not exists (select 1 ${rows(which)} and cf.contact_id = contacts.id)`;
  const where = positive === operator ? having : notHaving;

  // Without a look at the values the index alone answers.
  if (found?.hasBlank === false && positive === "is_set") return exact(where(sql`true`));
  const shape = shapeTest(positive);
  if (shape !== undefined) return exact(where(shape));
  const test = valueTest({ ...comparison, operator: positive }, kind, now);
  if (found?.hasLong === false && test?.short !== undefined) return exact(where(test.short));
  if (found !== undefined && test?.maybe === undefined && test !== undefined) return exact(where(test.holds));
  if (found !== undefined && test?.maybe !== undefined) {
    const could = having(sql`(${test.holds} or ${test.maybe})`);
    return partly(
      sql`case when ${having(test.holds)} then true when ${having(test.maybe)} then null else false end`,
      could,
    );
  }
  // One at a time: what is not of the field's kind, or has no key, is for the engine.
  const known =
    test === undefined ? sql`null::boolean` : sql`case when ${isOfKind(key, kind)} then ${knownOf(test)} end`;
  const said = positive === operator ? known : sql`not (${known})`;
  const holds = sql<SqlBool>`(select case when cf.value is null then ${absent}::boolean else ${said} end
    from (values (1)) as one left join contact_fields cf on cf.contact_id = contacts.id and cf.field_id = ${id})`;
  return absent ? partly(holds) : partly(holds, having(sql`true`));
}

const isNotEmptyText: Sql = sql`cf.value <> '""'::jsonb`;

/** What is asked of the value's shape, whatever its kind. */
function shapeTest(operator: string): Sql | undefined {
  if (operator === "is_set") return isNotEmptyText;
  if (operator !== "is_not_empty") return undefined;
  return sql`case when jsonb_typeof(cf.value) = 'array' then jsonb_array_length(cf.value) > 0 else false end`;
}

/** A test of a value of the field's kind. `maybe`: of these only the engine can tell. */
interface ValueTest {
  readonly holds: Sql;
  readonly maybe?: Sql;
  /** The same where all texts are short enough to stand in their key. */
  readonly short?: Sql;
}

const knownOf = ({ holds, maybe }: ValueTest): Sql =>
  maybe === undefined ? holds : sql`case when ${holds} then true when ${maybe} then null else false end`;

/** Undefined: only the engine can tell. */
function valueTest(comparison: Comparison, kind: OperatorKind, now: number): ValueTest | undefined {
  const operands = operandsOf(comparison);
  if (operands.some(isTemplate)) return undefined;
  switch (kind) {
    case "boolean":
      return { holds: sql`${key} = ${toSearchKey(comparison.operator === "is_true")}` };
    case "number":
      return whole(
        within(
          "number",
          compareNumber(comparison, key, (number) => sql`${toSearchKey(number)}`),
        ),
      );
    case "text":
      return whole(compareKey(comparison)) ?? partOfText(comparison);
    case "datetime":
      return momentTest(comparison, now);
    case "date":
      return dateTest(comparison, now);
    default:
      return undefined;
  }
}

/** With both ends: the planner, which looks at the keys of all fields together, counts those of other kinds too where one is open. */
const within = (kind: OperatorKind, test: Sql | undefined): Sql | undefined =>
  test === undefined ? undefined : sql`${isOfKind(key, kind)} and ${test}`;

const whole = (holds: Sql | undefined): ValueTest | undefined => (holds === undefined ? undefined : { holds });

/** What the index of keys answers. */
function compareKey(comparison: Comparison): Sql | undefined {
  const keys = operandsOf(comparison).map((operand) => textKey(foldText(formatValue(operand))));
  const [first = "s"] = keys;
  if (comparison.operator === "is") return sql`${key} = ${first}`;
  return comparison.operator === "in" ? sql`${key} = any(${keys}::text[])` : undefined;
}

/** A part of a text: of a short one the index holds the whole. */
function partOfText(comparison: Comparison): ValueTest | undefined {
  const holds = textTest(comparison, sql`cf.value #>> '{}'`);
  const ofShort = foldedTest(comparison, sql`substr(${key}, 2)`);
  if (holds === undefined || ofShort === undefined) return undefined;
  const first = foldText(formatValue(operandsOf(comparison)[0]));
  if (comparison.operator !== "starts_with" || first === "") return { holds, short: ofShort };
  return { holds, short: sql`${key} >= ${`s${first}`} and ${key} < ${`s${first}\u{10ffff}`} and ${ofShort}` };
}

const between = (from: string, to: string): Sql => sql`${key} >= ${toSearchKey(from)} and ${key} <= ${toSearchKey(to)}`;

/** Instants are kept as ISO 8601 in UTC with milliseconds, which has their order. */
function momentTest(comparison: Comparison, now: number): ValueTest | undefined {
  const { operator } = comparison;
  const at = (millis: number) => new Date(millis).toISOString();
  const ofKind = isOfKind(key, "datetime");
  if (operator === "within_last_days" || operator === "within_next_days") {
    const days = numberOf(operandsOf(comparison)[0]);
    const away = (days ?? 0) * 86_400_000;
    if (days === undefined || !isInstant(now - away) || !isInstant(now + away)) return undefined;
    const [from, to] = operator === "within_last_days" ? [Math.ceil(now - away), now] : [now, now + away];
    return { holds: sql`${ofKind} and ${between(at(from), at(to))}` };
  }
  const given = operandsOf(comparison).map(instantsOf);
  if (given.some((one) => one !== undefined && !(isInstant(one.earliest) && isInstant(one.latest)))) return undefined;
  const test = instantTest(comparison, { value: key, write: (millis) => sql`${toSearchKey(at(millis))}` });
  if (test === undefined) return undefined;
  const holds: Sql = sql`${ofKind} and ${test.holds}`;
  return test.maybe === undefined ? { holds } : { holds, maybe: sql`${ofKind} and ${test.maybe}` };
}

/** Of the years that four digits write. */
const isInstant = (millis: number) => millis > Date.UTC(1, 0) && millis < Date.UTC(9998, 0);

/** Dates are kept as `YYYY-MM-DD`. Which day it is depends on the contact's zone: between the days of the zones at the ends only the engine can tell. */
function dateTest(comparison: Comparison, now: number): ValueTest | undefined {
  const { operator } = comparison;
  if (operator === "within_last_days" || operator === "within_next_days") return dayTest(comparison, now);
  const [first, second] = operandsOf(comparison).map(dayOf);
  if (first === undefined) return undefined;
  if (operator === "is") return { holds: sql`${key} = ${toSearchKey(first)}` };
  if (operator === "before") return whole(within("date", sql`${key} < ${toSearchKey(first)}`));
  if (operator === "after") return whole(within("date", sql`${key} > ${toSearchKey(first)}`));
  return operator === "between" && second !== undefined ? { holds: between(first, second) } : undefined;
}

function dayTest(comparison: Comparison, now: number): ValueTest | undefined {
  const days = numberOf(operandsOf(comparison)[0]);
  if (days === undefined || !isInstant(now - days * 86_400_000) || !isInstant(now + days * 86_400_000))
    return undefined;
  if (days < 0) return { holds: sql`false` };
  const [west = "", east = ""] = zonesAtTheEnds.map((zone) => localTime(now, zone).date);
  const count = Math.floor(days);
  const [surely, perhaps] =
    comparison.operator === "within_last_days"
      ? [between(plusDays(east, -count), west), between(plusDays(west, -count), east)]
      : [between(east, plusDays(west, count)), between(west, plusDays(east, count))];
  return west === east ? { holds: surely } : { holds: surely, maybe: perhaps };
}

function plusDays(date: string, days: number): string {
  return new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);
}

/** A day that is written without a time, so that it is the same in every zone. */
function dayOf(operand: unknown): string | undefined {
  if (operand === undefined || /:|^\d+$/.test(formatValue(operand as string).trim())) return undefined;
  const parsed = parseFieldValue("date", operand);
  return parsed.ok ? String(parsed.value) : undefined;
}
