import { Group, SegmentedControl, Select, TextInput } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ChannelBody } from "../../../src/http/contract/channels.ts";
import { type Days, isPeriod, periods, type ReportChoice } from "./report-choice.ts";

/** Of which days and which channel the overview is. */
export function ReportBar({
  choice,
  days,
  channels,
  onChange,
}: {
  readonly choice: ReportChoice;
  readonly days: Days;
  readonly channels: readonly ChannelBody[];
  readonly onChange: (choice: ReportChoice) => void;
}) {
  const { t } = useTranslation();
  const { days: _days, from, to: _to, ...rest } = choice;
  const isOwn = from !== undefined;
  // Four choices side by side on a phone.
  const isNarrow = useMediaQuery("(max-width: 36em)") ?? false;
  return (
    <Group gap="sm" align="flex-end">
      <SegmentedControl
        size={isNarrow ? "xs" : "sm"}
        w={{ base: "100%", xs: "auto" }}
        aria-label={t("report.period")}
        data={[
          ...periods.map((one) => ({ value: String(one), label: t("report.days", { days: one }) })),
          { value: "own", label: t("report.own") },
        ]}
        value={isOwn ? "own" : String(choice.days ?? 30)}
        onChange={(next) => {
          const period = periods.find((one) => String(one) === next);
          onChange({ ...rest, ...(period === undefined ? days : { days: period }) });
        }}
      />
      {isOwn ? (
        <OwnDays key={`${days.from} ${days.to}`} days={days} onChange={(own) => onChange({ ...rest, ...own })} />
      ) : null}
      <Select
        w={{ base: "100%", xs: 200 }}
        aria-label={t("report.channel")}
        placeholder={t("report.allChannels")}
        clearable
        data={channels.map(({ id, name }) => ({ value: String(id), label: name }))}
        value={choice.channel === undefined ? null : String(choice.channel)}
        onChange={(next) => {
          const { channel: _channel, ...others } = choice;
          onChange(next === null ? others : { ...others, channel: Number(next) });
        }}
      />
    </Group>
  );
}

/** Taken as soon as it is a period; said what is wrong with it until then. */
function OwnDays({ days, onChange }: { readonly days: Days; readonly onChange: (days: Days) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(days);
  const change = (next: Days) => {
    setTyped(next);
    if (isPeriod(next)) onChange(next);
  };
  const error = isPeriod(typed) ? undefined : t("report.badPeriod");
  return (
    <>
      <TextInput
        type="date"
        label={t("report.from")}
        value={typed.from}
        error={error}
        onChange={({ currentTarget: { value } }) => change({ ...typed, from: value })}
      />
      <TextInput
        type="date"
        label={t("report.to")}
        value={typed.to}
        error={error !== undefined}
        onChange={({ currentTarget: { value } }) => change({ ...typed, to: value })}
      />
    </>
  );
}
