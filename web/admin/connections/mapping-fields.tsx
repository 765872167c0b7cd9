import { ActionIcon, Button, Fieldset, Group, Input, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { FieldBody, VariableBody } from "../../../src/http/contract/fields.ts";
import { type InboundMapping, inboundMappingSchema } from "../../../src/model/webhook.ts";
import { useList } from "../layout/resource.ts";

const profileKeys = inboundMappingSchema.shape.profile.unwrap().options;

/** Which parts of a call go where. */
export function MappingFields({
  botId,
  value,
  error,
  onChange,
}: {
  readonly botId: number | undefined;
  readonly value: readonly InboundMapping[];
  readonly error: string | undefined;
  readonly onChange: (mapping: readonly InboundMapping[]) => void;
}) {
  const { t } = useTranslation();
  const targets = useTargets(botId);
  return (
    <Fieldset legend={t("inboundWebhooks.mapping")} p="sm">
      <Stack gap="sm">
        <Text size="xs" c="dimmed">
          {t("inboundWebhooks.mappingHint")}
        </Text>
        {value.map((one, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a path that is being typed must not lose the focus.
          <Group key={index} wrap="nowrap" gap="xs">
            <TextInput
              flex={1}
              miw={0}
              aria-label={t("inboundWebhooks.path", { number: index + 1 })}
              placeholder="$.email"
              value={one.path}
              onChange={({ currentTarget }) => onChange(value.with(index, { ...one, path: currentTarget.value }))}
            />
            <Select
              flex={1}
              miw={0}
              aria-label={t("inboundWebhooks.target", { number: index + 1 })}
              searchable
              allowDeselect={false}
              data={targets}
              value={toTarget(one)}
              onChange={(target) => target !== null && onChange(value.with(index, toMapping(one.path, target)))}
            />
            <ActionIcon
              variant="subtle"
              color="red"
              aria-label={`${t("action.delete")}: ${t("inboundWebhooks.path", { number: index + 1 })}`}
              onClick={() => onChange(value.toSpliced(index, 1))}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </Group>
        ))}
        {error === undefined ? null : <Input.Error role="alert">{error}</Input.Error>}
        <Group>
          <Button
            size="compact-sm"
            variant="light"
            leftSection={<IconPlus size={14} />}
            onClick={() => onChange([...value, { path: "", profile: "email" }])}
          >
            {t("inboundWebhooks.addPath")}
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}

function useTargets(botId: number | undefined) {
  const { t } = useTranslation();
  const fields = useList<FieldBody>("/fields").items ?? [];
  const variables = useList<VariableBody>("/variables").items ?? [];
  return [
    {
      group: t("inboundWebhooks.profile"),
      items: profileKeys.map((key) => ({ value: `profile:${key}`, label: t(`factWords.profile.${key}`) })),
    },
    { group: t("menu.fields"), items: fields.map(({ key, name }) => ({ value: `field:${key}`, label: name })) },
    {
      group: t("menu.variables"),
      items: variables
        .filter((variable) => variable.botId === botId)
        .map(({ key, name }) => ({ value: `variable:${key}`, label: name })),
    },
  ];
}

function toTarget({ field, variable, profile }: InboundMapping): string {
  if (field !== undefined) return `field:${field}`;
  return variable === undefined ? `profile:${profile}` : `variable:${variable}`;
}

function toMapping(path: string, target: string): InboundMapping {
  const [kind, key = ""] = target.split(":", 2);
  if (kind === "field") return { path, field: key };
  if (kind === "variable") return { path, variable: key };
  return { path, profile: profileKeys.find((one) => one === key) };
}
