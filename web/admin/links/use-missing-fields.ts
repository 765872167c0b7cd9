import { useTranslation } from "react-i18next";
import type { FieldBody } from "../../../src/http/contract/fields.ts";
import { useApi } from "../layout/page.tsx";
import { useList, useMayChange, useRenew } from "../layout/resource.ts";
import { type DataDraft, missingFields } from "./entry-data.ts";

/** The fields that contacts lack for a link's marks, and their making, for whoever may: a mark without a field of its key would be gone with the next link. */
export function useMissingFields(draft: DataDraft) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const mayMake = useMayChange();
  const fields = useList<FieldBody>("/fields").items;
  const missing = missingFields(
    draft,
    fields?.map(({ key }) => key),
  );
  const make = async () => {
    if (!mayMake) return;
    if (missingFields(draft, []).length === 0) return;
    // The list on the page may not be there yet, or be older than the last field that somebody made.
    const { data } = await api.get<{ data: FieldBody[] }>("/fields");
    const lacking = missingFields(
      draft,
      data.map(({ key }) => key),
    );
    for (const key of lacking) {
      await api.send("POST", "/fields", { key, name: t(`entryLinks.utmOf.${key}`), kind: "text" });
    }
    if (lacking.length > 0) await renew("/fields");
  };
  return { missing, mayMake, make };
}
