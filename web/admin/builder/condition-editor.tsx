import { ActionIcon, Button, Fieldset, Group, Select, Stack } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { FieldBody } from "../../../src/http/contract/fields.ts";
import type { Comparison, ConditionGroup } from "../../../src/model/condition.ts";
import { useList } from "../layout/resource.ts";
import type { FieldProps } from "./field-props.ts";
import { type About, RuleEditor, useSubjects } from "./rule-editor.tsx";
import { fitted, ruleAbout, type Subject } from "./rules.ts";
import { useRuleKinds } from "./use-rule-kinds.ts";

const isGroup = (rule: Comparison | ConditionGroup): rule is ConditionGroup => "rules" in rule;
const emptyGroup: ConditionGroup = { match: "all", rules: [] };

/** Nested groups of comparisons. */
export function ConditionEditor({ value, path, about, onChange }: FieldProps & { readonly about?: About }) {
  const group = (value as ConditionGroup | undefined) ?? emptyGroup;
  return <GroupEditor group={group} about={about} onChange={(next) => onChange(next, path)} />;
}

function GroupEditor({
  group,
  about,
  onChange,
  onRemove,
}: {
  readonly group: ConditionGroup;
  readonly about: About;
  readonly onChange: (group: ConditionGroup) => void;
  readonly onRemove?: () => void;
}) {
  const { t } = useTranslation();
  const kindOf = useRuleKinds();
  const replace = (rules: ConditionGroup["rules"]) => onChange({ ...group, rules });
  return (
    <Fieldset p="sm">
      <Stack gap="sm">
        {group.rules.length < 2 && onRemove === undefined ? null : (
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
        )}
        {group.rules.map((rule, index) => {
          const change = (next: Comparison | ConditionGroup) => replace(group.rules.with(index, next));
          const remove = () => replace(group.rules.toSpliced(index, 1));
          const key = `${index}`;
          return isGroup(rule) ? (
            <GroupEditor key={key} group={rule} about={about} onChange={change} onRemove={remove} />
          ) : (
            <RuleEditor
              key={key}
              rule={rule}
              kind={kindOf(rule)}
              about={about}
              onChange={(next) => change(next.key === rule.key ? next : fitted(next, kindOf(next)))}
              onRemove={remove}
            />
          );
        })}
        <Group gap="xs">
          <AddRule about={about} onAdd={(rule) => replace([...group.rules, fitted(rule, kindOf(rule))])} />
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

const fieldMark = "field:";

function toRule(chosen: string): Comparison {
  return chosen.startsWith(fieldMark)
    ? { ...ruleAbout("field"), key: chosen.slice(fieldMark.length) }
    : ruleAbout(chosen as Subject);
}

/** The first question is what to look at; what can be asked of it comes after. */
function AddRule({ about, onAdd }: { readonly about: About; readonly onAdd: (rule: Comparison) => void }) {
  const { t } = useTranslation();
  const { items: fields = [] } = useList<FieldBody>("/fields");
  // By its own name: whoever looks for "city" need not know that it is a field.
  const ofField = fields.map(({ key, name }) => ({
    value: `${fieldMark}${key}`,
    label: `${t("rules.subjects.field")}: ${name}`,
  }));
  return (
    <Select
      flex="1 1 170px"
      miw={0}
      size="xs"
      aria-label={t("condition.addRule")}
      placeholder={t("rules.add")}
      leftSection={<IconPlus size={14} />}
      data={[...useSubjects(about), { group: t("rules.groups.fields"), items: ofField }]}
      value={null}
      searchable
      nothingFoundMessage={t("choice.nothing")}
      onChange={(chosen) => chosen !== null && onAdd(toRule(chosen))}
    />
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
