export const periods = [7, 30, 90] as const;
type Period = (typeof periods)[number];

/** What the overview shows, as the page's address says it. Absent: the last 30 days, all channels. */
export interface ReportChoice {
  readonly days?: Period;
  /** Own dates, instead of `days`: `2026-01-31`. */
  readonly from?: string;
  readonly to?: string;
  readonly channel?: number;
  /** Of the funnel: a flow's ref, and refs of its steps. */
  readonly flow?: string;
  readonly steps?: readonly string[];
}

const isDate = (text: unknown): text is string => typeof text === "string" && /^\d{4}-\d\d-\d\d$/.test(text);

/** Reads an address as somebody was given it; what makes no sense is left out. */
export function readReportChoice(search: Record<string, unknown>): ReportChoice {
  const { days, from, to, channel, flow, steps } = search;
  const period = periods.find((one) => one === days);
  const isOwn = isDate(from) && isDate(to);
  return {
    ...(isOwn ? { from, to } : period === undefined ? {} : { days: period }),
    ...(typeof channel === "number" && channel > 0 ? { channel } : {}),
    ...(typeof flow === "string" ? { flow } : typeof flow === "number" ? { flow: String(flow) } : {}),
    ...(Array.isArray(steps) ? { steps: steps.map(String).slice(0, 8) } : {}),
  };
}

/** The days that an answer is asked for; `today` and the answer are of the workspace's time zone. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

export function toDays({ days = 30, from, to }: ReportChoice, today: string): Days {
  if (from !== undefined && to !== undefined) return { from, to };
  return { from: plusDays(today, 1 - days), to: today };
}

export function plusDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Whether the server will take these days. */
export function isPeriod({ from, to }: Days): boolean {
  return isDate(from) && isDate(to) && from <= to && plusDays(from, 365) >= to;
}

export function todayIn(timeZone: string, now = Date.now()): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }).format(now);
}
