import { useQuery } from "@tanstack/react-query";
import { currentLanguage, type Language } from "../words/words.ts";
import type { templateWords } from "./en-templates.ts";
import type { FlowTemplate } from "./templates.ts";

const loaders: Readonly<Record<Language, () => Promise<{ readonly templateWords: typeof templateWords }>>> = {
  en: () => import("./en-templates.ts"),
  ru: () => import("./ru-templates.ts"),
};

/** The ready flows in the person's language; loaded when they are wanted. */
export function useTemplates(): readonly FlowTemplate[] {
  const language = currentLanguage();
  const { data } = useQuery({
    queryKey: ["templates", language],
    queryFn: async () => {
      const [{ flowTemplates }, words] = await Promise.all([import("./templates.ts"), loaders[language]()]);
      return flowTemplates(words.templateWords);
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data ?? [];
}
