import { Box, SegmentedControl, Skeleton, Stack, Table, Text } from "@mantine/core";
import { type ReactNode, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { Section } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";

interface Source {
  readonly data: unknown;
  readonly error: unknown;
  refetch(): unknown;
}

/** A part of the overview: a chart that says in words what it shows, and the same numbers as a table. */
export function ReportSection({
  title,
  source,
  empty,
  summary,
  note,
  before,
  chart,
  table,
}: {
  readonly title: string;
  readonly source: Source;
  /** Said instead of chart and table where there is nothing to show. */
  readonly empty: string | undefined;
  readonly summary: string;
  readonly note?: string | undefined;
  readonly before?: ReactNode;
  readonly chart: ReactNode;
  readonly table: ReactNode;
}) {
  const { t } = useTranslation();
  const [view, setView] = useState<string>("chart");
  const choice =
    empty !== undefined || source.data === undefined ? null : (
      <SegmentedControl
        size="xs"
        aria-label={t("report.view", { title })}
        data={[
          { value: "chart", label: t("report.chart") },
          { value: "table", label: t("report.table") },
        ]}
        value={view}
        onChange={setView}
      />
    );
  return (
    <Section title={title} actions={choice}>
      {before}
      {source.error !== null && source.data === undefined ? (
        <ErrorNotice error={source.error} onRetry={() => void source.refetch()} />
      ) : source.data === undefined ? (
        <Skeleton h={260} />
      ) : empty !== undefined ? (
        <Text size="sm" c="dimmed">
          {empty}
        </Text>
      ) : (
        <Stack gap="sm">
          <Text size="sm">{summary}</Text>
          {view === "table" ? (
            table
          ) : (
            <Box role="img" aria-label={`${title}. ${summary}`}>
              <Suspense fallback={<Skeleton h={260} />}>{chart}</Suspense>
            </Box>
          )}
          {note === undefined ? null : (
            <Text size="xs" c="dimmed">
              {note}
            </Text>
          )}
        </Stack>
      )}
    </Section>
  );
}

/** Numbers under headings; the first column names the row. Long ones scroll by themselves, also by keyboard. */
export function NumberTable({
  caption,
  head,
  rows,
  total,
}: {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly { readonly key: string; readonly cells: readonly ReactNode[] }[];
  readonly total?: readonly ReactNode[] | undefined;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard.
    <section aria-label={caption} tabIndex={0} style={{ maxHeight: 380, overflow: "auto" }}>
      <Table stickyHeader horizontalSpacing="sm" style={{ fontVariantNumeric: "tabular-nums" }}>
        <Table.Thead>
          <Table.Tr>
            {head.map((word, index) => (
              <Table.Th key={word} ta={index === 0 ? "left" : "right"}>
                {word}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ key, cells }) => (
            <NumberRow key={key} cells={cells} />
          ))}
        </Table.Tbody>
        {total === undefined ? null : (
          <Table.Tfoot>
            <NumberRow cells={total} fw={600} />
          </Table.Tfoot>
        )}
      </Table>
    </section>
  );
}

function NumberRow({
  cells: [name, ...numbers],
  fw = 400,
}: {
  readonly cells: readonly ReactNode[];
  readonly fw?: number;
}) {
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={fw}>
        {name}
      </Table.Th>
      {numbers.map((cell, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a cell is known by its column.
        <Table.Td key={index} ta="right" fw={fw}>
          {cell}
        </Table.Td>
      ))}
    </Table.Tr>
  );
}
