import { MultiSelect, Stack, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { FlowDocument, StoredStep } from "../../../src/model/flow.ts";
import { connect, disconnect } from "./document.ts";
import { findStepType, outputsOf } from "./step-kinds.ts";

/** Where each output leads, without a mouse; one may lead to several steps. */
export function LeadsTo({
  step,
  document,
  onEdit,
}: {
  readonly step: StoredStep;
  readonly document: FlowDocument;
  readonly onEdit: (make: (document: FlowDocument) => FlowDocument) => void;
}) {
  const { t } = useTranslation();
  const outputs = outputsOf(step);
  if (outputs.length === 0) return null;
  const others = document.steps.map(({ ref, name, kind }) => ({
    value: ref,
    label: `${name ?? findStepType(kind)?.title ?? kind} (${ref})`,
  }));
  return (
    <Stack gap="xs" component="section" aria-label={t("leadsTo.title")}>
      <Title order={3} size="sm">
        {t("leadsTo.title")}
      </Title>
      {outputs.map(({ name: output, title }) => {
        const targets = document.edges
          .filter((edge) => edge.from === step.ref && edge.output === output)
          .map(({ to }) => to);
        return (
          <MultiSelect
            key={output}
            size="xs"
            label={title}
            data={others}
            searchable
            hidePickedOptions
            value={targets}
            onChange={(wanted) =>
              onEdit((old) => {
                const toEdge = (to: string) => ({ from: step.ref, output, to });
                const lost = targets.filter((to) => !wanted.includes(to)).map(toEdge);
                return wanted.map(toEdge).reduce(connect, disconnect(old, lost));
              })
            }
          />
        );
      })}
    </Stack>
  );
}
