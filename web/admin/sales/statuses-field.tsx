import { ActionIcon, Button, Fieldset, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type DealStatusKind, dealStatusKinds } from "../../../src/model/sales-plan.ts";

/** A status as it is written; one without a `ref` is new. */
export interface DraftStatus {
  readonly ref?: string;
  readonly name: string;
  readonly kind: DealStatusKind;
}

/** The statuses of a plan in their order. */
export function StatusesField({
  statuses,
  error,
  onChange,
}: {
  readonly statuses: readonly DraftStatus[];
  readonly error: string | undefined;
  readonly onChange: (statuses: readonly DraftStatus[]) => void;
}) {
  const { t } = useTranslation();
  const swap = (index: number, other: number) => {
    const [one, two] = [statuses[index], statuses[other]];
    if (one !== undefined && two !== undefined) onChange(statuses.with(index, two).with(other, one));
  };
  return (
    <Fieldset legend={t("sales.statuses")} p="sm">
      <Stack gap="xs">
        {statuses.map((status, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: new statuses have no name of their own yet, and a name that is typed must not lose the focus.
          <Group key={index} gap={6}>
            <TextInput
              flex="1 1 180px"
              aria-label={t("sales.statusName", { number: index + 1 })}
              required
              maxLength={100}
              value={status.name}
              onChange={({ currentTarget }) => onChange(statuses.with(index, { ...status, name: currentTarget.value }))}
            />
            <Select
              w={120}
              aria-label={t("sales.statusKind", { number: index + 1 })}
              data={dealStatusKinds.map((kind) => ({ value: kind, label: t(`sales.kind.${kind}`) }))}
              value={status.kind}
              allowDeselect={false}
              onChange={(kind) => kind !== null && onChange(statuses.with(index, { ...status, kind }))}
            />
            <Group gap={0} wrap="nowrap">
              <ActionIcon
                variant="subtle"
                color="gray"
                disabled={index === 0}
                aria-label={t("sales.statusUp", { name: status.name })}
                onClick={() => swap(index, index - 1)}
              >
                <IconArrowUp size={16} />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                color="gray"
                disabled={index === statuses.length - 1}
                aria-label={t("sales.statusDown", { name: status.name })}
                onClick={() => swap(index, index + 1)}
              >
                <IconArrowDown size={16} />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                color="red"
                disabled={statuses.length === 1}
                aria-label={t("sales.statusRemove", { name: status.name })}
                onClick={() => onChange(statuses.toSpliced(index, 1))}
              >
                <IconTrash size={16} />
              </ActionIcon>
            </Group>
          </Group>
        ))}
        {error === undefined ? null : (
          <Text size="xs" c="red" role="alert">
            {error}
          </Text>
        )}
        <Group>
          <Button
            size="compact-sm"
            variant="light"
            leftSection={<IconPlus size={14} />}
            onClick={() => onChange([...statuses, { name: "", kind: "open" }])}
          >
            {t("sales.addStatus")}
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}
