const units = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
] as const;

/** "2 hours 5 minutes", in the person's language: the two largest units that are not zero. */
export function describeDuration(milliseconds: number, language: string): string {
  let rest = Math.round(milliseconds / 1000) * 1000;
  const parts: string[] = [];
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(format(count, unit, language));
  }
  return parts.slice(0, 2).join(" ") || format(0, "second", language);
}

function format(count: number, unit: string, language: string): string {
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(count);
}
