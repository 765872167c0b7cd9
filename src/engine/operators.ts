import type { operators } from "../model/condition.ts";
import type { FieldValue } from "../model/field.ts";
import { foldText } from "./fold-text.ts";
import { compilePattern } from "./pattern.ts";
import { dateToMillis, daysBetween, localTime } from "./time.ts";
import { formatValue, parseFieldValue } from "./values.ts";

/** A deal's status is compared by `condition.ts` itself: what it may be depends on its plan. */
export type OperatorKind = Exclude<keyof typeof operators, "status">;
export type Operand = string | number | boolean | undefined;

/** The moment and the place of a comparison. */
interface Here {
  /** Unix milliseconds. */
  readonly now: number;
  /** IANA zone in which dates without one are meant. */
  readonly zone: string;
}

type Test = (value: FieldValue | undefined, operands: readonly Operand[], here: Here) => boolean;

const isSet: Test = (value) => value !== undefined && value !== "";
const not =
  (test: Test): Test =>
  (value, operands, here) =>
    !test(value, operands, here);
const isNotSet = not(isSet);

const fold = (value: FieldValue | Operand) => foldText(formatValue(value));
const textTest =
  (compare: (value: string, operand: string) => boolean): Test =>
  (value, [operand]) =>
    value !== undefined && compare(fold(value), fold(operand));
/** A part that is empty (a template without a value) is in no text. */
const partTest = (compare: (value: string, part: string) => boolean): Test =>
  textTest((value, part) => part !== "" && compare(value, part));

const numberOf = (value: FieldValue | Operand): number | undefined => {
  const parsed = value === undefined ? undefined : parseFieldValue("number", value);
  return parsed?.ok === true ? (parsed.value as number) : undefined;
};
const numberTest =
  (compare: (value: number, operand: number, second: number) => boolean): Test =>
  (value, [operand, second]) => {
    const [left, right] = [numberOf(value), numberOf(operand)];
    return left !== undefined && right !== undefined && compare(left, right, numberOf(second) ?? Number.NaN);
  };

const isYes = (value: FieldValue | undefined, wanted: boolean) => {
  const parsed = value === undefined ? undefined : parseFieldValue("boolean", value);
  return parsed?.ok === true && parsed.value === wanted;
};

const dayMs = 86_400_000;
const momentOf = (value: FieldValue | Operand, { zone }: Here): number | undefined => {
  if (value === undefined) return undefined;
  const parsed = parseFieldValue("datetime", value, { timeZone: zone });
  return parsed.ok ? dateToMillis(String(parsed.value), "UTC") : undefined;
};
const dayOf = (value: FieldValue | Operand, { zone }: Here): string | undefined => {
  const parsed = value === undefined ? undefined : parseFieldValue("date", value, { timeZone: zone });
  return parsed?.ok === true ? String(parsed.value) : undefined;
};
/** A day, written without a time; Unix time is digits alone. */
export const isDay = (value: FieldValue | Operand) => !/:|^\d+$/.test(formatValue(value).trim());

const momentTest =
  (compare: (value: number, operand: number) => boolean): Test =>
  (value, [operand], here) => {
    const [left, right] = [momentOf(value, here), momentOf(operand, here)];
    return left !== undefined && right !== undefined && compare(left, right);
  };

/** Both ends are included, and of an end without a time the whole day. */
const isBetween: Test = (value, [from, to], here) => {
  const [at, first, last] = [momentOf(value, here), momentOf(from, here), momentOf(to, here)];
  if (at === undefined || first === undefined || last === undefined) return false;
  const isInLastDay = isDay(to) && localTime(at, here.zone).date === dayOf(to, here);
  return at >= first && (at <= last || isInLastDay);
};

/** Dates are counted in days of the calendar (today is within 0 days, either way), moments in spans of 24 hours. */
const within =
  (direction: 1 | -1): Test =>
  (value, [days], here) => {
    const [at, count] = [momentOf(value, here), numberOf(days)];
    if (at === undefined || count === undefined) return false;
    const today = localTime(here.now, here.zone).date;
    const away = isDay(value) ? daysBetween(today, dayOf(value, here) ?? "") : (at - here.now) / dayMs;
    return away * direction >= 0 && away * direction <= count;
  };

const dates: Readonly<Record<string, Test>> = {
  before: momentTest((value, operand) => value < operand),
  after: momentTest((value, operand) => value > operand),
  between: isBetween,
  within_last_days: within(-1),
  within_next_days: within(1),
  is_set: isSet,
  is_not_set: isNotSet,
};

const isText = textTest((value, operand) => value === operand);
const containsText = partTest((value, part) => value.includes(part));
const isNumber = numberTest((value, operand) => value === operand);
const listHas: Test = (value, [operand]) =>
  Array.isArray(value) && value.some((item) => fold(item as FieldValue) === fold(operand));
/** How a contact stands to a sequence, as a list of words: the one who is subscribed again may have finished it as another contact, before a merge. */
const isSubscribed: Test = (value) => Array.isArray(value) && value.includes("subscribed");
const hasFinished: Test = (value) => Array.isArray(value) && value.includes("finished");
const isEmpty: Test = (value) => !Array.isArray(value) || value.length === 0;

/** Text compares without regard to case; only `matches` (a pattern) minds it. A negative holds for what is not set. */
const tests: { readonly [K in OperatorKind]: Readonly<Record<string, Test>> } = {
  text: {
    is: isText,
    is_not: not(isText),
    contains: containsText,
    not_contains: not(containsText),
    starts_with: partTest((value, part) => value.startsWith(part)),
    ends_with: partTest((value, part) => value.endsWith(part)),
    matches: (value, [operand]) => {
      const pattern = compilePattern(String(operand ?? ""), { ignoreCase: false });
      return value !== undefined && pattern.ok && pattern.test(formatValue(value));
    },
    in: (value, operands) => value !== undefined && operands.some((operand) => fold(operand) === fold(value)),
    is_set: isSet,
    is_not_set: isNotSet,
  },
  number: {
    is: isNumber,
    is_not: not(isNumber),
    gt: numberTest((value, operand) => value > operand),
    gte: numberTest((value, operand) => value >= operand),
    lt: numberTest((value, operand) => value < operand),
    lte: numberTest((value, operand) => value <= operand),
    between: numberTest((value, from, to) => value >= from && value <= to),
    is_set: isSet,
    is_not_set: isNotSet,
  },
  boolean: {
    is_true: (value) => isYes(value, true),
    is_false: (value) => isYes(value, false),
    is_set: isSet,
    is_not_set: isNotSet,
  },
  date: {
    ...dates,
    is: (value, [operand], here) => value !== undefined && String(value).slice(0, 10) === dayOf(operand, here),
  },
  datetime: dates,
  list: {
    contains: listHas,
    not_contains: not(listHas),
    is_empty: isEmpty,
    is_not_empty: not(isEmpty),
  },
  json: { is_set: isSet, is_not_set: isNotSet },
  membership: { has: (value) => value === true, has_not: (value) => value !== true },
  subscription: {
    has: isSubscribed,
    has_not: not(isSubscribed),
    finished: hasFinished,
    not_finished: not(hasFinished),
  },
};

/** The test of an operator; undefined: the kind has no such operator. */
export function findTest(kind: OperatorKind, operator: string): Test | undefined {
  return Object.hasOwn(tests[kind], operator) ? tests[kind][operator] : undefined;
}

/** A value whose kind nobody declared takes the operators of all these, its own first. */
export const guessedKinds = ["text", "number", "boolean", "list", "datetime", "date"] as const satisfies OperatorKind[];
