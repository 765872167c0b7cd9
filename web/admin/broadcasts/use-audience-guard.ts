import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FormState } from "../layout/form.tsx";
import { type AudienceDraft, lacksRules } from "./audience-draft.ts";

/** The form, which sends nothing while its condition says nothing: it would go to everybody, and nobody chose them. */
export function useAudienceGuard(form: FormState, audience: AudienceDraft): FormState {
  const { t } = useTranslation();
  const [hasTried, setTried] = useState(false);
  if (!lacksRules(audience)) return form;
  return {
    ...form,
    fieldErrors: hasTried ? { ...form.fieldErrors, audience: t("broadcasts.noCondition") } : form.fieldErrors,
    onSubmit(event) {
      event.preventDefault();
      setTried(true);
    },
  };
}
