import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";

const source = path.resolve(import.meta.dirname, "..", "src");

/** What PostgreSQL has learnt since 13, with the release. */
const newer: Readonly<Record<string, RegExp>> = {
  "merge (15)": /\bmerge\s+into\b/i,
  "nulls not distinct (15)": /\bnulls\s+not\s+distinct\b/i,
  "security_invoker (15)": /\bsecurity_invoker\b/i,
  "regexp_count, regexp_like, regexp_instr, regexp_substr (15)": /\bregexp_(count|like|instr|substr)\s*\(/i,
  "any_value, array_sample, array_shuffle (16)": /\b(any_value|array_sample|array_shuffle)\s*\(/i,
  "is json (16)": /\bis\s+json\b/i,
  "json_object, json_array as of the standard (16)": /\bjson_(object|array)\s*\([^)]*\b(absent|null)\s+on\s+null\b/i,
  "random_normal, erf (16)": /\b(random_normal|erf)\s*\(/i,
  "json_table, json_exists, json_value, json_query (17)": /\bjson_(table|exists|value|query)\s*\(/i,
  "merge … returning, to_bin, to_oct, uuid_extract (17)": /\b(to_bin|to_oct|uuid_extract_\w+)\s*\(/i,
  "uuidv7, uuidv4, casefold, array_sort, array_reverse (18)":
    /\b(uuidv7|uuidv4|casefold|array_sort|array_reverse)\s*\(/i,
  "returning old, new (18)": /\breturning\s+(with\s*\(|old\.|new\.)/i,
  "virtual columns, without overlaps (18)": /\)\s+virtual\b|\bwithout\s+overlaps\b/i,
  "multirange types, range_agg (14)": /\b(\w+multirange|range_agg)\b/i,
  "date_bin, split_part from the end, bit_count, string_to_table (14)":
    /\b(date_bin|bit_count|string_to_table|trim_array)\s*\(/i,
  "search … first, cycle … set (14)": /\bsearch\s+(depth|breadth)\s+first\b|\bcycle\s+\w+\s+set\b/i,
  "group by distinct (14)": /\bgroup\s+by\s+distinct\b/i,
};

const isOfStore = (name: string) => name.endsWith(".ts") && !name.endsWith(".test.ts");

it("no statement of ours asks for more than PostgreSQL 13", async () => {
  const names = (await readdir(source, { recursive: true })).filter(isOfStore);
  expect(names.length).toBeGreaterThan(300);
  const found: string[] = [];
  for (const name of names) {
    const text = await readFile(path.join(source, name), "utf8");
    // Only what stands in SQL: template texts.
    for (const [, statement = ""] of text.matchAll(/(?:sql(?:<[^`]*?>)?|\/\* sql \*\/ )`((?:[^`\\]|\\.)*)`/gs)) {
      for (const [what, pattern] of Object.entries(newer)) if (pattern.test(statement)) found.push(`${name}: ${what}`);
    }
  }
  expect(found).toEqual([]);
});
