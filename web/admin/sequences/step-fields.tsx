import { SegmentedControl, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ConditionGroup } from "../../../src/model/condition.ts";
import type { SequenceStep } from "../../../src/model/sequence.ts";
import { MessageFields } from "../broadcasts/message-fields.tsx";
import { ConditionEditor } from "../builder/condition-editor.tsx";
import { FlowChoice } from "../setup/flow-choice.tsx";
import { DelayFields } from "./delay-fields.tsx";
import { messageOf, toContent } from "./sequence-draft.ts";

/** What the server says of a step's form stands beside these. */
export const stepPaths = [
  "ref",
  "name",
  "delay",
  "delay.amount",
  "delay.time",
  "delay.field",
  "delay.days",
  "condition",
  "content",
  "content.content",
  "content.content.text",
  "content.flow",
  "content.step",
] as const;

/** One step: when, for whom, and what. */
export function StepFields({
  botId,
  step,
  onChange,
  errors,
}: {
  readonly botId: number;
  readonly step: SequenceStep;
  readonly onChange: (step: SequenceStep) => void;
  /** By the path within the step. */
  readonly errors: Readonly<Record<string, string>>;
}) {
  const { t } = useTranslation();
  const { condition, content, delay } = step;
  const setCondition = (next: ConditionGroup | undefined) => {
    const { condition: _old, ...rest } = step;
    onChange(next === undefined ? rest : { ...rest, condition: next });
  };
  const start = content.kind === "flow" ? { flow: content.flow || null, step: content.step ?? null } : undefined;
  const trouble = errors.content ?? errors["content.content"] ?? errors["content.content.text"];
  return (
    <Stack gap="md">
      <TextInput
        label={t("sequences.stepName")}
        description={t("sequences.stepNameHint")}
        value={step.name ?? ""}
        error={errors.name}
        onChange={({ currentTarget }) => onChange({ ...step, name: currentTarget.value })}
      />
      <DelayFields
        value={delay}
        onChange={(next) => onChange({ ...step, delay: next })}
        errors={{
          amount: errors["delay.amount"] ?? errors.delay,
          time: errors["delay.time"],
          field: errors["delay.field"],
          days: errors["delay.days"],
        }}
      />
      <Stack gap="xs">
        <Switch
          label={t("sequences.condition")}
          description={t("sequences.conditionHint")}
          checked={condition !== undefined}
          onChange={({ currentTarget }) =>
            setCondition(currentTarget.checked ? { match: "all", rules: [] } : undefined)
          }
        />
        {condition === undefined ? null : (
          <ConditionEditor
            schema={{}}
            value={condition}
            path="condition"
            label={t("sequences.condition")}
            onChange={(next) => setCondition(next as ConditionGroup)}
          />
        )}
        <Problem text={errors.condition} />
      </Stack>
      <Stack gap="xs">
        <Text size="sm" fw={500}>
          {t("sequences.what")}
        </Text>
        <SegmentedControl
          size="xs"
          aria-label={t("sequences.what")}
          data={(["message", "flow"] as const).map((kind) => ({ value: kind, label: t(`sequences.content.${kind}`) }))}
          value={content.kind}
          onChange={(kind) =>
            onChange({
              ...step,
              content: kind === "flow" ? { kind, flow: "" } : { kind: "message", content: "" },
            })
          }
        />
        {start === undefined ? (
          <MessageFields
            botId={botId}
            value={messageOf(content)}
            onChange={(message) => onChange({ ...step, content: toContent(message) })}
          />
        ) : (
          <FlowChoice
            botId={botId}
            value={start}
            isRequired
            errors={{
              ...(errors["content.flow"] === undefined ? {} : { flow: errors["content.flow"] }),
              ...(errors["content.step"] === undefined ? {} : { step: errors["content.step"] }),
            }}
            onChange={({ flow, step: target }) =>
              onChange({
                ...step,
                content: { kind: "flow", flow: flow ?? "", ...(target === null ? {} : { step: target }) },
              })
            }
          />
        )}
        <Problem text={trouble} />
      </Stack>
    </Stack>
  );
}

function Problem({ text }: { readonly text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <Text size="sm" c="red" role="alert">
      {text}
    </Text>
  );
}
