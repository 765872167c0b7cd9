import { type RawBuilder, type SqlBool, sql } from "kysely";
import { foldText } from "../engine/fold-text.ts";
import { isDay } from "../engine/operators.ts";
import { formatValue, parseFieldValue } from "../engine/values.ts";
import type { Comparison } from "../model/condition.ts";
import { foldedFor } from "./folded-sql.ts";

export type Sql = RawBuilder<SqlBool>;

/**
 * A condition over a row of `contacts`. SQL's third value says what the database cannot decide as `engine/condition.ts` would (a pattern, a template, a time of day): `null` means that the engine
 * has to be asked about this contact.
 */
export interface SegmentSql {
  /** true, false, or null: ask the engine. */
  readonly holds: Sql;
  /** Never null, true wherever `holds` is true or null; made so that indexes serve it. */
  readonly could: Sql;
  /** `holds` is never null. */
  readonly isExact: boolean;
}

export const exact = (holds: Sql): SegmentSql => ({ holds, could: holds, isExact: true });
export const partly = (holds: Sql, could: Sql = sql`(${holds}) is not false`): SegmentSql => ({
  holds,
  could,
  isExact: false,
});

export const operandsOf = ({ value }: Comparison) => (Array.isArray(value) ? value : [value]);
export const isTemplate = (operand: unknown) => typeof operand === "string" && /\{[{%]/.test(operand);

/** Of a text that is not empty, never null; undefined: only the engine can tell. */
export function textTest(comparison: Comparison, raw: RawBuilder<unknown>): Sql | undefined {
  const text = foldedFor(raw, foldedOperands(comparison));
  return text === undefined ? undefined : foldedTest(comparison, text);
}

const foldedOperands = (comparison: Comparison) =>
  operandsOf(comparison).map((operand) => foldText(formatValue(operand)));

/** The same of a text that is folded already. */
export function foldedTest(comparison: Comparison, text: RawBuilder<unknown>): Sql | undefined {
  if (operandsOf(comparison).some(isTemplate)) return undefined;
  const folded = foldedOperands(comparison);
  const [first = ""] = folded;
  const isPart = first !== "";
  switch (comparison.operator) {
    case "is":
      return sql`${text} = ${first}`;
    case "is_not":
      return sql`${text} <> ${first}`;
    case "contains":
      return isPart ? sql`position(${first} in ${text}) > 0` : sql`false`;
    case "not_contains":
      return isPart ? sql`position(${first} in ${text}) = 0` : sql`true`;
    case "starts_with":
      return isPart ? sql`starts_with(${text}, ${first})` : sql`false`;
    case "ends_with":
      return isPart ? sql`right(${text}, ${[...first].length}::int) = ${first}` : sql`false`;
    case "in":
      return sql`${text} = any(${folded}::text[])`;
    default:
      return undefined;
  }
}

const numberOperators: Readonly<Record<string, string>> = {
  is: "=",
  is_not: "<>",
  gt: ">",
  gte: ">=",
  lt: "<",
  lte: "<=",
};

/** Over something that has the order of numbers, and in which `write` says one. Undefined: only the engine can tell. */
export function compareNumber(
  comparison: Comparison,
  value: RawBuilder<unknown>,
  write: (number: number) => RawBuilder<unknown>,
): Sql | undefined {
  const [first, second] = operandsOf(comparison).map(numberOf);
  if (first === undefined) return undefined;
  if (comparison.operator === "between") {
    return second === undefined ? undefined : sql`${value} >= ${write(first)} and ${value} <= ${write(second)}`;
  }
  const symbol = numberOperators[comparison.operator];
  return symbol === undefined ? undefined : sql`${value} ${sql.raw(symbol)} ${write(first)}`;
}

export function numberOf(operand: unknown): number | undefined {
  if (operand === undefined || isTemplate(operand)) return undefined;
  const parsed = parseFieldValue("number", operand);
  return parsed.ok ? (parsed.value as number) : undefined;
}

/** Where a day ends last, and where it begins first. */
export const zonesAtTheEnds = ["Etc/GMT+12", "Pacific/Kiritimati"] as const;

/** When what people write as a day or a time without a zone may be, by the zones that contacts have: the same twice where it says its zone. Undefined: it is no date. */
export function instantsOf(operand: unknown): { readonly earliest: number; readonly latest: number } | undefined {
  if (operand === undefined || isTemplate(operand)) return undefined;
  const [latest, earliest] = zonesAtTheEnds.map((timeZone) => {
    const parsed = parseFieldValue("datetime", operand, { timeZone });
    return parsed.ok ? Date.parse(String(parsed.value)) : Number.NaN;
  });
  // What says its zone by a day that is another elsewhere has no such order.
  if (!(earliest !== undefined && latest !== undefined && earliest <= latest)) return undefined;
  return { earliest, latest };
}

/** A test with contacts of whom only the engine can tell: their zone decides. */
export interface InstantTest {
  readonly holds: Sql;
  readonly maybe?: Sql;
}

export const dayMs = 86_400_000;

/** `before`, `after` and `between`, over something that has the order of instants and in which `write` says one (Unix milliseconds). Undefined: only the engine can tell. */
export function instantTest(
  comparison: Comparison,
  { value, write }: { readonly value: RawBuilder<unknown>; readonly write: (at: number) => RawBuilder<unknown> },
): InstantTest | undefined {
  const [first, second] = operandsOf(comparison).map(instantsOf);
  if (first === undefined) return undefined;
  const isOne = first.earliest === first.latest && (second === undefined || second.earliest === second.latest);
  const test = (holds: Sql, maybe: Sql): InstantTest => (isOne ? { holds } : { holds, maybe });
  if (comparison.operator === "before") {
    return test(sql`${value} < ${write(first.earliest)}`, sql`${value} < ${write(first.latest)}`);
  }
  if (comparison.operator === "after") {
    return test(sql`${value} > ${write(first.latest)}`, sql`${value} > ${write(first.earliest)}`);
  }
  if (comparison.operator !== "between" || second === undefined) return undefined;
  const holds = sql<SqlBool>`${value} >= ${write(first.latest)} and ${value} <= ${write(second.earliest)}`;
  if (isOne && !isDay(operandsOf(comparison)[1])) return { holds };
  // Of an end that is a day the whole day counts.
  const maybe = sql<SqlBool>`${value} >= ${write(first.earliest)} and ${value} <= ${write(second.latest + 2 * dayMs)}`;
  return { holds, maybe };
}
