import { ActionIcon, Box, Button, Fieldset, Group, Stack, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useContext } from "react";
import { useTranslation } from "react-i18next";
import { useCatalogue } from "./catalogue.ts";
import type { FieldProps } from "./field-props.ts";
import { FormScopeContext } from "./form-scope.ts";
import { LookupInput } from "./lookup-input.tsx";
import { findLookupOfNames } from "./lookups.ts";
import { keyOfPath } from "./plain-fields.tsx";
import { TemplateInput } from "./template-input.tsx";

/** Names and texts, as headers have them. */
export function MapField({ value, path, label, onChange }: FieldProps) {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const entries = Object.entries(typeof value === "object" && value !== null && !Array.isArray(value) ? value : {});
  const { owner, settings } = useContext(FormScopeContext);
  const lookup = findLookupOfNames(owner, path);
  const replace = (next: readonly (readonly [string, unknown])[]) => onChange(Object.fromEntries(next), path);
  const rename = (index: number, name: string) => {
    // One that is there already would take this one's place, and what was written into it would be gone.
    const isTaken = entries.some(([key], at) => at !== index && key === name);
    if (!isTaken) replace(entries.map((entry, at) => (at === index ? [name, entry[1]] : entry)));
  };
  const nextName = () => {
    for (let number = entries.length + 1; ; number += 1) {
      if (!entries.some(([key]) => key === `name${number}`)) return `name${number}`;
    }
  };
  return (
    <Fieldset legend={label} p="sm">
      <Stack gap="xs">
        {entries.map(([key, inner], index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a name that is being typed must not lose the focus.
          <Stack key={index} gap={4}>
            <Group wrap="nowrap" gap="xs" align="flex-end">
              <Box flex={1} miw={0}>
                {lookup === undefined ? (
                  <TextInput
                    label={t("builder.mapKey", { what: label })}
                    value={key}
                    onChange={({ currentTarget }) => rename(index, currentTarget.value)}
                  />
                ) : (
                  <LookupInput
                    name={lookup}
                    settings={settings}
                    label={t("builder.mapKey", { what: label })}
                    description={undefined}
                    value={key}
                    onChange={(name) => rename(index, name ?? "")}
                  />
                )}
              </Box>
              <ActionIcon
                variant="subtle"
                color="red"
                mb={4}
                aria-label={t("builder.remove", { what: key, number: index + 1 })}
                onClick={() => replace(entries.toSpliced(index, 1))}
              >
                <IconTrash size={16} />
              </ActionIcon>
            </Group>
            <TemplateInput
              label={t("builder.mapValue", { what: key })}
              description={undefined}
              value={typeof inner === "string" ? inner : JSON.stringify(inner)}
              onChange={(text) => replace(entries.with(index, [key, text]))}
            />
          </Stack>
        ))}
        <Group>
          <Button
            size="compact-sm"
            variant="light"
            leftSection={<IconPlus size={14} />}
            onClick={() => replace([...entries, [nextName(), ""]])}
          >
            {catalogue.add(keyOfPath(path), label)}
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}
