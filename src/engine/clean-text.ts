/**
 * The same value without what PostgreSQL refuses in text: U+0000 is left out, half a surrogate pair becomes U+FFFD. What has none of
 * them comes back as it is, not as a copy.
 */
export function cleanText<T>(value: T): T {
  if (typeof value === "string") {
    const clean = value.includes("\0") ? value.replaceAll("\0", "") : value;
    return (clean.isWellFormed() ? clean : clean.toWellFormed()) as T & string;
  }
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  const entries = Object.entries(value);
  const cleaned = entries.map(([key, inner]) => [cleanText(key), cleanText(inner)] as const);
  if (cleaned.every(([key, inner], index) => key === entries[index]?.[0] && inner === entries[index]?.[1]))
    return value;
  return (Array.isArray(value) ? cleaned.map(([, inner]) => inner) : Object.fromEntries(cleaned)) as T;
}
