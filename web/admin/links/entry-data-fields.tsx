import { ActionIcon, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type DataDraft, isUtm } from "./entry-data.ts";

/** What a link says of the person, and variables. */
export function EntryDataFields({
  value,
  onChange,
  withoutUtm = false,
}: {
  readonly value: DataDraft;
  readonly onChange: (data: DataDraft) => void;
  /** The marks of a source have fields of their own. */
  readonly withoutUtm?: boolean;
}) {
  const { t } = useTranslation();
  const { variables } = value;
  const isHidden = ([key]: readonly [string, string]) => withoutUtm && isUtm(key);
  const setVariables = (next: DataDraft["variables"]) => onChange({ ...value, variables: next });
  return (
    <Stack gap="sm">
      {(["email", "phone", "externalId"] as const).map((key) => (
        <TextInput
          key={key}
          label={t(`field.${key}`)}
          value={value[key]}
          onChange={({ currentTarget }) => onChange({ ...value, [key]: currentTarget.value })}
        />
      ))}
      {variables.every(isHidden) ? null : (
        <Text size="sm" fw={500}>
          {t("menu.variables")}
        </Text>
      )}
      {variables.map(([key, text], index) =>
        isHidden([key, text]) ? null : (
          // biome-ignore lint/suspicious/noArrayIndexKey: a name that is being typed must not lose the focus.
          <Group key={index} wrap="nowrap" gap="xs">
            <TextInput
              flex={1}
              miw={0}
              aria-label={t("entryLinks.variableName", { number: index + 1 })}
              placeholder={t("list.name")}
              value={key}
              onChange={({ currentTarget }) => setVariables(variables.with(index, [currentTarget.value, text]))}
            />
            <TextInput
              flex={1}
              miw={0}
              aria-label={t("entryLinks.variableValue", { number: index + 1 })}
              placeholder={t("choice.value")}
              value={text}
              onChange={({ currentTarget }) => setVariables(variables.with(index, [key, currentTarget.value]))}
            />
            <ActionIcon
              variant="subtle"
              color="red"
              aria-label={`${t("action.delete")}: ${key === "" ? index + 1 : key}`}
              onClick={() => setVariables(variables.toSpliced(index, 1))}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </Group>
        ),
      )}
      <Group>
        <Button
          size="compact-sm"
          variant="light"
          leftSection={<IconPlus size={14} />}
          onClick={() => setVariables([...variables, ["", ""]])}
        >
          {t("entryLinks.addVariable")}
        </Button>
      </Group>
    </Stack>
  );
}
