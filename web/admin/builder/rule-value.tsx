import { ActionIcon, Group, NumberInput, TagsInput, Text, TextInput, Tooltip } from "@mantine/core";
import { IconBraces } from "@tabler/icons-react";
import { useContext, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Comparison } from "../../../src/model/condition.ts";
import { LookupInput, LookupsInput } from "./lookup-input.tsx";
import { isTemplate, takesSeveral, type ValueType, valueNames, valuesOf } from "./rules.ts";
import { StepScopeContext } from "./step-scope.ts";
import { WeekdaysInput } from "./weekdays-input.tsx";

type Value = NonNullable<Comparison["value"]>;
type One = string | number | boolean;

/** What a rule compares with, typed as what it is: a number, a day, one of the workspace's things. */
export function RuleValue({
  rule,
  type,
  onChange,
}: {
  readonly rule: Comparison;
  readonly type: ValueType;
  readonly onChange: (rule: Comparison) => void;
}) {
  const { t } = useTranslation();
  const values = valuesOf(rule);
  const set = (value: Value | undefined) => {
    const { value: _old, ...rest } = rule;
    onChange(value === undefined ? rest : { ...rest, value });
  };
  const look = { size: "xs", "aria-label": t("condition.value") };
  if (type === "weekdays") {
    return <WeekdaysInput {...look} values={values.map(Number)} onChange={(days) => set([...days])} />;
  }
  const name = valueNames[rule.subject];
  if (name !== undefined) {
    const of = { ...look, name, settings: { plan: rule.key } };
    return takesSeveral(rule) ? (
      <LookupsInput {...of} values={values.map(String)} onChange={(next) => set([...next])} />
    ) : (
      <LookupInput {...of} value={values[0] === undefined ? undefined : String(values[0])} onChange={set} />
    );
  }
  if (takesSeveral(rule)) {
    return (
      <TagsInput
        {...look}
        placeholder={values.length === 0 ? t("rules.several") : undefined}
        value={values.map(String)}
        onChange={(next) => set(next.map((text) => (type === "number" ? toNumber(text) : text)))}
      />
    );
  }
  if (rule.operator !== "between")
    return <OneValue type={type} value={values[0]} label={look["aria-label"]} set={set} />;
  const [first = "", second = ""] = values;
  return (
    <Group gap={4} wrap="nowrap" align="center">
      <OneValue type={type} value={first} label={t("rules.from")} set={(next = "") => set([next, second])} />
      <Text size="xs" c="dimmed">
        –
      </Text>
      <OneValue type={type} value={second} label={t("rules.to")} set={(next = "") => set([first, next])} />
    </Group>
  );
}

const toNumber = (text: string): One => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text);

interface OneProps {
  readonly type: ValueType;
  readonly value: One | undefined;
  readonly label: string;
  readonly set: (value: One | undefined) => void;
}

/** In a flow, what a step or the bot knows can be compared with: that is written as text. */
function OneValue(props: OneProps) {
  const { t } = useTranslation();
  const { document } = useContext(StepScopeContext);
  const [isText, setText] = useState(isTemplate(props.value));
  const { type, value, label, set } = props;
  const isPlainText = type === "text" || isText;
  return (
    <Group gap={4} wrap="nowrap" flex={1} miw={0}>
      {isPlainText ? (
        <TextInput
          flex={1}
          miw={0}
          size="xs"
          aria-label={label}
          placeholder={type === "text" ? t("condition.value") : "{{ vars.… }}"}
          value={value === undefined ? "" : String(value)}
          onChange={({ currentTarget }) => set(currentTarget.value === "" ? undefined : toNumber(currentTarget.value))}
        />
      ) : (
        <TypedInput {...props} />
      )}
      {document === undefined || type === "text" ? null : (
        <Tooltip label={t(isText ? "rules.plain" : "rules.withVariable")}>
          <ActionIcon
            variant={isText ? "light" : "subtle"}
            color="gray"
            aria-label={t("rules.withVariable")}
            aria-pressed={isText}
            onClick={() => {
              setText(!isText);
              set(undefined);
            }}
          >
            <IconBraces size={16} />
          </ActionIcon>
        </Tooltip>
      )}
    </Group>
  );
}

function TypedInput({ type, value, label, set }: OneProps) {
  const { t } = useTranslation();
  const look = { flex: 1, miw: 0, size: "xs", "aria-label": label };
  if (type === "number" || type === "days") {
    return (
      <NumberInput
        {...look}
        decimalSeparator="."
        allowedDecimalSeparators={[".", ","]}
        allowDecimal={type === "number"}
        allowNegative={type === "number"}
        suffix={type === "days" ? ` ${t("rules.days")}` : ""}
        placeholder={type === "days" ? t("rules.daysHint") : "0"}
        value={typeof value === "boolean" || value === undefined ? "" : value}
        onChange={(next) => set(next === "" ? undefined : toNumber(String(next)))}
      />
    );
  }
  return (
    <TextInput
      {...look}
      type={type}
      value={value === undefined ? "" : shownAs(type, String(value))}
      onChange={({ currentTarget }) => set(currentTarget.value === "" ? undefined : currentTarget.value)}
    />
  );
}

/** The browser's own inputs take a day and a time in one form alone. */
function shownAs(type: ValueType, value: string): string {
  if (type === "time") return value.padStart(5, "0");
  const [, day, month, year] = /^(\d{1,2})\.(\d{1,2})\.(\d{4})/.exec(value) ?? [];
  return day === undefined ? value.slice(0, 10) : `${year}-${month?.padStart(2, "0")}-${day.padStart(2, "0")}`;
}
