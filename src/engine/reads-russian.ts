import type { Contact } from "../model/contact.ts";

/** Whether a text has letters of the Russian alphabet. */
export const isCyrillic = (text: string): boolean => /[а-яё]/i.test(text);

/** Letters of Cyrillic that Russian does not have: of Ukrainian, Belarusian, Kazakh, Serbian … */
const ofOthers = /(?=\p{Script=Cyrillic})[^а-яё]/iu;

/**
 * Whether what the engine says by itself is to be in Russian. `texts`: what the contact wrote, or is asked: whoever writes a Russian word reads Russian,
 * whatever language the messenger's own menus have.
 */
export function readsRussian({ profile }: Pick<Contact, "profile">, ...texts: readonly string[]): boolean {
  return /^ru\b/i.test(profile.language ?? "") || texts.some((text) => isCyrillic(text) && !ofOthers.test(text));
}
