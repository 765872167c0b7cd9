import { Fieldset, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type DataDraft, readVariable, utmKeys, withVariable } from "./entry-data.ts";
import { useMissingFields } from "./use-missing-fields.ts";

/** Where people come from, as advertising has it: variables of the link, which a contact keeps in the fields of the same keys. */
export function UtmFields({
  value,
  onChange,
}: {
  readonly value: DataDraft;
  readonly onChange: (data: DataDraft) => void;
}) {
  const { t } = useTranslation();
  return (
    <Fieldset legend={t("entryLinks.utm")} p="sm">
      <Stack gap="sm">
        <Text size="xs" c="dimmed">
          {t("entryLinks.utmHint")}
        </Text>
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
          {utmKeys.map((key) => (
            <TextInput
              key={key}
              label={t(`entryLinks.utmOf.${key}`)}
              placeholder={t(`entryLinks.utmExample.${key}`)}
              value={readVariable(value, key)}
              onChange={({ currentTarget }) => onChange(withVariable(value, key, currentTarget.value))}
            />
          ))}
        </SimpleGrid>
        <MissingFields draft={value} />
      </Stack>
    </Fieldset>
  );
}

/** Says what becomes of marks that contacts have no field for yet. */
function MissingFields({ draft }: { readonly draft: DataDraft }) {
  const { t } = useTranslation();
  const { missing, mayMake } = useMissingFields(draft);
  if (missing.length === 0) return null;
  return (
    <Text size="sm" role="status">
      {t(mayMake ? "entryLinks.utmMade" : "entryLinks.utmMissing", { keys: missing.join(", ") })}
    </Text>
  );
}
