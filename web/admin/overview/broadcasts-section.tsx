import { Anchor } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { BroadcastResultsBody } from "../../../src/http/contract/overview.ts";
import { Moment } from "../layout/moment.tsx";
import { toNumber } from "../layout/number.ts";
import { useApi } from "../layout/page.tsx";
import { NamedChart } from "./lazy-charts.ts";
import type { Days } from "./report-choice.ts";
import { NumberTable, ReportSection } from "./report-section.tsx";
import { sumOf } from "./sum-of.ts";
import { useReport } from "./use-report.ts";

const keys = ["sent", "failed", "skipped", "waiting"] as const;
/** As many bars as can be told apart; the table has them all. */
const mostBars = 8;

/** What the broadcasts of the period came to. A broadcast belongs to no channel. */
export function BroadcastsSection({ days, isNarrowed }: { readonly days: Days; readonly isNarrowed: boolean }) {
  const { t } = useTranslation();
  const { domain } = useApi();
  const report = useReport<BroadcastResultsBody>("/overview/broadcasts", days);
  const broadcasts = report.data?.broadcasts ?? [];
  const total = sumOf(broadcasts, keys);
  return (
    <ReportSection
      title={t("report.broadcasts.title")}
      source={report}
      empty={broadcasts.length === 0 ? t("report.broadcasts.none") : undefined}
      summary={t("report.broadcasts.summary", {
        sent: toNumber(total.sent),
        failed: toNumber(total.failed),
        skipped: toNumber(total.skipped),
      })}
      note={isNarrowed ? t("report.broadcasts.allChannels") : undefined}
      chart={
        <NamedChart
          stacked
          rows={broadcasts.slice(0, mostBars).map(({ name, sent, failed, skipped, waiting }) => ({
            name,
            sent,
            failed,
            skipped,
            waiting,
          }))}
          series={[
            { name: "sent", label: t("report.broadcasts.sent"), color: "teal.6" },
            { name: "failed", label: t("report.broadcasts.failed"), color: "red.6" },
            { name: "skipped", label: t("report.broadcasts.skipped"), color: "gray.5" },
            { name: "waiting", label: t("report.broadcasts.waiting"), color: "ink.3" },
          ]}
        />
      }
      table={
        <NumberTable
          caption={t("report.broadcasts.title")}
          head={[
            t("report.broadcasts.name"),
            t("report.broadcasts.began"),
            ...keys.map((key) => t(`report.broadcasts.${key}`)),
          ]}
          rows={broadcasts.map(({ id, name, startedAt, ...numbers }) => ({
            key: String(id),
            cells: [
              <Anchor key={id} component={Link} to={`/w/${domain}/broadcasts/${id}`} size="sm">
                {name}
              </Anchor>,
              <Moment key="began" at={startedAt} />,
              ...keys.map((key) => toNumber(numbers[key])),
            ],
          }))}
        />
      }
    />
  );
}
