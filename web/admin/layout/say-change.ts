/** What is said of a yes or a no. */
interface YesNo {
  readonly yes: string;
  readonly no: string;
}

const nothing = "—";
/** So much of a long text stands on either side of what is another. */
const context = 40;
const longest = 300;

/** A value as a line for people. */
export function sayValue(value: unknown, words: YesNo): string {
  if (value === null || value === undefined || value === "") return nothing;
  if (typeof value === "boolean") return value ? words.yes : words.no;
  if (Array.isArray(value)) {
    const isPlain = value.every((one) => typeof one !== "object" || one === null);
    return value.length === 0 ? nothing : value.map((one) => sayValue(one, words)).join(isPlain ? ", " : "; ");
  }
  if (typeof value === "object") {
    const parts = Object.entries(value).filter(([, one]) => one !== null && one !== undefined && one !== "");
    return parts.length === 0 ? nothing : parts.map(([key, one]) => `${key}: ${sayValue(one, words)}`).join(", ");
  }
  return String(value);
}

/** Both sides of a change, each as a line: of settings within settings only those that are another, of long texts only the part that is. */
export function sayChange(
  before: unknown,
  after: unknown,
  words: YesNo,
): { readonly before: string; readonly after: string } {
  const [one, other] = differingParts(before, after);
  return crop(sayValue(one, words), sayValue(other, words));
}

function differingParts(before: unknown, after: unknown): [unknown, unknown] {
  if (isListOfObjects(before) && isListOfObjects(after) && before.length === after.length) {
    return differingParts(numbered(before), numbered(after));
  }
  if (!isPlainObject(before) || !isPlainObject(after)) return [before, after];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const differing = keys.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
  const pairs = differing.map((key) => [key, differingParts(before[key], after[key])] as const);
  return [
    Object.fromEntries(pairs.map(([key, [one]]) => [key, one])),
    Object.fromEntries(pairs.map(([key, [, other]]) => [key, other])),
  ];
}

/** What stands in the same place of both is compared, and told by the place: the first is 1. */
const numbered = (list: readonly object[]) => Object.fromEntries(list.map((one, index) => [index + 1, one]));

function isListOfObjects(value: unknown): value is readonly object[] {
  return Array.isArray(value) && value.every((one) => typeof one === "object" && one !== null);
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** By code points, so that no character is cut in two. */
function crop(before: string, after: string): { readonly before: string; readonly after: string } {
  const [one, other] = [[...before], [...after]];
  if (Math.max(one.length, other.length) <= 2 * context) return { before, after };
  const shorter = Math.min(one.length, other.length);
  let head = 0;
  while (head < shorter && one[head] === other[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && one.at(-1 - tail) === other.at(-1 - tail)) tail += 1;
  const cut = (text: readonly string[]) => {
    const start = Math.max(0, head - context);
    const end = Math.min(text.length - Math.max(0, tail - context), start + longest);
    return `${start > 0 ? "…" : ""}${text.slice(start, end).join("")}${end < text.length ? "…" : ""}`;
  };
  return { before: cut(one), after: cut(other) };
}
