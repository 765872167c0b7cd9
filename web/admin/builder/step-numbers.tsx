import { useTranslation } from "react-i18next";
import type { StepNumbersBody } from "../../../src/http/contract/flows.ts";
import { currentLanguage } from "../words/words.ts";

const always = ["entered", "waiting"] as const;
/** Shown where there are some: a step that sends nothing has none, and few channels tell what was read. */
const sometimes = ["sent", "delivered", "read", "clicked", "failed"] as const;

/** What happened at a step, under its summary. */
export function StepNumbers({ numbers }: { readonly numbers: StepNumbersBody | undefined }) {
  const { t } = useTranslation();
  const format = new Intl.NumberFormat(currentLanguage(), { notation: "compact" });
  const shown = [...always, ...sometimes.filter((key) => (numbers?.[key] ?? 0) > 0)];
  return (
    <div className="step-numbers">
      {shown.map((key) => (
        <span key={key} data-kind={key}>
          {t(`numbers.${key}`)} <b>{format.format(numbers?.[key] ?? 0)}</b>
        </span>
      ))}
    </div>
  );
}
