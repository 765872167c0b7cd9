import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FormState } from "../layout/form.tsx";
import { lacksRules } from "./audience-draft.ts";
import type { BroadcastDraft } from "./broadcast-draft.ts";
import { lacksContent } from "./what-draft.ts";

/** The form, which sends nothing while its condition says nothing (it would go to everybody, and nobody chose them) or a message of it has neither text nor media. */
export function useDraftGuard(form: FormState, draft: BroadcastDraft): FormState {
  const { t } = useTranslation();
  const [hasTried, setTried] = useState(false);
  const lacks = lackingPaths(draft);
  if (lacks.length === 0) return form;
  const missing = Object.fromEntries(
    lacks.map((path) => [path, t(path === "audience" ? "broadcasts.noCondition" : "broadcasts.noContent")]),
  );
  return {
    ...form,
    fieldErrors: hasTried ? { ...form.fieldErrors, ...missing } : form.fieldErrors,
    onSubmit(event) {
      event.preventDefault();
      setTried(true);
    },
  };
}

/** Beside which fields something has to be said. */
export function lackingPaths({ audience, what, variants }: BroadcastDraft): readonly string[] {
  const contents =
    variants.length === 0
      ? [{ path: "content", of: what }]
      : variants.map((one, index) => ({ path: `split.variants.${index}.content`, of: one.what }));
  return [
    ...(lacksRules(audience) ? ["audience"] : []),
    ...contents.filter(({ of }) => lacksContent(of)).map(({ path }) => path),
  ];
}
