import { isProfileAttribute, profileAttributes } from "../../../engine/chatbot-attributes.ts";
import { parseObjectId } from "../../../engine/object-id.ts";
import { AppError } from "../../../model/app-error.ts";
import type { TextOperator, TimeOperator, UserFilter, UserSearch } from "../../../store/user-search-store.ts";
import { nestPairs } from "../../nest-pairs.ts";
import { parseRawQuery } from "../../raw-query.ts";

const bad = (sentence: string) => new AppError("request.invalid", sentence);

/**
 * What a search asks for, from wherever it stands: `sort[field]=`, `sort.field=`, a JSON text as value (`filters=[…]`), or a JSON body, also of a GET.
 * https://www.chatbot.com/docs does not say which; clients differ.
 */
export function readSearchInput(url: string, body: unknown): Record<string, unknown> {
  const pairs = url.includes("?") ? parseRawQuery(url) : [];
  const bracketed = pairs.map(({ key, value }) => {
    const [first = "", ...rest] = key.split(".");
    return { key: first + rest.map((part) => `[${part}]`).join(""), value };
  });
  const query = Object.fromEntries(Object.entries(nestPairs(bracketed)).map(([key, value]) => [key, readJson(value)]));
  return typeof body === "object" && body !== null && !Array.isArray(body) ? { ...query, ...body } : query;
}

function readJson(value: unknown): unknown {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    throw bad("a value that looks like JSON cannot be read");
  }
}

/** What the filters name, looked up. */
export interface SearchNames {
  readonly tagIds: ReadonlyMap<string, number>;
  /** By name and by key. */
  readonly fieldIds: ReadonlyMap<string, number>;
}

/** What is empty is as good as not said: a scenario sends its empty boxes too. */
const withoutEmpty = (input: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null && value !== ""));

/** Throws `request.invalid` with what is wrong. `after` is not looked up. */
export function toSearch(input: Readonly<Record<string, unknown>>, names: SearchNames): UserSearch {
  const given = withoutEmpty(input);
  const { limit = 40, sort = {}, match = "all", after } = given;
  const count = Number(limit);
  if (!Number.isInteger(count) || count < 1 || count > 40) throw bad("limit has to be a whole number from 1 to 40");
  const { field = "createdAt", order: asked = "desc" } = withoutEmpty(sort as Record<string, unknown>);
  const order = String(asked).toLowerCase();
  if (field !== "createdAt" && field !== "lastSeen") throw bad("sort.field has to be createdAt or lastSeen");
  if (order !== "asc" && order !== "desc") throw bad("sort.order has to be asc or desc");
  if (match !== "all" && match !== "any") throw bad("match has to be all or any");
  return {
    limit: count,
    sort: field,
    order,
    match,
    filters: readFilters(given.filters, names),
    after: after === undefined ? undefined : (parseObjectId("user", String(after)) ?? 0),
  };
}

function readFilters(filters: unknown, names: SearchNames): UserFilter[] {
  if (filters === undefined) return [];
  const list = Array.isArray(filters) ? filters : [filters];
  if (list.length > 5) throw bad("there may be five filters at most");
  return list.map(readJson).flatMap((filter) => {
    if (typeof filter !== "object" || filter === null) throw bad("a filter has to be an object with type and value");
    const isEmpty = Object.keys(withoutEmpty(filter as Record<string, unknown>)).length === 0;
    return isEmpty ? [] : [readFilter(filter as Record<string, unknown>, names)];
  });
}

/** `Default Email`, `defaultEmail`, `default_email` are one. */
const plain = (text: unknown) =>
  String(text ?? "")
    .toLowerCase()
    .replace(/[^a-z]/g, "");

function readFilter(filter: Readonly<Record<string, unknown>>, names: SearchNames): UserFilter {
  const { value } = filter;
  const operator = plain(filter.operator ?? filter.condition ?? filter.comparator);
  const text = value === undefined || value === null ? "" : String(value);
  switch (plain(filter.type)) {
    case "segment":
      return { kind: "tag", tagId: readSegment(text, names), has: !/^(not|isnot|isnt|doesnt|doesnot)/.test(operator) };
    case "userid":
    case "customeruserid":
      return { kind: "userId", operator: readTextOperator(operator), value: text };
    case "defaultemail":
    case "email":
      return { kind: "email", operator: readTextOperator(operator), value: text };
    case "defaultname":
    case "name":
      return { kind: "name", operator: readTextOperator(operator), value: text };
    case "attribute":
      return readAttribute(filter, readTextOperator(operator), text, names);
    case "banned":
      return { kind: "banned", is: readBoolean(value) !== /^(not|isnot|isnt)/.test(operator) };
    case "createdat":
      return { kind: "createdAt", operator: readTimeOperator(operator), at: readTime(value) };
    case "lastseen":
    case "lastseenat":
      return { kind: "lastSeen", operator: readTimeOperator(operator), at: readTime(value) };
    default:
      throw bad(
        `the filter type "${String(filter.type).slice(0, 40)}" is none of segment, userId, default_email, default_name, attribute, banned, createdAt, lastSeen`,
      );
  }
}

/** By id or by name; one that nobody has is found on nobody. */
function readSegment(text: string, { tagIds }: SearchNames): number {
  const byName = tagIds.get(text);
  if (byName !== undefined) return byName;
  return /^[0-9a-f]{24}$/i.test(text) ? (parseObjectId("segment", text) ?? 0) : 0;
}

function readAttribute(
  filter: Readonly<Record<string, unknown>>,
  operator: TextOperator,
  value: string,
  names: SearchNames,
): UserFilter {
  const key = String(filter.key ?? filter.name ?? filter.attribute ?? "");
  if (key === "") throw bad("a filter of the type attribute needs a key");
  const fieldId = names.fieldIds.get(key) ?? 0;
  const part = isProfileAttribute(key) ? profileAttributes[key] : undefined;
  if (part === "email" || part === "name") return { kind: part, operator, value };
  if (part !== undefined) return { kind: "profile", part, fieldId, operator, value };
  return { kind: "field", fieldId, operator, value };
}

const textOperators: Readonly<Record<string, TextOperator>> = {
  "": "equal",
  is: "equal",
  eq: "equal",
  equal: "equal",
  equals: "equal",
  isnot: "notEqual",
  ne: "notEqual",
  neq: "notEqual",
  notequal: "notEqual",
  notequals: "notEqual",
  contain: "contains",
  contains: "contains",
  notcontain: "notContains",
  notcontains: "notContains",
  doesnotcontain: "notContains",
  startswith: "startsWith",
  endswith: "endsWith",
  exist: "exists",
  exists: "exists",
  isset: "exists",
  notexists: "notExists",
  doesnotexist: "notExists",
  isnotset: "notExists",
};

function readTextOperator(operator: string): TextOperator {
  const known = Object.hasOwn(textOperators, operator) ? textOperators[operator] : undefined;
  if (known === undefined) throw bad(`the operator "${operator.slice(0, 40)}" does not compare texts`);
  return known;
}

const timeOperators: Readonly<Record<string, TimeOperator>> = {
  before: "before",
  lt: "before",
  lte: "before",
  lessthan: "before",
  after: "after",
  gt: "after",
  gte: "after",
  greaterthan: "after",
  "": "on",
  is: "on",
  eq: "on",
  on: "on",
  equal: "on",
  equals: "on",
};

function readTimeOperator(operator: string): TimeOperator {
  const known = Object.hasOwn(timeOperators, operator) ? timeOperators[operator] : undefined;
  if (known === undefined) throw bad(`the operator "${operator.slice(0, 40)}" does not compare times`);
  return known;
}

function readBoolean(value: unknown): boolean {
  const word = String(value ?? "true").toLowerCase();
  if (["true", "1", "yes"].includes(word)) return true;
  if (["false", "0", "no"].includes(word)) return false;
  throw bad("banned is true or false");
}

/** ISO 8601, with a space for the T too, or Unix seconds or milliseconds. */
function readTime(value: unknown): Date {
  const text = String(value ?? "").trim();
  const at = /^\d{9,11}$/.test(text)
    ? new Date(Number(text) * 1000)
    : new Date(/^\d{12,14}$/.test(text) ? Number(text) : text.replace(" ", "T"));
  if (Number.isNaN(at.getTime())) throw bad(`"${text.slice(0, 40)}" is no time; write it as 2026-01-31T12:00:00Z`);
  return at;
}
