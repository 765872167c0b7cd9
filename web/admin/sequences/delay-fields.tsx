import { Group, NumberInput, SegmentedControl, Select, Stack, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { FieldBody } from "../../../src/http/contract/fields.ts";
import type { SequenceDelay } from "../../../src/model/sequence.ts";
import { WeekdaysInput } from "../builder/weekdays-input.tsx";
import { useList } from "../layout/resource.ts";

const units = ["minutes", "hours", "days"] as const;
const dateKinds: readonly string[] = ["date", "datetime", "text"];

/** When a step is due: after a while, or around a date of the contact's. */
export function DelayFields({
  value,
  onChange,
  errors,
}: {
  readonly value: SequenceDelay;
  readonly onChange: (delay: SequenceDelay) => void;
  readonly errors: Readonly<Record<string, string | undefined>>;
}) {
  const { t } = useTranslation();
  return (
    <Stack gap="xs">
      <Text size="sm" fw={500}>
        {t("sequences.when")}
      </Text>
      <SegmentedControl
        size="xs"
        aria-label={t("sequences.when")}
        data={(["after", "on_date"] as const).map((mode) => ({ value: mode, label: t(`sequences.mode.${mode}`) }))}
        value={value.mode}
        onChange={(mode) =>
          onChange(
            mode === "on_date"
              ? { mode, field: "", days: 0 }
              : { mode: "after", amount: 1, unit: "days", weekdays: [] },
          )
        }
      />
      {value.mode === "after" ? (
        <AfterFields value={value} onChange={onChange} errors={errors} />
      ) : (
        <DateFields value={value} onChange={onChange} errors={errors} />
      )}
    </Stack>
  );
}

interface Props<Mode extends SequenceDelay["mode"]> {
  readonly value: Extract<SequenceDelay, { mode: Mode }>;
  readonly onChange: (delay: SequenceDelay) => void;
  readonly errors: Readonly<Record<string, string | undefined>>;
}

function AfterFields({ value, onChange, errors }: Props<"after">) {
  const { t } = useTranslation();
  return (
    <>
      <Group gap="sm" grow preventGrowOverflow={false} align="flex-start">
        <NumberInput
          label={t("sequences.amount")}
          min={0}
          max={100_000}
          allowDecimal={false}
          miw={100}
          value={value.amount}
          error={errors.amount}
          onChange={(amount) => onChange({ ...value, amount: typeof amount === "number" ? amount : 0 })}
        />
        <Select
          label={t("sequences.unit")}
          miw={120}
          allowDeselect={false}
          data={units.map((unit) => ({ value: unit, label: t(`sequences.units.${unit}`) }))}
          value={value.unit}
          onChange={(unit) => onChange({ ...value, unit: units.find((one) => one === unit) ?? value.unit })}
        />
      </Group>
      <TimeOfDay
        hint={t("sequences.timeHint")}
        value={value.time}
        error={errors.time}
        onChange={({ time }) => {
          const { time: _old, ...rest } = value;
          onChange(time === undefined ? rest : { ...rest, time });
        }}
      />
      <WeekdaysInput
        label={t("sequences.weekdays")}
        placeholder={value.weekdays.length === 0 ? t("sequences.anyDay") : undefined}
        values={value.weekdays}
        onChange={(weekdays) => onChange({ ...value, weekdays: [...weekdays] })}
      />
    </>
  );
}

function DateFields({ value, onChange, errors }: Props<"on_date">) {
  const { t } = useTranslation();
  const fields = (useList<FieldBody>("/fields").items ?? []).filter(({ kind }) => dateKinds.includes(kind));
  const isBefore = value.days < 0;
  const size = Math.abs(value.days);
  return (
    <>
      <Select
        label={t("sequences.field")}
        description={t("sequences.fieldHint")}
        required
        searchable
        allowDeselect={false}
        nothingFoundMessage={t("choice.nothing")}
        data={fields.map(({ key, name }) => ({ value: key, label: name }))}
        value={value.field === "" ? null : value.field}
        error={errors.field}
        onChange={(field) => onChange({ ...value, field: field ?? "" })}
      />
      <Group gap="sm" grow preventGrowOverflow={false} align="flex-start">
        <NumberInput
          label={t("sequences.dayCount")}
          min={0}
          max={3650}
          allowDecimal={false}
          miw={100}
          value={size}
          error={errors.days}
          onChange={(next) => {
            const days = typeof next === "number" ? next : 0;
            onChange({ ...value, days: isBefore ? -days : days });
          }}
        />
        <Select
          label={t("sequences.side")}
          miw={120}
          allowDeselect={false}
          disabled={size === 0}
          data={(["before", "after"] as const).map((side) => ({ value: side, label: t(`sequences.sides.${side}`) }))}
          value={isBefore ? "before" : "after"}
          onChange={(side) => onChange({ ...value, days: side === "before" ? -size : size })}
        />
      </Group>
      <TimeOfDay
        hint={t("sequences.dateTimeHint")}
        value={value.time}
        error={errors.time}
        onChange={({ time }) => {
          const { time: _old, ...rest } = value;
          onChange(time === undefined ? rest : { ...rest, time });
        }}
      />
    </>
  );
}

function TimeOfDay({
  hint,
  value,
  error,
  onChange,
}: {
  readonly hint: string;
  readonly value: string | undefined;
  readonly error: string | undefined;
  readonly onChange: (next: { readonly time: string | undefined }) => void;
}) {
  const { t } = useTranslation();
  return (
    <TextInput
      type="time"
      label={t("sequences.time")}
      description={hint}
      value={value ?? ""}
      error={error}
      onChange={({ currentTarget }) => onChange({ time: currentTarget.value === "" ? undefined : currentTarget.value })}
    />
  );
}
