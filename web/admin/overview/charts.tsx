import "@mantine/charts/styles.css";
import { BarChart } from "@mantine/charts";
import { toNumber } from "../layout/number.ts";
import { formatDay } from "./format.ts";

interface Series {
  readonly name: string;
  readonly label: string;
  readonly color: string;
}

type Row = Readonly<Record<string, string | number>>;

/** Columns by day, one upon the other; what is below nothing hangs down. The library of charts is loaded with this file, and with no page. */
export function DayChart({ rows, series }: { readonly rows: readonly Row[]; readonly series: readonly Series[] }) {
  return (
    <BarChart
      h={260}
      data={rows.map((row) => ({ ...row, date: formatDay(String(row.date)) }))}
      dataKey="date"
      type="stacked"
      series={series.map((one) => ({ ...one }))}
      withLegend
      legendProps={{ verticalAlign: "bottom" }}
      valueFormatter={(value) => toNumber(Math.abs(value))}
      yAxisProps={{ width: 52, allowDecimals: false }}
      barChartProps={{ stackOffset: "sign", accessibilityLayer: false }}
      barProps={{ isAnimationActive: false }}
      maxBarWidth={36}
    />
  );
}

/** Bars from left to right, one for each named thing. */
export function NamedChart({
  rows,
  series,
  stacked = false,
}: {
  readonly rows: readonly Row[];
  readonly series: readonly Series[];
  readonly stacked?: boolean;
}) {
  return (
    <BarChart
      h={60 + rows.length * (stacked ? 34 : 44)}
      data={rows.map((row) => ({ ...row }))}
      dataKey="name"
      orientation="vertical"
      type={stacked ? "stacked" : "default"}
      series={series.map((one) => ({ ...one }))}
      withLegend
      legendProps={{ verticalAlign: "bottom" }}
      valueFormatter={toNumber}
      gridAxis="y"
      xAxisProps={{ allowDecimals: false }}
      yAxisProps={{ width: 130, tickFormatter: (name: string) => (name.length > 18 ? `${name.slice(0, 17)}…` : name) }}
      barChartProps={{ accessibilityLayer: false }}
      barProps={{ isAnimationActive: false }}
      maxBarWidth={22}
    />
  );
}
