import { ActionIcon, Alert, Button, Group, ScrollArea, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconPlayerPlay, IconTrash, IconX } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { anyName, findKeptNames } from "../../../src/engine/kept-names.ts";
import type { FlowDocument, StoredStep } from "../../../src/model/flow.ts";
import { Preview } from "../messenger/preview.tsx";
import { useCatalogue } from "./catalogue.ts";
import { CopyRef } from "./copy-ref.tsx";
import { changeStep, dropLostOutputs, removeSteps } from "./document.ts";
import { FormScopeContext } from "./form-scope.ts";
import { LeadsTo } from "./leads-to.tsx";
import { useSayProblem } from "./name-things.ts";
import { ObjectFields, SchemaField } from "./schema-form.tsx";
import { beginAt } from "./starts.ts";
import { findStepType, outputsOf, schemaOf } from "./step-kinds.ts";
import { StepIcon } from "./step-node.tsx";
import { StepScopeContext } from "./step-scope.ts";
import { stepTools } from "./step-tools.ts";
import { ToldNames, useToldNames } from "./told-names.ts";
import type { ShownProblem } from "./use-fresh.ts";

const colorOf = ({ severity, isFresh }: ShownProblem) =>
  isFresh === true ? "gray" : severity === "error" ? "red" : "yellow";

/** What texts can be offered of what steps keep: not what only shows when a script runs. */
const localNamesOf = ({ steps }: FlowDocument) =>
  [...findKeptNames(steps)].filter((name) => name !== anyName).toSorted();

/** The settings of one step. */
export function StepPanel({
  step,
  document,
  botId,
  problems,
  onEdit,
  onAdd,
  onClose,
}: {
  readonly step: StoredStep;
  readonly document: FlowDocument;
  readonly botId: number;
  readonly problems: readonly ShownProblem[];
  readonly onEdit: (make: (document: FlowDocument) => FlowDocument, mark?: string) => void;
  /** A step was made that this one leads to. */
  readonly onAdd: (ref: string) => void;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const say = useSayProblem();
  const type = findStepType(step.kind);
  const setConfig = (config: unknown, path: string) =>
    onEdit((old) => {
      const changed = changeStep(old, step.ref, { config: config as StoredStep["config"] });
      const outputs = outputsOf(changed.steps.find(({ ref }) => ref === step.ref) ?? step).map(({ name }) => name);
      // None at all: what is half typed cannot be read, and says nothing of the lines.
      return outputs.length === 0 ? changed : dropLostOutputs(changed, step.ref, outputs);
    }, `${step.ref} ${path}`);
  const schema = type === undefined ? undefined : schemaOf(type);
  const Tool = stepTools[step.kind];
  const mayUseSecrets = type?.mayUseSecrets === true;
  const { title } = useCatalogue().step(step.kind);
  const scope = useMemo(
    () => ({ localNames: localNamesOf(document), mayUseSecrets, botId, document, problems }),
    [document, mayUseSecrets, botId, problems],
  );
  const { told, tell } = useToldNames();
  const isNotTold = ({ code, message }: ShownProblem) => code !== "template.unknown_name" || !told.has(message);
  const form = useMemo(() => ({ owner: step.kind, settings: {} }), [step.kind]);
  return (
    <Stack h="100%" gap={0} component="aside" aria-label={t("builder.settings")}>
      <Group p="md" pb="xs" justify="space-between" wrap="nowrap">
        <Group gap="xs" wrap="nowrap" miw={0}>
          <StepIcon kind={step.kind} />
          <Title order={2} size="h5" className="cut">
            {title}
          </Title>
        </Group>
        <ActionIcon variant="subtle" color="gray" aria-label={t("action.close")} onClick={onClose}>
          <IconX size={18} />
        </ActionIcon>
      </Group>
      <ScrollArea flex={1} px="md" type="auto">
        <Stack gap="md" pb="xl">
          {problems.filter(isNotTold).map((problem) => (
            <Alert key={problem.message} color={colorOf(problem)} p="xs">
              <Text size="sm">
                {problem.isFresh === true ? `${t("unfinished.step")} ` : ""}
                {say(problem)}
              </Text>
            </Alert>
          ))}
          <TextInput
            label={t("builder.stepName")}
            placeholder={title}
            value={step.name ?? ""}
            onChange={({ currentTarget }) => {
              const { value } = currentTarget;
              onEdit((old) => {
                const { name: _name, ...rest } = old.steps.find(({ ref }) => ref === step.ref) ?? step;
                const named = value === "" ? rest : { ...rest, name: value };
                return { ...old, steps: old.steps.map((one) => (one.ref === step.ref ? named : one)) };
              }, `${step.ref} name`);
            }}
          />
          <StepScopeContext value={scope}>
            <FormScopeContext value={form}>
              <ToldNames value={tell}>
                {schema?.properties !== undefined ? (
                  <ObjectFields schema={schema} value={step.config} path="" onChange={setConfig} />
                ) : schema === undefined ? null : (
                  <SchemaField schema={schema} value={step.config} path="" label={title} onChange={setConfig} />
                )}
              </ToldNames>
            </FormScopeContext>
          </StepScopeContext>
          {Tool === undefined ? null : <Tool step={step} botId={botId} />}
          <Preview step={step} botId={botId} />
          <LeadsTo step={step} document={document} onEdit={onEdit} onAdd={onAdd} />
          <Group gap="xs">
            <Text size="sm" c="dimmed">
              {t("builder.ref")}: <code>{step.ref}</code>
            </Text>
            <CopyRef value={step.ref} />
          </Group>
          <Group gap="xs">
            {document.start === step.ref ? null : (
              <Button
                size="compact-sm"
                variant="default"
                leftSection={<IconPlayerPlay size={14} />}
                onClick={() => onEdit((old) => beginAt(old, step.ref))}
              >
                {t("builder.makeStart")}
              </Button>
            )}
            <Button
              size="compact-sm"
              variant="light"
              color="red"
              leftSection={<IconTrash size={14} />}
              onClick={() => onEdit((old) => removeSteps(old, new Set([step.ref])))}
            >
              {t("action.delete")}
            </Button>
          </Group>
        </Stack>
      </ScrollArea>
    </Stack>
  );
}
