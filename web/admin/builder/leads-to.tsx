import { Box, Group, Menu, MultiSelect, Stack, Title } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { memo, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FlowDocument, StoredStep } from "../../../src/model/flow.ts";
import { StepKinds } from "./add-menu.tsx";
import { useCatalogue } from "./catalogue.ts";
import { connect, disconnect } from "./document.ts";
import { onlyWhileOpen } from "./lookup-input.tsx";
import type { Choice } from "./lookups.ts";
import { useOutputHelp } from "./output-help.ts";
import { outputsOf } from "./step-kinds.ts";
import { callSteps } from "./step-names.ts";
import { columnWidth, useAddStep } from "./use-add-step.ts";

type Edit = (make: (document: FlowDocument) => FlowDocument) => void;

const nobody: ReadonlySet<string> = new Set();

/** Where each output leads, without a mouse; one may lead to several steps, and to one that is made for it. */
export function LeadsTo({
  step,
  document,
  onEdit,
  onAdd,
}: {
  readonly step: StoredStep;
  readonly document: FlowDocument;
  readonly onEdit: Edit;
  /** A step was made. */
  readonly onAdd: (ref: string) => void;
}) {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const helpOf = useOutputHelp();
  const add = useAddStep({ document, edit: onEdit }, nobody, onAdd);
  /** The output that a new step is wanted for. */
  const [wanting, setWanting] = useState<string>();
  const { x, y } = step.at ?? { x: 0, y: 0 };
  const choices = useStepChoices(document.steps);
  const outputs = outputsOf(step);
  if (outputs.length === 0) return null;
  return (
    <Stack gap="xs" component="section" aria-label={t("leadsTo.title")}>
      <Title order={3} size="sm">
        {t("leadsTo.title")}
      </Title>
      {outputs.map(({ name: output, title }) => (
        <Box key={output} pos="relative">
          <Targets
            from={step.ref}
            output={output}
            label={catalogue.output({ name: output, title })}
            help={helpOf(output)}
            choices={choices}
            edges={document.edges}
            onEdit={onEdit}
            onNew={setWanting}
          />
          {wanting === output ? (
            <Menu opened onClose={() => setWanting(undefined)} position="bottom-start" width={320}>
              <Menu.Target>
                <Box pos="absolute" left={0} bottom={0} w={1} h={1} aria-label={t("builder.addStep")} />
              </Menu.Target>
              <StepKinds
                onChoose={(kind) => add(kind, { from: step.ref, output, at: { x: x + columnWidth, y: y + 20 } })}
              />
            </Menu>
          ) : null}
        </Box>
      ))}
    </Stack>
  );
}

/** No ref, since it begins with a space. */
const newStep = " new";

/** The steps that one output leads to. Drawn anew only where lines or names change: with each letter typed above, a list of 500 would be felt. */
const Targets = memo(function Targets({
  from,
  output,
  label,
  help,
  choices,
  edges,
  onEdit,
  onNew,
}: {
  readonly from: string;
  readonly output: string;
  readonly label: string;
  readonly help: string | undefined;
  readonly choices: Choice[];
  readonly edges: FlowDocument["edges"];
  readonly onEdit: Edit;
  readonly onNew: (output: string) => void;
}) {
  const { t } = useTranslation();
  const data = useMemo(() => [{ value: newStep, label: t("leadsTo.newStep") }, ...choices], [t, choices]);
  const targets = edges.filter((edge) => edge.from === from && edge.output === output).map(({ to }) => to);
  return (
    <MultiSelect
      size="xs"
      label={label}
      description={help}
      data={data}
      renderOption={({ option }) =>
        option.value === newStep ? (
          <Group gap={6} wrap="nowrap">
            <IconPlus size={14} />
            {option.label}
          </Group>
        ) : (
          <span title={option.value}>{option.label}</span>
        )
      }
      searchable
      filter={({ options, search }) =>
        options.filter(
          (option) =>
            !("group" in option) &&
            (option.value === newStep || option.label.toLowerCase().includes(search.trim().toLowerCase())),
        )
      }
      hidePickedOptions
      comboboxProps={onlyWhileOpen}
      value={targets}
      onChange={(wanted) => {
        if (wanted.includes(newStep)) {
          onNew(output);
          return;
        }
        onEdit((old) => {
          const toEdge = (to: string) => ({ from, output, to });
          const lost = targets.filter((to) => !wanted.includes(to)).map(toEdge);
          return wanted.map(toEdge).reduce(connect, disconnect(old, lost));
        });
      }}
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
