/**
 * The same value without what PostgreSQL refuses in text: U+0000 is left out, half a surrogate pair becomes U+FFFD. What has none of
 * them comes back as it is, not as a copy.
 */
export function cleanText<T>(value: T): T {
  if (typeof value === "string") {
    const clean = value.includes("\0") ? value.replaceAll("\0", "") : value;
    return (clean.isWellFormed() ? clean : clean.toWellFormed()) as T & string;
  }
  // Nearly always, and looked at for every event: nothing is built for it.
  if (isClean(value)) return value;
  if (Array.isArray(value)) return value.map(cleanText) as T;
  const cleaned = Object.entries(value as object).map(([key, inner]) => [cleanText(key), cleanText(inner)]);
  return Object.fromEntries(cleaned) as T;
}

function isClean(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed() && !value.includes("\0");
  if (typeof value !== "object" || value === null || value instanceof Date) return true;
  if (Array.isArray(value)) return value.every(isClean);
  for (const key in value) {
    if (!isClean(key) || !isClean((value as Readonly<Record<string, unknown>>)[key])) return false;
  }
  return true;
}
