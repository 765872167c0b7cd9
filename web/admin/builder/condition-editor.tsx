import { ActionIcon, Button, Fieldset, Group, Select, Stack } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Comparison, ConditionGroup } from "../../../src/model/condition.ts";
import type { FieldProps } from "./field-props.ts";
import { RuleEditor } from "./rule-editor.tsx";

const isGroup = (rule: Comparison | ConditionGroup): rule is ConditionGroup => "rules" in rule;
const emptyGroup: ConditionGroup = { match: "all", rules: [] };

/** Nested groups of comparisons. */
export function ConditionEditor({ value, path, onChange }: FieldProps) {
  const group = (value as ConditionGroup | undefined) ?? emptyGroup;
  return <GroupEditor group={group} onChange={(next) => onChange(next, path)} />;
}

function GroupEditor({
  group,
  onChange,
  onRemove,
}: {
  readonly group: ConditionGroup;
  readonly onChange: (group: ConditionGroup) => void;
  readonly onRemove?: () => void;
}) {
  const { t } = useTranslation();
  const replace = (rules: ConditionGroup["rules"]) => onChange({ ...group, rules });
  return (
    <Fieldset p="sm">
      <Stack gap="sm">
        <Group justify="space-between">
          <Select
            aria-label={t("condition.match")}
            size="xs"
            data={[
              { value: "all", label: t("condition.all") },
              { value: "any", label: t("condition.any") },
            ]}
            value={group.match}
            allowDeselect={false}
            onChange={(match) => onChange({ ...group, match: match === "any" ? "any" : "all" })}
          />
          {onRemove === undefined ? null : <RemoveButton onClick={onRemove} />}
        </Group>
        {group.rules.map((rule, index) => {
          const change = (next: Comparison | ConditionGroup) => replace(group.rules.with(index, next));
          const remove = () => replace(group.rules.toSpliced(index, 1));
          const key = `${index}`;
          return isGroup(rule) ? (
            <GroupEditor key={key} group={rule} onChange={change} onRemove={remove} />
          ) : (
            <RuleEditor key={key} rule={rule} onChange={change} onRemove={remove} />
          );
        })}
        <Group gap="xs">
          <Button
            size="compact-sm"
            variant="light"
            leftSection={<IconPlus size={14} />}
            onClick={() => replace([...group.rules, { subject: "tag", key: "", operator: "has" }])}
          >
            {t("condition.addRule")}
          </Button>
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconPlus size={14} />}
            onClick={() => replace([...group.rules, { match: "any", rules: [] }])}
          >
            {t("condition.addGroup")}
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}

function RemoveButton({ onClick }: { readonly onClick: () => void }) {
  const { t } = useTranslation();
  return (
    <ActionIcon variant="subtle" color="red" aria-label={t("action.delete")} onClick={onClick}>
      <IconTrash size={16} />
    </ActionIcon>
  );
}
