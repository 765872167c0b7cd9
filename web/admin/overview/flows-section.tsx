import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { FlowCountsBody } from "../../../src/http/contract/overview.ts";
import { toNumber } from "../layout/number.ts";
import { useApi } from "../layout/page.tsx";
import { formatShare } from "./format.ts";
import { NamedChart } from "./lazy-charts.ts";
import { NumberTable, ReportSection } from "./report-section.tsx";
import { sumOf } from "./sum-of.ts";
import type { useReport } from "./use-report.ts";

/** As many bars as can be told apart; the table has them all. */
const mostBars = 8;

/** Which flows people began, and whether they answered. */
export function FlowsSection({ report }: { readonly report: ReturnType<typeof useReport<FlowCountsBody>> }) {
  const { t } = useTranslation();
  const { domain } = useApi();
  const flows = report.data?.flows ?? [];
  const total = sumOf(flows, ["started", "answered"]);
  return (
    <ReportSection
      title={t("report.flows.title")}
      source={report}
      empty={flows.length === 0 ? t("report.flows.none") : undefined}
      summary={t("report.flows.summary", {
        started: toNumber(total.started),
        answered: toNumber(total.answered),
      })}
      note={t("report.flows.note")}
      chart={
        <NamedChart
          rows={flows.slice(0, mostBars).map(({ name, started, answered }) => ({ name, started, answered }))}
          series={[
            { name: "started", label: t("report.flows.started"), color: "ink.6" },
            { name: "answered", label: t("report.flows.answered"), color: "teal.6" },
          ]}
        />
      }
      table={
        <NumberTable
          caption={t("report.flows.title")}
          head={[
            t("report.flows.flow"),
            t("report.flows.started"),
            t("report.flows.answered"),
            t("report.flows.share"),
          ]}
          rows={flows.map(({ ref, name, started, answered }) => ({
            key: ref,
            cells: [
              <Anchor key={ref} component={Link} to={`/w/${domain}/flows/${ref}`} size="sm">
                {name}
              </Anchor>,
              toNumber(started),
              toNumber(answered),
              formatShare(answered, started),
            ],
          }))}
        />
      }
    />
  );
}
