import { useTranslation } from "react-i18next";
import { wordsOf } from "../builder/json-schema.ts";

/** What an event of webhooks is called; one that this page does not know yet, by its key. */
export function useEventName(): (event: string) => string {
  const { t } = useTranslation();
  const known: Readonly<Record<string, string>> = t("webhookEvent", { returnObjects: true });
  return (event) => (Object.hasOwn(known, event) ? known[event] : undefined) ?? wordsOf(event);
}
