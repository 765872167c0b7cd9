import { MultiSelect, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { SegmentBody } from "../../../src/http/contract/segments.ts";
import type { ConditionGroup } from "../../../src/model/condition.ts";
import { ConditionEditor } from "../builder/condition-editor.tsx";
import { useList } from "../layout/resource.ts";
import { type AudienceDraft, lacksRules } from "./audience-draft.ts";

/** Everybody, saved segments, or a condition for this once. */
export function AudienceFields({
  value,
  onChange,
  error,
}: {
  readonly value: AudienceDraft;
  readonly onChange: (audience: AudienceDraft) => void;
  readonly error: string | undefined;
}) {
  const { t } = useTranslation();
  const segments = useList<SegmentBody>("/segments").items ?? [];
  const chosen = value.contacts.length > 0 ? (["contacts"] as const) : [];
  const kinds = [...chosen, "all", "segments", "condition"] as const;
  return (
    <Stack gap="xs">
      <Text size="sm" fw={500}>
        {t("broadcasts.audience")}
      </Text>
      <SegmentedControl
        size="xs"
        aria-label={t("broadcasts.audience")}
        data={kinds.map((one) => ({ value: one, label: t(`broadcasts.to.${one}`) }))}
        value={value.kind}
        onChange={(kind) => onChange({ ...value, kind: kind as AudienceDraft["kind"] })}
      />
      {value.kind === "segments" ? (
        <MultiSelect
          aria-label={t("broadcasts.to.segments")}
          searchable
          nothingFoundMessage={t("choice.nothing")}
          data={segments.map(({ id, name }) => ({ value: String(id), label: name }))}
          value={[...value.segments]}
          onChange={(chosen) => onChange({ ...value, segments: chosen })}
        />
      ) : null}
      {value.kind === "condition" ? (
        <ConditionEditor
          schema={{}}
          value={value.condition}
          path="condition"
          label={t("broadcasts.to.condition")}
          onChange={(condition) => onChange({ ...value, condition: condition as ConditionGroup })}
        />
      ) : null}
      {lacksRules(value) && error === undefined ? (
        <Text size="sm" role="status">
          {t("broadcasts.noCondition")}
        </Text>
      ) : null}
      {value.kind === "contacts" ? (
        <Text size="sm">{t("broadcasts.chosen", { count: value.contacts.length })}</Text>
      ) : (
        <TextInput
          label={t("broadcasts.search")}
          description={t("broadcasts.searchHint")}
          value={value.search}
          onChange={({ currentTarget }) => onChange({ ...value, search: currentTarget.value })}
        />
      )}
      {error === undefined ? null : (
        <Text size="sm" c="red" role="alert">
          {error}
        </Text>
      )}
    </Stack>
  );
}
