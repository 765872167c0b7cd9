import { NumberInput, Select, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { replyRules, restartRules } from "../../../src/model/sequence.ts";
import type { SequenceDraft } from "./sequence-draft.ts";

/** What holds for the sequence as a whole. */
export function SettingsFields({
  value,
  onChange,
  errors,
}: {
  readonly value: SequenceDraft;
  readonly onChange: (draft: SequenceDraft) => void;
  readonly errors: Readonly<Record<string, string>>;
}) {
  const { t } = useTranslation();
  return (
    <>
      <TextInput
        label={t("list.name")}
        required
        value={value.name}
        error={errors.name}
        onChange={({ currentTarget }) => onChange({ ...value, name: currentTarget.value })}
      />
      <Select
        label={t("sequences.restart")}
        allowDeselect={false}
        data={restartRules.map((rule) => ({ value: rule, label: t(`sequences.restartRule.${rule}`) }))}
        value={value.restart}
        onChange={(next) =>
          onChange({ ...value, restart: restartRules.find((rule) => rule === next) ?? value.restart })
        }
      />
      <Select
        label={t("sequences.onReply")}
        description={t("sequences.onReplyHint")}
        allowDeselect={false}
        data={replyRules.map((rule) => ({ value: rule, label: t(`sequences.replyRule.${rule}`) }))}
        value={value.onReply}
        onChange={(next) => onChange({ ...value, onReply: replyRules.find((rule) => rule === next) ?? value.onReply })}
      />
      {value.onReply === "pause" ? (
        <NumberInput
          label={t("sequences.pauseHours")}
          min={1}
          max={8760}
          allowDecimal={false}
          value={value.pauseHours}
          error={errors.pauseHours}
          onChange={(next) => onChange({ ...value, pauseHours: typeof next === "number" ? next : value.pauseHours })}
        />
      ) : null}
    </>
  );
}
