import { AppError } from "../model/app-error.ts";
import { say } from "../model/sentence.ts";
import type { QueryPair } from "./raw-query.ts";

/** Keys that an object of ours must never get from outside. */
const forbidden = ["__proto__", "constructor", "prototype"];

/**
 * Names and values as PHP reads them: `k[]=a&k[]=b` is a list, `data[0][tag_ns]=x` a list of objects, `a[b]=c` an object; of a plain key said twice the
 * last counts. Brackets may be percent-encoded.
 */
export function nestPairs(pairs: readonly QueryPair[]): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const { key, value } of pairs) {
    if (value === undefined) throw new AppError("request.bad_encoding", say`the value of "${{ key }}" is not UTF-8`);
    const path = [key.split("[", 1)[0] ?? "", ...[...key.matchAll(/\[([^\]]*)\]/g)].map((match) => match[1] ?? "")];
    if (path.length > 6 || path.some((part) => forbidden.includes(part))) continue;
    plant(root, path, value);
  }
  return Object.fromEntries(Object.entries(root).map(([key, value]) => [key, toLists(value)]));
}

function plant(root: Record<string, unknown>, path: readonly string[], value: string): void {
  let at = root;
  for (const [index, part] of path.entries()) {
    const key = part === "" && index > 0 ? String(Object.keys(at).length) : part;
    if (index === path.length - 1) {
      at[key] = value;
      return;
    }
    const next = at[key];
    if (typeof next !== "object" || next === null) at[key] = {};
    at = at[key] as Record<string, unknown>;
  }
}

/** Objects whose keys are 0, 1, 2 … are lists. */
function toLists(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, toLists(item)] as const);
  const isList = entries.length > 0 && entries.every(([key], index) => key === String(index));
  return isList ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}
