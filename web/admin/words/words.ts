import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { en } from "./en.ts";

/** The languages that are complete: the compiler holds the others against English. */
export const languages = { en: "English", ru: "Русский" } as const;
export type Language = keyof typeof languages;

const storageKey = "repartee-language";

const loaders: Readonly<Record<Language, () => Promise<typeof en>>> = {
  en: async () => en,
  ru: async () => (await import("./ru.ts")).ru,
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
    resources: { en: { translation: en }, [language]: { translation: await loaders[language]() } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  document.documentElement.lang = language;
}

export async function changeLanguage(language: Language): Promise<void> {
  i18next.addResourceBundle(language, "translation", await loaders[language](), true, true);
  await i18next.changeLanguage(language);
  localStorage.setItem(storageKey, language);
  document.documentElement.lang = language;
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
