import { createHash } from "node:crypto";
import { type RawBuilder, type SqlBool, sql } from "kysely";
import { foldText } from "../engine/fold-text.ts";
import type { OperatorKind } from "../engine/operators.ts";
import type { FieldValue } from "../model/field.ts";
import type { Database } from "./database.ts";

/**
 * What values of fields are compared and found by: `contact_fields.search_key`, written with the value. A letter for the kind of value, then texts as `foldText` makes them (instants and dates, being
 * ISO 8601, in order), numbers as 16 digits in the order of the numbers. An index holds it, so it has to be short: long texts (`t`) have their beginning in it, and what tells them apart.
 */
export function toSearchKey(value: FieldValue): string {
  if (typeof value === "string") return textKey(foldText(value));
  if (typeof value === "number") return `n${orderedDigits(value)}`;
  if (typeof value === "boolean") return value ? "b1" : "b0";
  return Array.isArray(value) ? "l" : "j";
}

/** Texts up to this length stand in their key as they are. */
const longestPlainKey = 200;

/** The key of a text that was folded already. */
export function textKey(folded: string): string {
  if (folded.length <= longestPlainKey) return `s${folded.toWellFormed()}`;
  const digest = createHash("sha256").update(folded).digest("base64url");
  return `t${folded.slice(0, longestPlainKey).toWellFormed()}${digest}`;
}

/** The bits of a double in an order that texts have too. */
function orderedDigits(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  // There is one zero.
  view.setFloat64(0, value === 0 ? 0 : value);
  const bits = view.getBigUint64(0);
  const ordered = bits >> 63n === 1n ? ~bits & 0xffff_ffff_ffff_ffffn : bits | (1n << 63n);
  return ordered.toString(16).padStart(16, "0");
}

/** Whether a row `cf` of `contact_fields` may hold a value that reads so as text, or a list: by the index of keys, for who compares the value itself behind it. */
export function mayRead(text: string): RawBuilder<SqlBool> {
  const keys = [
    toSearchKey(text),
    "l",
    "j",
    ...(text === "true" || text === "false" ? [toSearchKey(text === "true")] : []),
  ];
  const number = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isFinite(number)) keys.push(toSearchKey(number));
  return sql<SqlBool>`(cf.search_key = any(${keys}::text[]) or cf.search_key is null)`;
}

/** Keys from the one on and before the other. */
type Range = readonly [from: string, before: string];

/** Between which keys the values of a kind are; undefined: any. */
const ranges: Readonly<Record<OperatorKind, Range | undefined>> = {
  text: ["s", "u"],
  date: ["s", "t"],
  datetime: ["s", "t"],
  number: ["n", "o"],
  boolean: ["b", "c"],
  list: ["l", "m"],
  json: undefined,
  membership: undefined,
  subscription: undefined,
};

/** Whether a key is of a value that a field of this kind should have. Null where nothing wrote the key. */
export function isOfKind(key: RawBuilder<unknown>, kind: OperatorKind): RawBuilder<SqlBool> {
  const range = ranges[kind];
  return range === undefined ? sql<SqlBool>`true` : sql<SqlBool>`(${key} >= ${range[0]} and ${key} < ${range[1]})`;
}

/** What keys a field has all of whose values are of its kind and have one. */
export interface FoundKeys {
  /** There are texts that do not stand in their key as a whole. */
  readonly hasLong: boolean;
  /** There are texts of nothing, or of space alone. */
  readonly hasBlank: boolean;
}

/**
 * The fields all of whose values are of their kind and have their key: four looks into the index for each. (Asked whether there is a value that is not, the planner may read the whole table: 1.2 s at
 * 10,000,000 values.)
 */
export async function findCleanFields(
  db: Database,
  fields: readonly { readonly id: number; readonly kind: OperatorKind }[],
): Promise<ReadonlyMap<number, FoundKeys>> {
  if (fields.length === 0) return new Map();
  const looks = fields.map(({ id, kind }) => {
    const found = (what: RawBuilder<unknown>) => sql`(select ${what} from contact_fields o where o.field_id = ${id})`;
    const first = (which: RawBuilder<unknown>) => sql`(select o.contact_id from contact_fields o
      where o.field_id = ${id} and o.search_key ${which} order by o.search_key, o.contact_id limit 1)`;
    const [from, before] = ranges[kind] ?? ["", "\u{10ffff}"];
    return sql`select ${id}::bigint as id, ${first(sql`= 's'`)} is not null as "hasBlank", coalesce(${found(sql`max(o.search_key)`)} >= 't', false) as "hasLong"
      where ${first(sql`is null`)} is null and coalesce(${found(sql`min(o.search_key)`)} >= ${from}, true)
        and coalesce(${found(sql`max(o.search_key)`)} < ${before}, true)`;
  });
  const { rows } = await sql<{ id: number } & FoundKeys>`${sql.join(looks, sql` union `)}`.execute(db);
  return new Map(rows.map((row) => [row.id, row]));
}
