import type { ActionCall } from "../model/action-call.ts";
import { type ProfileKey, profileKeys } from "../model/contact.ts";
import type { FieldDefinition } from "../model/field.ts";
import type { ImportTarget } from "../model/import.ts";
import { toLiteral } from "./literal-text.ts";
import { parseFieldValue, parseProfileValue } from "./values.ts";

/** Whom a line means. */
export interface ImportKeys {
  readonly cuid?: string | undefined;
  readonly clientExternalId?: string | undefined;
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
}

/** A line of a file as actions, or why it is none. */
export type ImportLine =
  | { readonly ok: true; readonly keys: ImportKeys; readonly calls: readonly ActionCall[] }
  | { readonly ok: false; readonly reason: string };

const longestName = 200;

/** Reads the cells of a line. An empty cell changes nothing. `fields`: by key. */
export function readImportLine(
  cells: readonly string[],
  {
    mapping,
    tags,
    fields,
  }: {
    readonly mapping: readonly (ImportTarget | null)[];
    readonly tags: readonly string[];
    readonly fields: ReadonlyMap<string, FieldDefinition>;
  },
): ImportLine {
  if (cells.length > mapping.length && cells.slice(mapping.length).some((cell) => cell.trim() !== "")) {
    return { ok: false, reason: `has ${cells.length} cells where the heading has ${mapping.length}` };
  }
  const keys: Record<string, string> = {};
  const calls: ActionCall[] = [];
  const problems: string[] = [];
  for (const [place, target] of mapping.entries()) {
    const cell = withoutGuard(cells[place] ?? "").trim();
    if (target === null || cell === "") continue;
    const read = readCell(target, cell, fields);
    if (typeof read === "string") problems.push(read);
    else {
      calls.push(...read.calls);
      Object.assign(keys, read.key);
    }
  }
  if (problems.length > 0) return { ok: false, reason: problems.join("; ") };
  if (calls.length === 0 && Object.keys(keys).length === 0) return { ok: false, reason: "has nothing in it" };
  calls.push(...tags.map((tag) => ({ action: "add_tag", args: { tag } })));
  return { ok: true, keys, calls };
}

interface Read {
  readonly calls: readonly ActionCall[];
  readonly key?: ImportKeys;
}

/** A text: why it cannot be. */
function readCell(target: ImportTarget, cell: string, fields: ReadonlyMap<string, FieldDefinition>): Read | string {
  if (target === "cuid") return { calls: [], key: { cuid: cell } };
  if (target === "tags" || target === "labels") return readNames(target, cell);
  if (target.startsWith("field:")) return readField(target.slice("field:".length), cell, fields);
  const key = target as ProfileKey;
  const value = parseProfileValue(key, cell);
  if (value === undefined) return `"${cell.slice(0, 60)}" is not a valid ${wordOf(key)}`;
  const call = { action: "set_profile", args: { key, value: toLiteral(value) } };
  const isKey = key === "phone" || key === "email" || key === "clientExternalId";
  return { calls: [call], ...(isKey ? { key: { [key]: value } } : {}) };
}

function readNames(target: "tags" | "labels", cell: string): Read | string {
  const names = cell
    .split(/[,;|]/)
    .map((name) => name.trim())
    .filter((name) => name !== "");
  const tooLong = names.find((name) => name.length > longestName);
  if (tooLong !== undefined) return `"${tooLong.slice(0, 60)}…" is longer than ${longestName} characters`;
  const kind = target === "tags" ? "tag" : "label";
  return { calls: [...new Set(names)].map((name) => ({ action: `add_${kind}`, args: { [kind]: name } })) };
}

function readField(key: string, cell: string, fields: ReadonlyMap<string, FieldDefinition>): Read | string {
  const definition = fields.get(key);
  if (definition === undefined) return `there is no field "${key}" any more`;
  const parsed = parseFieldValue(definition.kind, cell);
  if (!parsed.ok) return `the field "${definition.name}" ${parsed.message}, and "${cell.slice(0, 60)}" is none`;
  // Dates and times are read by the action, in the contact's own time zone.
  const value = typeof parsed.value === "string" ? toLiteral(cell) : parsed.value;
  return { calls: [{ action: "set_field", args: { field: key, value } }] };
}

/** The apostrophe that our own export puts before what a spreadsheet would take for a formula. */
const withoutGuard = (cell: string) => (/^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell);

const wordOf = (key: ProfileKey) => key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** Headings as people and other systems write them; the first that fits. */
const guesses: readonly (readonly [RegExp, ImportTarget])[] = [
  [/^cuid$|bothelp.?id/, "cuid"],
  [/e-?mail|^mail$|почт/, "email"],
  [/phone|^tel|mobile|телефон|мобил|whatsapp/, "phone"],
  [/^(first.?name|имя)$|^given/, "firstName"],
  [/last.?name|surname|фамилия/, "lastName"],
  [/^(full.?)?name$|^фио$|^контакт$|полное имя/, "name"],
  [/^tags?$|^теги?$|^тэги?$|segments?$/, "tags"],
  [/^labels?$|^метк[аи]$/, "labels"],
  [/external|user.?id|^id$|^ид$|внешн/, "clientExternalId"],
  [/language|^lang$|язык/, "language"],
  [/time.?zone|часовой пояс/, "timeZone"],
  [/gender|^sex$|^пол$/, "gender"],
];

/** What each column may be, by its heading; each target once. A heading that is a field's key or name is that field. */
export function guessMapping(headings: readonly string[], fields: readonly FieldDefinition[]): (ImportTarget | null)[] {
  const taken = new Set<ImportTarget>();
  return headings.map((heading) => {
    const text = heading.trim().toLowerCase();
    const own = profileKeys.find((key) => key.toLowerCase() === text);
    const field = fields.find(({ key, name }) => key === text || name.toLowerCase() === text);
    const known = guesses.find(([pattern]) => pattern.test(text))?.[1];
    const target: ImportTarget | undefined = field === undefined ? (own ?? known) : `field:${field.key}`;
    if (target === undefined || taken.has(target)) return null;
    taken.add(target);
    return target;
  });
}
