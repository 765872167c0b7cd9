import {
  ActionIcon,
  Alert,
  Box,
  Code,
  Group,
  ScrollArea,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
} from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { type FlowDocument, triggerSchema } from "../../../src/model/flow.ts";
import { CopyRef } from "./copy-ref.tsx";
import type { FlowProblem } from "./flow-types.ts";
import { FlowUses } from "./flow-uses.tsx";
import { FormScopeContext } from "./form-scope.ts";
import type { JsonSchema } from "./json-schema.ts";
import { useSayProblem } from "./name-things.ts";
import { SchemaField } from "./schema-form.tsx";
import { StepScopeContext } from "./step-scope.ts";

const ofTriggers = { owner: "trigger", settings: {} };
const triggersSchema = z.toJSONSchema(z.array(triggerSchema), { io: "input", reused: "inline" }) as JsonSchema;

/** What belongs to the flow as a whole: its name, its ref for other systems, what starts it. */
export function FlowPanel({
  flowRef,
  botId,
  document,
  problems,
  at,
  onEdit,
  onClose,
}: {
  readonly flowRef: string;
  readonly botId: number;
  readonly document: FlowDocument;
  /** What is wrong with how the flow is started. */
  readonly problems: readonly FlowProblem[];
  /** What is looked for, where it is not the whole. */
  readonly at?: "triggers" | undefined;
  readonly onEdit: (make: (document: FlowDocument) => FlowDocument, mark?: string) => void;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const say = useSayProblem();
  const triggers = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (at !== "triggers") return;
    triggers.current?.scrollIntoView({ block: "start" });
    triggers.current?.focus({ preventScroll: true });
  }, [at]);
  const scope = useMemo(
    () => ({ localNames: [], mayUseSecrets: false, botId, document, problems: [] }),
    [botId, document],
  );
  return (
    <Stack h="100%" gap={0} component="aside" aria-label={t("builder.flowSettings")}>
      <Group p="md" pb="xs" justify="space-between">
        <Title order={2} size="h5">
          {t("builder.flowSettings")}
        </Title>
        <ActionIcon variant="subtle" color="gray" aria-label={t("action.close")} onClick={onClose}>
          <IconX size={18} />
        </ActionIcon>
      </Group>
      <ScrollArea flex={1} px="md" type="auto">
        <Stack gap="md" pb="xl">
          <TextInput
            label={t("field.name")}
            value={document.name}
            onChange={({ currentTarget }) => {
              const { value } = currentTarget;
              onEdit((old) => ({ ...old, name: value }), "flow name");
            }}
          />
          <Textarea
            label={t("builder.description")}
            autosize
            minRows={2}
            value={document.description ?? ""}
            onChange={({ currentTarget }) => {
              const { value } = currentTarget;
              onEdit((old) => ({ ...old, description: value }), "flow description");
            }}
          />
          <Group gap="xs">
            <Text size="sm" c="dimmed">
              {t("builder.flowRef")}: <Code>{flowRef}</Code>
            </Text>
            <CopyRef value={flowRef} />
          </Group>
          <Box ref={triggers} tabIndex={-1} role="group" aria-label={t("builder.triggers")} className="flow-triggers">
            {problems.map((problem) => (
              <Alert key={problem.message} color={problem.severity === "error" ? "red" : "yellow"} p="xs" mb="xs">
                <Text size="sm">{say(problem)}</Text>
              </Alert>
            ))}
            <StepScopeContext value={scope}>
              <FormScopeContext value={ofTriggers}>
                <SchemaField
                  schema={triggersSchema}
                  value={document.triggers}
                  path="triggers"
                  label={t("builder.triggers")}
                  onChange={(triggers, path) =>
                    onEdit((old) => ({ ...old, triggers: triggers as FlowDocument["triggers"] }), path)
                  }
                />
              </FormScopeContext>
            </StepScopeContext>
          </Box>
          <FlowUses flowRef={flowRef} />
        </Stack>
      </ScrollArea>
    </Stack>
  );
}
