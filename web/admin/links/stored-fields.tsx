import { Fieldset, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { DataDraft } from "./entry-data.ts";
import { EntryDataFields } from "./entry-data-fields.tsx";
import { UtmFields } from "./utm-fields.tsx";

/** What a link brings along for everybody: the marks of its source, and whatever else flows are to know. */
export function StoredFields({
  value,
  onChange,
}: {
  readonly value: DataDraft;
  readonly onChange: (data: DataDraft) => void;
}) {
  const { t } = useTranslation();
  return (
    <>
      <UtmFields value={value} onChange={onChange} />
      <Fieldset legend={t("entryLinks.stored")} p="sm">
        <Stack gap="sm">
          <Text size="xs" c="dimmed">
            {t("entryLinks.storedHint")}
          </Text>
          <EntryDataFields value={value} onChange={onChange} withoutUtm />
        </Stack>
      </Fieldset>
    </>
  );
}
