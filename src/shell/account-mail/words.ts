import type { MailWords } from "./mail-words.ts";
import { en } from "./words-en.ts";
import { ru } from "./words-ru.ts";

const all: Readonly<Record<string, MailWords>> = { en, ru };

/** In the language that a tag names ("ru", "ru-RU"), else in English. */
export function wordsFor(tag: string | null): { readonly language: string; readonly words: MailWords } {
  const language = (tag ?? "").slice(0, 2).toLowerCase();
  return Object.hasOwn(all, language) ? { language, words: all[language] ?? en } : { language: "en", words: en };
}
