import { ActionIcon, Button, Fieldset, Group, Select, Stack, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type Comparison, type ConditionGroup, comparisonSchema, operators } from "../../../src/model/condition.ts";
import type { FieldProps } from "./field-props.ts";
import { wordsOf } from "./json-schema.ts";

type Subject = Comparison["subject"];

/** Operators that make sense for a subject. What a field holds is not known here: those of every kind are offered. */
const operatorsOf: Readonly<Record<Subject, readonly string[]>> = {
  field: [
    ...new Set([...operators.text, ...operators.number, ...operators.date, ...operators.boolean, ...operators.list]),
  ],
  variable: [...new Set([...operators.text, ...operators.number])],
  profile: operators.text,
  utm: operators.text,
  tag: operators.membership,
  label: operators.membership,
  sequence: operators.membership,
  channel: ["is", "is_not", "in"],
  entry_link: ["is", "is_not", "is_set", "is_not_set"],
  entry_variable: operators.text,
  message: operators.text,
  time_of_day: ["between", "before", "after"],
  weekday: ["is", "is_not", "in"],
  opted_out: ["is_true", "is_false"],
  created_at: operators.datetime,
  last_inbound_at: operators.datetime,
  sales_plan: operators.membership,
  deal_status: operators.status,
  deal_sum: operators.number,
};
const withKey: ReadonlySet<Subject> = new Set([
  "field",
  "variable",
  "profile",
  "utm",
  "tag",
  "label",
  "sequence",
  "entry_link",
  "entry_variable",
  "sales_plan",
  "deal_status",
  "deal_sum",
]);
const withoutValue = new Set([
  "has",
  "has_not",
  "is_set",
  "is_not_set",
  "is_true",
  "is_false",
  "is_empty",
  "is_not_empty",
]);
const severalValues = new Set(["in", "not_in", "between"]);

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

function RuleEditor({
  rule,
  onChange,
  onRemove,
}: {
  readonly rule: Comparison;
  readonly onChange: (rule: Comparison) => void;
  readonly onRemove: () => void;
}) {
  const { t } = useTranslation();
  const subjects = comparisonSchema.shape.subject.options;
  const choose = (subject: Subject) => {
    const [operator = "is"] = operatorsOf[subject];
    onChange({ subject, operator, ...(withKey.has(subject) ? { key: "" } : {}) });
  };
  return (
    <Stack gap={6}>
      <Group gap="xs" wrap="nowrap">
        <Select
          flex={1}
          size="xs"
          aria-label={t("condition.subject")}
          data={subjects.map((one) => ({ value: one, label: wordsOf(one) }))}
          value={rule.subject}
          allowDeselect={false}
          searchable
          onChange={(next) => next !== null && choose(next as Subject)}
        />
        <Select
          flex={1}
          size="xs"
          aria-label={t("condition.operator")}
          data={operatorsOf[rule.subject].map((one) => ({ value: one, label: wordsOf(one) }))}
          value={rule.operator}
          allowDeselect={false}
          onChange={(operator) => {
            if (operator === null) return;
            const { value, ...rest } = rule;
            onChange({ ...rest, operator, ...(withoutValue.has(operator) || value === undefined ? {} : { value }) });
          }}
        />
        <RemoveButton onClick={onRemove} />
      </Group>
      <Group gap="xs" wrap="nowrap">
        {withKey.has(rule.subject) ? (
          <TextInput
            flex={1}
            size="xs"
            aria-label={t("condition.key")}
            placeholder={t("condition.key")}
            value={rule.key ?? ""}
            onChange={({ currentTarget }) => onChange({ ...rule, key: currentTarget.value })}
          />
        ) : null}
        {withoutValue.has(rule.operator) ? null : (
          <TextInput
            flex={1}
            size="xs"
            aria-label={t("condition.value")}
            placeholder={severalValues.has(rule.operator) ? t("condition.values") : t("condition.value")}
            value={[rule.value ?? ""].flat().join(", ")}
            onChange={({ currentTarget }) =>
              onChange({ ...rule, value: readValue(currentTarget.value, rule.operator) })
            }
          />
        )}
      </Group>
    </Stack>
  );
}

function readValue(text: string, operator: string): NonNullable<Comparison["value"]> {
  const one = (part: string) => (/^-?\d+(\.\d+)?$/.test(part) ? Number(part) : part);
  return severalValues.has(operator) ? text.split(/,\s*/).map(one) : one(text);
}

function RemoveButton({ onClick }: { readonly onClick: () => void }) {
  const { t } = useTranslation();
  return (
    <ActionIcon variant="subtle" color="red" aria-label={t("action.delete")} onClick={onClick}>
      <IconTrash size={16} />
    </ActionIcon>
  );
}
