import { ActionIcon, Group, Select, Stack, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { FieldBody } from "../../../src/http/contract/fields.ts";
import { type Comparison, comparisonSchema, operators } from "../../../src/model/condition.ts";
import { profileKeys, utmKeys } from "../../../src/model/contact.ts";
import { useList } from "../layout/resource.ts";
import { useCatalogue } from "./catalogue.ts";
import { LookupInput, type LookupName, LookupsInput } from "./lookup-input.tsx";
import { WeekdaysInput } from "./weekdays-input.tsx";

type Subject = Comparison["subject"];

/** Of every kind: what a value holds that steps keep is only known when somebody comes by. */
const anyOperator = [
  ...new Set([...operators.text, ...operators.number, ...operators.date, ...operators.boolean, ...operators.list]),
];
const operatorsOf: Readonly<Record<Subject, readonly string[]>> = {
  field: anyOperator,
  variable: anyOperator,
  profile: operators.text,
  utm: operators.text,
  tag: operators.membership,
  label: operators.membership,
  sequence: operators.subscription,
  channel: ["is", "is_not", "in"],
  entry_link: ["is", "is_not", "is_set", "is_not_set"],
  entry_variable: anyOperator,
  message: operators.text,
  time_of_day: ["between"],
  weekday: ["in", "not_in"],
  opted_out: ["is_true", "is_false"],
  created_at: operators.datetime,
  last_inbound_at: operators.datetime,
  sales_plan: operators.membership,
  deal_status: operators.status,
  deal_sum: operators.number,
};
/** What a subject's key names: one of the workspace's things, one of a fixed list, or a word. */
const keyOf: Readonly<Partial<Record<Subject, LookupName | readonly string[] | "word">>> = {
  field: "field",
  variable: "variable",
  profile: profileKeys,
  utm: utmKeys,
  tag: "tag",
  label: "label",
  sequence: "sequence",
  entry_variable: "word",
  sales_plan: "plan",
  deal_status: "plan",
  deal_sum: "plan",
};
const valueNames: Readonly<Partial<Record<Subject, LookupName>>> = {
  channel: "channelKind",
  deal_status: "dealStatus",
  entry_link: "entryLink",
};
const withoutValue = new Set([
  "has",
  "has_not",
  "finished",
  "not_finished",
  "is_set",
  "is_not_set",
  "is_true",
  "is_false",
  "is_empty",
  "is_not_empty",
]);
const severalValues = new Set(["in", "not_in", "between"]);

/** Where both do not fit beside each other they stand below each other: of words that are cut, "finished" and "not finished" look the same. */
const wide = { flex: "1 1 170px", miw: 0 };

/** One comparison. */
export function RuleEditor({
  rule,
  onChange,
  onRemove,
}: {
  readonly rule: Comparison;
  readonly onChange: (rule: Comparison) => void;
  readonly onRemove: () => void;
}) {
  const { t } = useTranslation();
  const { subjects, operators: words } = useCatalogue();
  const fields = useList<FieldBody>("/fields").items ?? [];
  const choose = (subject: Subject) => {
    const [operator = "is"] = operatorsOf[subject];
    onChange({ subject, operator, ...(keyOf[subject] === undefined ? {} : { key: "" }) });
  };
  const field =
    rule.subject === "field" ? fields.find(({ key, name }) => [key, name].includes(rule.key ?? "")) : undefined;
  const offered = field === undefined ? operatorsOf[rule.subject] : operators[field.kind];
  const all = offered.includes(rule.operator) ? offered : [...offered, rule.operator];
  return (
    <Stack gap={6}>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <Group gap={6} flex={1} miw={0}>
          <Select
            {...wide}
            size="xs"
            aria-label={t("condition.subject")}
            data={comparisonSchema.shape.subject.options.map((one) => ({ value: one, label: subjects[one] }))}
            value={rule.subject}
            allowDeselect={false}
            searchable
            onChange={(next) => next !== null && choose(next as Subject)}
          />
          <Select
            {...wide}
            size="xs"
            aria-label={t("condition.operator")}
            data={all.map((one) => ({ value: one, label: words[one] ?? one }))}
            value={rule.operator}
            allowDeselect={false}
            onChange={(operator) => {
              if (operator === null) return;
              const { value, ...rest } = rule;
              onChange({ ...rest, operator, ...(withoutValue.has(operator) || value === undefined ? {} : { value }) });
            }}
          />
        </Group>
        <ActionIcon variant="subtle" color="red" aria-label={t("action.delete")} onClick={onRemove}>
          <IconTrash size={16} />
        </ActionIcon>
      </Group>
      <Group gap="xs" wrap="nowrap" align="flex-start" grow>
        {keyOf[rule.subject] === undefined ? null : <Key rule={rule} onChange={onChange} />}
        {withoutValue.has(rule.operator) ? null : <Value rule={rule} onChange={onChange} />}
      </Group>
    </Stack>
  );
}

interface Part {
  readonly rule: Comparison;
  readonly onChange: (rule: Comparison) => void;
}

function Key({ rule, onChange }: Part) {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const of = keyOf[rule.subject];
  if (of === undefined) return null;
  const label = catalogue.subjects[rule.subject];
  const look = { size: "xs", "aria-label": t("condition.key"), placeholder: label };
  const set = (key: string) => onChange({ ...rule, key });
  if (of === "word") {
    return <TextInput {...look} value={rule.key ?? ""} onChange={({ currentTarget }) => set(currentTarget.value)} />;
  }
  if (typeof of === "string") {
    return <LookupInput {...look} name={of} settings={{}} value={rule.key} onChange={(key) => set(key ?? "")} />;
  }
  return (
    <Select
      {...look}
      data={of.map((one) => ({ value: one, label: catalogue.option(rule.subject, "key", one) }))}
      value={rule.key === undefined || rule.key === "" ? null : rule.key}
      allowDeselect={false}
      onChange={(key) => key !== null && set(key)}
    />
  );
}

function Value({ rule, onChange }: Part) {
  const { t } = useTranslation();
  const isSeveral = severalValues.has(rule.operator);
  const values = rule.value === undefined ? [] : [rule.value].flat();
  const look = { size: "xs", "aria-label": t("condition.value"), placeholder: t("condition.value") };
  const set = (value: Comparison["value"]) => {
    const { value: _old, ...rest } = rule;
    onChange(value === undefined ? rest : { ...rest, value });
  };
  if (rule.subject === "weekday") {
    return <WeekdaysInput {...look} values={values.map(Number)} onChange={(days) => set([...days])} />;
  }
  const name = valueNames[rule.subject];
  if (name === undefined) return <TypedValue rule={rule} set={set} />;
  const of = { name, settings: { plan: rule.key } };
  return isSeveral ? (
    <LookupsInput {...look} {...of} values={values.map(String)} onChange={(next) => set([...next])} />
  ) : (
    <LookupInput {...look} {...of} value={values[0] === undefined ? undefined : String(values[0])} onChange={set} />
  );
}

function TypedValue({ rule, set }: { readonly rule: Comparison; readonly set: (value: Comparison["value"]) => void }) {
  const { t } = useTranslation();
  const example = rule.subject === "time_of_day" ? "09:00, 18:00" : undefined;
  const hint = severalValues.has(rule.operator) ? t("condition.values") : t("condition.value");
  return (
    <TextInput
      size="xs"
      aria-label={t("condition.value")}
      placeholder={example ?? hint}
      value={[rule.value ?? ""].flat().join(", ")}
      onChange={({ currentTarget }) => set(readValue(currentTarget.value, rule.operator))}
    />
  );
}

function readValue(text: string, operator: string): NonNullable<Comparison["value"]> {
  const one = (part: string) => (/^-?\d+(\.\d+)?$/.test(part) ? Number(part) : part);
  return severalValues.has(operator) ? text.split(/,\s*/).map(one) : one(text);
}
