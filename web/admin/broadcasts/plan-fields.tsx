import { Group, NumberInput, SegmentedControl, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { agentChoices, passedChoices } from "../../../src/model/broadcast.ts";
import type { PlanDraft } from "./plan-draft.ts";

export const planPaths = [
  "startAt",
  "plan.local",
  "plan.local.at",
  "plan.quiet.from",
  "plan.quiet.to",
  "plan.quiet.giveUpHours",
  "plan.restHours",
];

/** When: now, at a time, at each contact's own; quiet hours; and who is spared. */
export function PlanFields({
  value,
  onChange,
  errors,
}: {
  readonly value: PlanDraft;
  readonly onChange: (plan: PlanDraft) => void;
  readonly errors: Readonly<Record<string, string>>;
}) {
  const { t } = useTranslation();
  const change = (part: Partial<PlanDraft>) => onChange({ ...value, ...part });
  return (
    <>
      <Stack gap={4}>
        <Text size="sm" fw={500}>
          {t("broadcasts.startAt")}
        </Text>
        <SegmentedControl
          size="xs"
          aria-label={t("broadcasts.startAt")}
          data={(["now", "at", "local"] as const).map((one) => ({ value: one, label: t(`broadcasts.when.${one}`) }))}
          value={value.when}
          onChange={(when) => change({ when: when as PlanDraft["when"] })}
          style={{ flexWrap: "wrap" }}
        />
      </Stack>
      {value.when === "now" ? null : (
        <TextInput
          type="datetime-local"
          label={t("broadcasts.time")}
          description={t(`broadcasts.timeHint.${value.when}`)}
          required
          value={value.at}
          error={errors.startAt ?? errors["plan.local.at"] ?? errors["plan.local"]}
          onChange={({ currentTarget }) => change({ at: currentTarget.value })}
        />
      )}
      {value.when === "local" ? (
        <Select
          label={t("broadcasts.passed.label")}
          data={passedChoices.map((one) => ({ value: one, label: t(`broadcasts.passed.${one}`) }))}
          value={value.passed}
          allowDeselect={false}
          onChange={(next) => change({ passed: passedChoices.find((one) => one === next) ?? "next_day" })}
        />
      ) : null}
      <Switch
        label={t("broadcasts.quiet.on")}
        description={t("broadcasts.quiet.hint")}
        checked={value.isQuiet}
        onChange={({ currentTarget }) => change({ isQuiet: currentTarget.checked })}
      />
      {value.isQuiet ? <QuietFields value={value} change={change} errors={errors} /> : null}
      <Select
        label={t("broadcasts.agents.label")}
        data={agentChoices.map((one) => ({ value: one, label: t(`broadcasts.agents.${one}`) }))}
        value={value.agents}
        allowDeselect={false}
        onChange={(next) => change({ agents: agentChoices.find((one) => one === next) ?? "paused" })}
      />
      <NumberInput
        label={t("broadcasts.restHours")}
        description={t("broadcasts.restHoursHint")}
        min={1}
        max={2_160}
        allowDecimal={false}
        value={value.restHours ?? ""}
        error={errors["plan.restHours"]}
        onChange={(next) => change({ restHours: typeof next === "number" ? next : null })}
      />
    </>
  );
}

function QuietFields({
  value,
  change,
  errors,
}: {
  readonly value: PlanDraft;
  readonly change: (part: Partial<PlanDraft>) => void;
  readonly errors: Readonly<Record<string, string>>;
}) {
  const { t } = useTranslation();
  return (
    <>
      <Group grow align="flex-start">
        {(["from", "to"] as const).map((end) => (
          <TextInput
            key={end}
            type="time"
            label={t(`broadcasts.quiet.${end}`)}
            required
            value={value[end]}
            error={errors[`plan.quiet.${end}`]}
            onChange={({ currentTarget }) => change({ [end]: currentTarget.value })}
          />
        ))}
      </Group>
      <NumberInput
        label={t("broadcasts.quiet.giveUp")}
        description={t("broadcasts.quiet.giveUpHint")}
        min={1}
        max={720}
        allowDecimal={false}
        value={value.giveUpHours ?? ""}
        error={errors["plan.quiet.giveUpHours"]}
        onChange={(next) => change({ giveUpHours: typeof next === "number" ? next : null })}
      />
    </>
  );
}
