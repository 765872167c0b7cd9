import { decimalsOf, toDecimalText } from "../../../src/engine/money.ts";
import { parseAmount } from "../../../src/engine/sales-plans.ts";
import { currentLanguage } from "../words/words.ts";

/** Minor units as the person's language writes money. */
export function showMoney(sum: number, currency: string): string {
  const format = new Intl.NumberFormat(currentLanguage(), { style: "currency", currency });
  return format.format(sum / 10 ** decimalsOf(currency));
}

/** Minor units as they are typed. */
export function toTyped(sum: number | null, currency: string): string {
  return sum === null ? "" : toDecimalText(sum, currency).replace(/\.0+$/, "");
}

/** What was typed, in minor units; undefined: not an amount. */
export function fromTyped(text: string, currency: string): number | undefined {
  return isCurrency(currency) ? parseAmount(text, decimalsOf(currency)) : undefined;
}

export function isCurrency(code: string): boolean {
  return Intl.supportedValuesOf("currency").includes(code);
}
