/** The sum of each of these numbers over all lines. */
export function sumOf<Key extends string>(
  lines: readonly Readonly<Record<Key, number>>[],
  keys: readonly Key[],
): Readonly<Record<Key, number>> {
  const total = Object.fromEntries(keys.map((key) => [key, 0])) as Record<Key, number>;
  for (const line of lines) for (const key of keys) total[key] += line[key];
  return total;
}
