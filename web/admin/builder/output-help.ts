import { useTranslation } from "react-i18next";

/** Says what an output is for, where its name does not; undefined: there is nothing to say. */
export function useOutputHelp(): (output: string) => string | undefined {
  const { t } = useTranslation();
  return (output) => (output === "not_allowed" ? t("outputHelp.not_allowed") : undefined);
}
