import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { CatalogueWords } from "./catalogue.ts";
import { catalogueWords } from "./en/catalogue.ts";
import { places } from "./en/places.ts";
import { en } from "./en.ts";
import type { SentenceWords } from "./sentences.ts";

/** The languages that are complete: the compiler holds the others against English. */
export const languages = { en: "English", ru: "Русский" } as const;
export type Language = keyof typeof languages;

const storageKey = "repartee-language";

/** By namespace: the admin's own words, and those for what the registries name. */
interface Words {
  readonly translation: typeof en;
  readonly catalogue: CatalogueWords;
}

/** English sentences come as they are, but for the places that they name. */
const sentences: Partial<Record<Language, SentenceWords>> = {
  en: { forms: {}, codes: {}, values: {}, places: places },
};

const english: Words = { translation: en, catalogue: catalogueWords };
const loaders: Readonly<Record<Language, () => Promise<Words>>> = {
  en: async () => english,
  ru: async () => {
    const [{ ru }, { catalogueWords: catalogue }, { sentenceWords }] = await Promise.all([
      import("./ru.ts"),
      import("./ru/catalogue.ts"),
      import("./ru/sentences.ts"),
    ]);
    sentences.ru = sentenceWords;
    return { translation: ru, catalogue };
  },
};

/** What the person chose, or else what the browser prefers. */
function chooseLanguage(): Language {
  const wanted = [localStorage.getItem(storageKey) ?? "", ...navigator.languages];
  const known = wanted.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => Object.hasOwn(languages, tag));
  return (known ?? "en") as Language;
}

export async function startWords(): Promise<void> {
  const language = chooseLanguage();
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: "en",
    resources: { en: { ...english }, [language]: { ...(await loaders[language]()) } },
    interpolation: { escapeValue: false },
    returnNull: false,
    // A place where nothing is said, such as before what the contact wrote, is no missing word: its key would stand there.
    returnEmptyString: true,
  });
  document.documentElement.lang = language;
}

export async function changeLanguage(language: Language): Promise<void> {
  for (const [namespace, words] of Object.entries(await loaders[language]())) {
    i18next.addResourceBundle(language, namespace, words, true, true);
  }
  await i18next.changeLanguage(language);
  localStorage.setItem(storageKey, language);
  document.documentElement.lang = language;
}

/** For what the server says, in a language of the page that has been loaded. */
export function sentencesIn(language: string): SentenceWords | undefined {
  return sentences[language as Language];
}

export function currentLanguage(): Language {
  return i18next.language as Language;
}

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof en };
  }
}
