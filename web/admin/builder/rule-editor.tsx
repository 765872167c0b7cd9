import { ActionIcon, Box, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import type { Comparison } from "../../../src/model/condition.ts";
import { useCatalogue } from "./catalogue.ts";
import { LookupInput } from "./lookup-input.tsx";
import { RuleValue } from "./rule-value.tsx";
import {
  compareBy,
  findGap,
  hasValue,
  isOfHaving,
  keyOf,
  momentary,
  operatorsOf,
  type RuleKind,
  ruleAbout,
  type Subject,
  subjectGroups,
  valueTypeOf,
} from "./rules.ts";

/** Whom a condition is about: a list of contacts leaves out what is not finished, and asks for nothing that holds for a moment alone. */
export type About = "contacts" | undefined;

/** What a rule can look at, grouped, for a menu that is searched. */
export function useSubjects(about: About, current?: Subject) {
  const { t } = useTranslation();
  const isOffered = (subject: Subject) => subject === current || about === undefined || !momentary.has(subject);
  return (Object.keys(subjectGroups) as (keyof typeof subjectGroups)[]).map((group) => ({
    group: t(`rules.groups.${group}`),
    items: subjectGroups[group]
      .filter(isOffered)
      .map((subject) => ({ value: subject as string, label: t(`rules.subjects.${subject}`) })),
  }));
}

/** One comparison: what is looked at, then what of it, then what can be asked of that. */
export function RuleEditor({
  rule,
  kind,
  about,
  onChange,
  onRemove,
}: {
  readonly rule: Comparison;
  readonly kind: RuleKind | undefined;
  readonly about: About;
  readonly onChange: (rule: Comparison) => void;
  readonly onRemove: () => void;
}) {
  const { t } = useTranslation();
  const gap = findGap(rule, kind);
  const hint = useId();
  // Which comparisons there are hangs on the field: until it is chosen there is nothing to choose from.
  const isNamed = gap !== "key" || isOfHaving(rule);
  const key = keyOf[rule.subject] === undefined ? null : <Key rule={rule} kind={kind} onChange={onChange} />;
  return (
    <Stack gap={6} role="group" aria-label={t(`rules.subjects.${rule.subject}`)} aria-describedby={hint}>
      <Group gap={6} wrap="nowrap">
        <Select
          flex={1}
          miw={0}
          size="xs"
          aria-label={t("condition.subject")}
          data={useSubjects(about, rule.subject)}
          value={rule.subject}
          allowDeselect={false}
          searchable
          nothingFoundMessage={t("choice.nothing")}
          onChange={(next) => next !== null && next !== rule.subject && onChange(ruleAbout(next as Subject))}
        />
        <ActionIcon variant="subtle" color="red" aria-label={t("action.delete")} onClick={onRemove}>
          <IconTrash size={16} />
        </ActionIcon>
      </Group>
      {isOfHaving(rule) ? null : key}
      {isNamed ? (
        <Group gap={6} align="flex-start">
          <Operator rule={rule} kind={kind} onChange={onChange} />
          {hasValue(rule) ? (
            <Box flex="1 1 170px" miw={0}>
              <RuleValue
                key={`${rule.subject} ${rule.key} ${rule.operator}`}
                rule={rule}
                type={valueTypeOf(rule, kind)}
                onChange={onChange}
              />
            </Box>
          ) : null}
          {isOfHaving(rule) ? (
            <Box flex="1 1 170px" miw={0}>
              {key}
            </Box>
          ) : null}
        </Group>
      ) : null}
      {gap === undefined ? null : (
        <Text size="xs" c="dimmed" id={hint}>
          {t(gap === "key" ? `rules.missing.${rule.subject as "tag"}` : `rules.missingValue.${gap}`)}
          {about === "contacts" ? ` ${t("rules.leftOut")}` : ""}
        </Text>
      )}
    </Stack>
  );
}

interface Part {
  readonly rule: Comparison;
  readonly kind: RuleKind | undefined;
  readonly onChange: (rule: Comparison) => void;
}

function Operator({ rule, kind, onChange }: Part) {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const offered = operatorsOf(rule, kind);
  const all = offered.includes(rule.operator) ? offered : [...offered, rule.operator];
  return (
    <Select
      flex="1 1 170px"
      miw={0}
      size="xs"
      aria-label={t("condition.operator")}
      data={all.map((one) => ({ value: one, label: catalogue.operator(rule.subject, kind, one) }))}
      value={rule.operator}
      allowDeselect={false}
      onChange={(operator) => operator !== null && onChange(compareBy(rule, operator))}
    />
  );
}

function Key({ rule, onChange }: Part) {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const of = keyOf[rule.subject];
  if (of === undefined) return null;
  const label = t(`rules.keys.${rule.subject as "tag"}`);
  const look = { size: "xs", "aria-label": label, placeholder: label };
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
