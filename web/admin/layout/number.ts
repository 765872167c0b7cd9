import { currentLanguage } from "../words/words.ts";

/** A number as the chosen language writes it. */
export const toNumber = (value: number) => new Intl.NumberFormat(currentLanguage()).format(value);
