import { MultiSelect, Stack, Title } from "@mantine/core";
import { memo, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { FlowDocument, StoredStep } from "../../../src/model/flow.ts";
import { useCatalogue } from "./catalogue.ts";
import { connect, disconnect } from "./document.ts";
import { onlyWhileOpen } from "./lookup-input.tsx";
import type { Choice } from "./lookups.ts";
import { useOutputHelp } from "./output-help.ts";
import { outputsOf } from "./step-kinds.ts";
import { callSteps } from "./step-names.ts";

type Edit = (make: (document: FlowDocument) => FlowDocument) => void;

/** Where each output leads, without a mouse; one may lead to several steps. */
export function LeadsTo({
  step,
  document,
  onEdit,
}: {
  readonly step: StoredStep;
  readonly document: FlowDocument;
  readonly onEdit: Edit;
}) {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const helpOf = useOutputHelp();
  const choices = useStepChoices(document.steps);
  const outputs = outputsOf(step);
  if (outputs.length === 0) return null;
  return (
    <Stack gap="xs" component="section" aria-label={t("leadsTo.title")}>
      <Title order={3} size="sm">
        {t("leadsTo.title")}
      </Title>
      {outputs.map(({ name: output, title }) => (
        <Targets
          key={output}
          from={step.ref}
          output={output}
          label={catalogue.output({ name: output, title })}
          help={helpOf(output)}
          choices={choices}
          edges={document.edges}
          onEdit={onEdit}
        />
      ))}
    </Stack>
  );
}

/** The steps that one output leads to. Drawn anew only where lines or names change: with each letter typed above, a list of 500 would be felt. */
const Targets = memo(function Targets({
  from,
  output,
  label,
  help,
  choices,
  edges,
  onEdit,
}: {
  readonly from: string;
  readonly output: string;
  readonly label: string;
  readonly help: string | undefined;
  readonly choices: Choice[];
  readonly edges: FlowDocument["edges"];
  readonly onEdit: Edit;
}) {
  const targets = edges.filter((edge) => edge.from === from && edge.output === output).map(({ to }) => to);
  return (
    <MultiSelect
      size="xs"
      label={label}
      description={help}
      data={choices}
      renderOption={({ option }) => <span title={option.value}>{option.label}</span>}
      searchable
      hidePickedOptions
      comboboxProps={onlyWhileOpen}
      value={targets}
      onChange={(wanted) =>
        onEdit((old) => {
          const toEdge = (to: string) => ({ from, output, to });
          const lost = targets.filter((to) => !wanted.includes(to)).map(toEdge);
          return wanted.map(toEdge).reduce(connect, disconnect(old, lost));
        })
      }
    />
  );
});

/** All steps by their names; the same list as long as no name changes. */
function useStepChoices(steps: FlowDocument["steps"]): Choice[] {
  const catalogue = useCatalogue();
  const before = useRef<Choice[]>([]);
  return useMemo(() => {
    const now = [...callSteps(steps, catalogue)].map(([value, label]) => ({ value, label }));
    const isSame =
      now.length === before.current.length &&
      now.every(
        ({ value, label }, index) => value === before.current[index]?.value && label === before.current[index]?.label,
      );
    if (!isSame) before.current = now;
    return before.current;
  }, [steps, catalogue]);
}
