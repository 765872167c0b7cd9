import { SegmentedControl, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { type ActionCall, actionCallSchema } from "../../../src/model/action-call.ts";
import type { JsonSchema } from "../builder/json-schema.ts";
import { SchemaField } from "../builder/schema-form.tsx";
import { FlowChoice } from "../setup/flow-choice.tsx";
import { MessageFields } from "./message-fields.tsx";
import type { WhatDraft } from "./what-draft.ts";

const actionsSchema = z.toJSONSchema(z.array(actionCallSchema).min(1).max(20), {
  io: "input",
  unrepresentable: "any",
  reused: "inline",
}) as JsonSchema;

/** What the server says of them stands beside these. */
export const whatPaths = ["content", "content.text", "flow", "actions"];

/** A message, a flow, or actions. `errors`: by the paths above. */
export function WhatFields({
  botId,
  label,
  value,
  onChange,
  errors,
}: {
  readonly botId: number | undefined;
  readonly label: string;
  readonly value: WhatDraft;
  readonly onChange: (what: WhatDraft) => void;
  readonly errors: Readonly<Record<string, string>>;
}) {
  const { t } = useTranslation();
  const change = (part: Partial<WhatDraft>) => onChange({ ...value, ...part });
  const problem = errors.content ?? errors["content.text"] ?? errors.actions;
  return (
    <>
      <Stack gap={4}>
        <Text size="sm" fw={500}>
          {label}
        </Text>
        <SegmentedControl
          size="xs"
          aria-label={label}
          data={(["content", "flow", "actions"] as const).map((one) => ({
            value: one,
            label: t(`broadcasts.kind.${one}`),
          }))}
          value={value.kind}
          onChange={(kind) => change({ kind: kind as WhatDraft["kind"] })}
        />
      </Stack>
      {value.kind === "content" ? (
        <MessageFields botId={botId} value={value.message} onChange={(message) => change({ message })} />
      ) : null}
      {value.kind === "flow" ? (
        <FlowChoice
          botId={botId}
          value={value.start}
          onChange={(start) => change({ start })}
          errors={errors}
          isRequired
        />
      ) : null}
      {value.kind === "actions" ? (
        <SchemaField
          schema={actionsSchema}
          value={value.actions}
          path="actions"
          label={t("broadcasts.kind.actions")}
          onChange={(next) => change({ actions: next as readonly Partial<ActionCall>[] })}
        />
      ) : null}
      {problem === undefined ? null : (
        <Text size="sm" c="red" role="alert">
          {problem}
        </Text>
      )}
    </>
  );
}
