import { decimalsOf } from "../../../src/engine/money.ts";

/** A typed price in minor units: "12,5" is 1250 in EUR. Undefined: not one. */
export function parsePrice(text: string, currency: string): number | undefined {
  const plain = text.replaceAll(/\s/g, "").replace(",", ".");
  const match = /^(\d{1,12})(?:\.(\d+))?$/.exec(plain);
  const decimals = readDecimals(currency);
  const [, whole = "", part = ""] = match ?? [];
  if (match === null || decimals === undefined || part.length > decimals) return undefined;
  return Number(whole + part.padEnd(decimals, "0"));
}

/** Undefined where there is no such currency: the server says so beside the field. */
function readDecimals(currency: string): number | undefined {
  try {
    return decimalsOf(currency.trim().toUpperCase());
  } catch {
    return undefined;
  }
}
