import { type Line, maxTotal } from "../model/shop.ts";

const digits = new Map<string, number>();

/** How many decimals a currency's amounts have (ISO 4217): 2 for most, 0 for JPY, 3 for KWD. */
export function decimalsOf(currency: string): number {
  const known = digits.get(currency);
  if (known !== undefined) return known;
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions();
  digits.set(currency, maximumFractionDigits);
  return maximumFractionDigits;
}

/** Minor units as a decimal text with all of the currency's decimals: 2500 is `25.00` in AUD, `2500` in JPY, `2.500` in KWD. */
export function toDecimalText(amount: number, currency: string): string {
  const decimals = decimalsOf(currency);
  if (decimals === 0) return String(amount);
  const padded = String(amount).padStart(decimals + 1, "0");
  return `${padded.slice(0, -decimals)}.${padded.slice(-decimals)}`;
}

/** What the lines cost together, in minor units; undefined: more than `maxTotal`. */
export function totalOf(lines: readonly Line[]): number | undefined {
  // Each line is below 10^16 and the sum stops as soon as it is too large, so that none is rounded to something that fits.
  let total = 0;
  for (const { price, quantity } of lines) {
    total += price * quantity;
    if (total > maxTotal) return undefined;
  }
  return total;
}

/** How many items the lines hold. */
export function countItems(lines: readonly Line[]): number {
  return lines.reduce((count, { quantity }) => count + quantity, 0);
}
