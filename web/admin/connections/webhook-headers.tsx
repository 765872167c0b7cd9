import { ActionIcon, Button, Fieldset, Group, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

/** A header as the form has it; `value` null: the one that is kept, which nobody can read. */
export interface HeaderDraft {
  readonly name: string;
  readonly value: string | null;
}

/** As the API takes them; a row without a name is none. */
export function toHeaders(headers: readonly HeaderDraft[]): Record<string, string | null> {
  return Object.fromEntries(headers.map(({ name, value }) => [name.trim(), value]).filter(([name]) => name !== ""));
}

/** What is sent along with every call. Values that are kept stay unless they are typed anew. */
export function WebhookHeaders({
  value,
  onChange,
  error,
}: {
  readonly value: readonly HeaderDraft[];
  readonly onChange: (headers: readonly HeaderDraft[]) => void;
  readonly error: string | undefined;
}) {
  const { t } = useTranslation();
  const add = (
    <Group>
      <Button
        size="compact-sm"
        variant="light"
        leftSection={<IconPlus size={14} />}
        onClick={() => onChange([...value, { name: "", value: "" }])}
      >
        {t("webhooks.addHeader")}
      </Button>
    </Group>
  );
  return (
    <Fieldset legend={t("webhooks.headers")} p="sm">
      <Stack gap="xs">
        <Text size="xs" c="dimmed">
          {t("webhooks.headersHint")}
        </Text>
        {value.map((header, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a name that is being typed must not lose the focus.
          <Group key={index} gap="xs" wrap="nowrap" align="flex-end">
            <TextInput
              flex={1}
              miw={0}
              label={t("webhooks.headerName")}
              readOnly={header.value === null}
              value={header.name}
              onChange={({ currentTarget }) => onChange(value.with(index, { ...header, name: currentTarget.value }))}
            />
            <TextInput
              flex={1}
              miw={0}
              label={t("webhooks.headerValue")}
              autoComplete="off"
              placeholder={header.value === null ? t("webhooks.kept") : undefined}
              value={header.value ?? ""}
              onChange={({ currentTarget }) => onChange(value.with(index, { ...header, value: currentTarget.value }))}
            />
            <ActionIcon
              variant="subtle"
              color="red"
              size="lg"
              aria-label={t("builder.without", { what: header.name || t("webhooks.headerName") })}
              onClick={() => onChange(value.toSpliced(index, 1))}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </Group>
        ))}
        {error === undefined ? null : (
          <Text size="sm" c="red" role="alert">
            {error}
          </Text>
        )}
        {add}
      </Stack>
    </Fieldset>
  );
}
