import { Button, Fieldset, Group, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { FieldBody } from "../../../src/http/contract/fields.ts";
import { useApi } from "../layout/page.tsx";
import { useList, useMayChange, useRenew } from "../layout/resource.ts";
import { ErrorNotice } from "../layout/trouble.tsx";
import { type DataDraft, readVariable, utmKeys, withVariable } from "./entry-data.ts";

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
        <MissingFields keys={utmKeys.filter((key) => readVariable(value, key) !== "")} />
      </Stack>
    </Fieldset>
  );
}

/** A mark without a field of its key is gone with the next link that the person opens. */
function MissingFields({ keys }: { readonly keys: readonly (typeof utmKeys)[number][] }) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const mayChange = useMayChange();
  const fields = useList<FieldBody>("/fields").items;
  const missing = keys.filter((key) => fields?.every((field) => field.key !== key) === true);
  const make = useMutation({
    mutationFn: async () => {
      for (const key of missing) {
        await api.send("POST", "/fields", { key, name: t(`entryLinks.utmOf.${key}`), kind: "text" });
      }
    },
    onSettled: () => renew("/fields"),
  });
  if (missing.length === 0) return null;
  return (
    <Stack gap="xs" align="flex-start">
      <Text size="sm" role="status">
        {t("entryLinks.utmMissing", { keys: missing.join(", ") })}
      </Text>
      {make.error === null ? null : <ErrorNotice error={make.error} />}
      {mayChange ? (
        <Group>
          <Button size="compact-sm" variant="light" loading={make.isPending} onClick={() => make.mutate()}>
            {t("entryLinks.utmMake")}
          </Button>
        </Group>
      ) : null}
    </Stack>
  );
}
