import { useTranslation } from "react-i18next";
import type { ActivityKey } from "../../../src/http/contract/overview.ts";
import { toNumber } from "../layout/number.ts";
import { formatDay } from "./format.ts";
import { DayChart } from "./lazy-charts.ts";
import { NumberTable, ReportSection } from "./report-section.tsx";
import { sumOf } from "./sum-of.ts";
import type { ActivityReport } from "./use-report.ts";

const backKeys = ["unblocked", "optedIn", "unbanned"] as const satisfies readonly ActivityKey[];
const lostKeys = ["blocked", "optedOut", "banned", "deleted"] as const satisfies readonly ActivityKey[];
const keys = ["created", ...backKeys, ...lostKeys] as const;

type Line = Readonly<Record<(typeof keys)[number], number>>;
const sum = (line: Line, of: readonly (typeof keys)[number][]) => of.reduce((total, key) => total + line[key], 0);

/** Who came, who came back and who went, day by day. */
export function ContactsSection({ report }: { readonly report: ActivityReport }) {
  const { t } = useTranslation();
  const days = report.data?.days ?? [];
  const total = sumOf(days, keys);
  const numbers = { created: total.created, back: sum(total, backKeys), lost: sum(total, lostKeys) };
  const isEmpty = Object.values(numbers).every((count) => count === 0);
  return (
    <ReportSection
      title={t("report.contacts.title")}
      source={report}
      empty={isEmpty ? t("report.nothing") : undefined}
      summary={t("report.contacts.summary", {
        created: toNumber(numbers.created),
        back: toNumber(numbers.back),
        lost: toNumber(numbers.lost),
      })}
      note={t("report.contacts.note")}
      chart={
        <DayChart
          rows={days.map((day) => ({
            date: day.date,
            created: day.created,
            back: sum(day, backKeys),
            lost: -sum(day, lostKeys),
          }))}
          series={[
            { name: "created", label: t("report.contacts.created"), color: "ink.6" },
            { name: "back", label: t("report.contacts.back"), color: "teal.6" },
            { name: "lost", label: t("report.contacts.lost"), color: "red.6" },
          ]}
        />
      }
      table={
        <NumberTable
          caption={t("report.contacts.title")}
          head={[t("report.day"), ...keys.map((key) => t(`report.contacts.${key}`))]}
          rows={[...days].reverse().map((day) => toRow(day, formatDay(day.date)))}
          total={toRow({ ...total, date: "" }, t("report.total")).cells}
        />
      }
    />
  );
}

function toRow(day: Line & { readonly date: string }, name: string) {
  return { key: day.date, cells: [name, ...keys.map((key) => toNumber(day[key]))] };
}
