import { MultiSelect, Progress, Select, SimpleGrid, Skeleton, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { FlowSummaryBody } from "../../../src/http/contract/flows.ts";
import type { FunnelBody } from "../../../src/http/contract/overview.ts";
import type { FlowDocument } from "../../../src/model/flow.ts";
import { useCatalogue } from "../builder/catalogue.ts";
import { callSteps } from "../builder/step-names.ts";
import { toNumber } from "../layout/number.ts";
import { Section, useApi } from "../layout/page.tsx";
import { useList } from "../layout/resource.ts";
import { ErrorNotice } from "../layout/trouble.tsx";
import { formatShare } from "./format.ts";
import { firstSteps } from "./funnel-steps.ts";
import type { Days, ReportChoice } from "./report-choice.ts";
import { useReport } from "./use-report.ts";

/** How many people came from one chosen step of a flow to the next. */
export function FunnelSection({
  days,
  choice,
  suggested,
  onChange,
}: {
  readonly days: Days;
  readonly choice: ReportChoice;
  /** Ref of the flow to begin with. */
  readonly suggested: string | undefined;
  readonly onChange: (choice: ReportChoice) => void;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const flows = useList<FlowSummaryBody>("/flows");
  const flow = choice.flow ?? suggested;
  const { data } = useQuery({
    queryKey: [api.domain, "flow", flow, "funnel-steps"],
    queryFn: ({ signal }) => api.get<{ draft: FlowDocument }>(`/flows/${flow}`, {}, signal),
    enabled: flow !== undefined,
  });
  const document = data?.draft;
  const names = callSteps(document?.steps ?? [], useCatalogue());
  const steps = document === undefined ? [] : (choice.steps ?? firstSteps(document)).filter((ref) => names.has(ref));
  const { flow: _flow, steps: _steps, ...rest } = choice;
  return (
    <Section title={t("report.funnel.title")}>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Select
          label={t("report.funnel.flow")}
          searchable
          allowDeselect={false}
          data={(flows.items ?? []).map(({ ref, name }) => ({ value: ref, label: name }))}
          value={flow ?? null}
          onChange={(next) => next !== null && onChange({ ...rest, flow: next })}
        />
        <MultiSelect
          label={t("report.funnel.steps")}
          description={t("report.funnel.stepsHint")}
          searchable
          maxValues={8}
          disabled={document === undefined}
          data={[...names].map(([value, label]) => ({ value, label }))}
          renderOption={({ option }) => <span title={option.value}>{option.label}</span>}
          value={steps}
          onChange={(next) => onChange({ ...rest, ...(flow === undefined ? {} : { flow }), steps: next })}
        />
      </SimpleGrid>
      {flow === undefined || document === undefined || steps.length < 2 ? (
        <Text size="sm" c="dimmed">
          {t("report.funnel.choose")}
        </Text>
      ) : (
        <Funnel flow={flow} names={names} steps={steps} days={days} channel={choice.channel} />
      )}
    </Section>
  );
}

/** The chart is in the table: a bar beside each number. */
function Funnel({
  flow,
  names,
  steps,
  days,
  channel,
}: {
  readonly flow: string;
  readonly names: ReadonlyMap<string, string>;
  readonly steps: readonly string[];
  readonly days: Days;
  readonly channel: number | undefined;
}) {
  const { t } = useTranslation();
  const query = { steps: steps.join(","), channel };
  const { data, error, refetch } = useReport<FunnelBody>(`/flows/${flow}/funnel`, days, query);
  if (error !== null && data === undefined) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton h={160} />;
  const first = data.steps[0]?.people ?? 0;
  return (
    <Stack gap="sm">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard. */}
      <section aria-label={t("report.funnel.title")} tabIndex={0} style={{ overflowX: "auto" }}>
        <Table style={{ fontVariantNumeric: "tabular-nums" }}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("report.funnel.step")}</Table.Th>
              <Table.Th ta="right">{t("report.funnel.people")}</Table.Th>
              <Table.Th ta="right">{t("report.funnel.ofFirst")}</Table.Th>
              <Table.Th ta="right">{t("report.funnel.ofBefore")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.steps.map(({ step, people }, index) => (
              <Table.Tr key={step}>
                <Table.Th scope="row" fw={400}>
                  <Text size="sm" className="cut" maw={{ base: 180, sm: 420 }} title={step}>
                    {index + 1}. {names.get(step) ?? step}
                  </Text>
                  <Progress value={first === 0 ? 0 : (people / first) * 100} size="lg" mt={4} aria-hidden />
                </Table.Th>
                <Table.Td ta="right">{toNumber(people)}</Table.Td>
                <Table.Td ta="right">{formatShare(people, first)}</Table.Td>
                <Table.Td ta="right">
                  {index === 0 ? "—" : formatShare(people, data.steps[index - 1]?.people ?? 0)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </section>
      <Text size="xs" c="dimmed">
        {t("report.funnel.note")}
      </Text>
    </Stack>
  );
}
