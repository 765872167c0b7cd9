import { DateTime } from "luxon";
import type { DayCount, DayMetric, DayRange } from "../../store/day-count-store.ts";
import type { ActivityBody, ActivityKey } from "../contract/overview.ts";

const keys: Readonly<Record<DayMetric, ActivityKey>> = {
  created: "created",
  unblocked: "unblocked",
  opted_in: "optedIn",
  unbanned: "unbanned",
  blocked: "blocked",
  opted_out: "optedOut",
  banned: "banned",
  deleted: "deleted",
  message_in: "messagesIn",
  message_by_bot: "messagesByBot",
  message_by_agent: "messagesByAgents",
};

const nothing = Object.fromEntries(Object.values(keys).map((key) => [key, 0])) as Record<ActivityKey, number>;

/** A line for every day of the period, and one for every channel where something happened. */
export function presentActivity(
  { from, to }: DayRange,
  rows: readonly DayCount[],
): Pick<ActivityBody, "days" | "channels"> {
  const days = new Map(listDays(from, to).map((date) => [date, { date, ...nothing }]));
  const channels = new Map<number, { channel: number | null } & Record<ActivityKey, number>>();
  for (const { date, channelId, metric, count } of rows) {
    const day = date === null ? undefined : days.get(date);
    if (day !== undefined) day[keys[metric]] = count;
    if (channelId === null) continue;
    const channel = channels.get(channelId) ?? { channel: channelId === 0 ? null : channelId, ...nothing };
    channels.set(channelId, channel);
    channel[keys[metric]] = count;
  }
  return { days: [...days.values()], channels: [...channels.values()] };
}

function listDays(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = DateTime.fromISO(from, { zone: "utc" }); ; day = day.plus({ days: 1 })) {
    const date = day.toISODate() ?? to;
    days.push(date);
    if (date >= to) return days;
  }
}
