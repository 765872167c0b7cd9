import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ActivityKey } from "../../../src/http/contract/overview.ts";
import { toNumber } from "../layout/number.ts";
import { formatDay } from "./format.ts";
import { DayChart } from "./lazy-charts.ts";
import { NumberTable, ReportSection } from "./report-section.tsx";
import { sumOf } from "./sum-of.ts";
import type { ActivityReport } from "./use-report.ts";

const keys = ["messagesIn", "messagesByBot", "messagesByAgents"] as const satisfies readonly ActivityKey[];
type Line = Readonly<Record<(typeof keys)[number], number>>;

const toCells = (name: string, line: Line) => [
  name,
  ...keys.map((key) => toNumber(line[key])),
  toNumber(line.messagesIn + line.messagesByBot + line.messagesByAgents),
];

/** Who said how much, by day and by channel. */
export function MessagesSection({
  report,
  nameOfChannel,
}: {
  readonly report: ActivityReport;
  readonly nameOfChannel: (id: number | null) => string;
}) {
  const { t } = useTranslation();
  const days = report.data?.days ?? [];
  const total = sumOf(days, keys);
  const names = [t("report.messages.in"), t("report.messages.bot"), t("report.messages.agents")] as const;
  const title = t("report.messages.title");
  const channels = (report.data?.channels ?? []).filter((one) => keys.some((key) => one[key] > 0));
  const summary = t("report.messages.summary", {
    in: toNumber(total.messagesIn),
    bot: toNumber(total.messagesByBot),
    agents: toNumber(total.messagesByAgents),
  });
  return (
    <ReportSection
      title={title}
      source={report}
      empty={keys.every((key) => total[key] === 0) ? t("report.nothing") : undefined}
      summary={summary}
      chart={
        <DayChart
          rows={days.map(({ date, messagesIn, messagesByBot, messagesByAgents }) => ({
            date,
            messagesIn,
            messagesByBot,
            messagesByAgents,
          }))}
          series={[
            { name: "messagesIn", label: names[0], color: "teal.6" },
            { name: "messagesByBot", label: names[1], color: "ink.6" },
            { name: "messagesByAgents", label: names[2], color: "yellow.6" },
          ]}
        />
      }
      table={
        <>
          <NumberTable
            caption={title}
            head={[t("report.day"), ...names, t("report.total")]}
            rows={[...days].reverse().map((day) => ({ key: day.date, cells: toCells(formatDay(day.date), day) }))}
            total={toCells(t("report.total"), total)}
          />
          <Text fw={600} size="sm">
            {t("report.messages.byChannel")}
          </Text>
          <NumberTable
            caption={t("report.messages.byChannel")}
            head={[t("report.channel"), ...names, t("report.total")]}
            rows={channels.map((one) => ({
              key: String(one.channel),
              cells: toCells(nameOfChannel(one.channel), one),
            }))}
          />
        </>
      }
    />
  );
}
