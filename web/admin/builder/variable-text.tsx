import { useTranslation } from "react-i18next";
import type { NameOfVariable } from "./variable-names.ts";
import { splitTemplate } from "./variables.ts";
import "./variable-text.css";

/** A text with its variables as what people call them. What is half typed may have none yet: the title of a branch. */
export function VariableText({ text, nameOf }: { readonly text: string | undefined; readonly nameOf: NameOfVariable }) {
  const { t } = useTranslation();
  if (text?.includes("{{") !== true) return text;
  return splitTemplate(text).map((part, index) => {
    if (part.kind === "text") return part.text;
    const { code, path, fallback } = part;
    const name = nameOf(path);
    const title = fallback === undefined ? code : `${t("variableNames.or", { name, fallback })}\n${code}`;
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: the same variable may be there twice, and none moves.
      <span key={index} className="variable-chip" title={title}>
        {name}
      </span>
    );
  });
}
