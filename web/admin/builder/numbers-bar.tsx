import { CloseButton, Group, Paper, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { ChannelBody } from "../../../src/http/contract/channels.ts";
import { useApi } from "../layout/page.tsx";
import type { NumbersChoice } from "./use-numbers.ts";

const periods = [1, 7, 30, 90, 365];

/** Of which time and channel the numbers on the canvas are. */
export function NumbersBar({
  botId,
  choice,
  onChange,
}: {
  readonly botId: number;
  readonly choice: NumbersChoice;
  readonly onChange: (choice: NumbersChoice | undefined) => void;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const { data } = useQuery({
    queryKey: [api.domain, "channels", botId],
    queryFn: ({ signal }) => api.get<{ data: ChannelBody[] }>("/channels", { bot: botId }, signal),
  });
  return (
    <Paper
      withBorder
      p={6}
      pos="absolute"
      top={10}
      left={10}
      style={{ zIndex: 5 }}
      role="group"
      aria-label={t("numbers.title")}
    >
      <Group gap={6} wrap="nowrap">
        <Select
          size="xs"
          w={130}
          aria-label={t("numbers.period")}
          allowDeselect={false}
          data={periods.map((days) => ({ value: String(days), label: t("numbers.days", { count: days }) }))}
          value={String(choice.days)}
          onChange={(days) => onChange({ ...choice, days: Number(days ?? 7) })}
        />
        <Select
          size="xs"
          w={150}
          aria-label={t("numbers.channel")}
          placeholder={t("numbers.allChannels")}
          clearable
          data={(data?.data ?? []).map(({ id, name }) => ({ value: String(id), label: name }))}
          value={choice.channel === undefined ? null : String(choice.channel)}
          onChange={(channel) => onChange({ ...choice, channel: channel === null ? undefined : Number(channel) })}
        />
        <CloseButton aria-label={t("numbers.hide")} onClick={() => onChange(undefined)} />
      </Group>
    </Paper>
  );
}
