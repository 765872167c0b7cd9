import { MultiSelect, SegmentedControl, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { SegmentBody } from "../../../src/http/contract/segments.ts";
import type { ConditionGroup } from "../../../src/model/condition.ts";
import { ConditionEditor } from "../builder/condition-editor.tsx";
import { useList } from "../layout/resource.ts";

export interface AudienceDraft {
  readonly kind: "all" | "segments" | "condition";
  readonly segments: readonly string[];
  readonly condition: ConditionGroup | undefined;
}

/** Who is meant, as the API takes it. */
export function toAudience({ kind, segments, condition }: AudienceDraft): unknown {
  if (kind === "segments") return { segments: segments.map(Number) };
  if (kind === "condition") return { condition: condition ?? { match: "all", rules: [] } };
  return { all: true };
}

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
  return (
    <Stack gap="xs">
      <Text size="sm" fw={500}>
        {t("broadcasts.audience")}
      </Text>
      <SegmentedControl
        aria-label={t("broadcasts.audience")}
        data={(["all", "segments", "condition"] as const).map((one) => ({
          value: one,
          label: t(`broadcasts.to.${one}`),
        }))}
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
      {error === undefined ? null : (
        <Text size="sm" c="red" role="alert">
          {error}
        </Text>
      )}
    </Stack>
  );
}
