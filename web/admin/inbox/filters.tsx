import { ActionIcon, Button, Indicator, MultiSelect, Popover, Select, Stack } from "@mantine/core";
import { IconFilter } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { conversationStatuses } from "../../../src/model/conversation.ts";
import { useApi } from "../layout/page.tsx";
import { useMembers } from "./use-members.ts";

/** What narrows every tab. */
export interface Narrowing {
  readonly bot?: string;
  readonly channel?: string;
  readonly agent?: string;
  readonly status?: string;
  readonly label?: readonly string[];
}

interface Named {
  readonly id: number;
  readonly name: string;
}

function useList(path: string) {
  const api = useApi();
  const { data } = useQuery({
    queryKey: [api.domain, path],
    queryFn: ({ signal }) => api.get<{ data: Named[] }>(`/${path}`, {}, signal),
    staleTime: 60_000,
  });
  return data?.data ?? [];
}

const toOptions = (list: readonly Named[]) => list.map(({ id, name }) => ({ value: String(id), label: name }));

export function Filters({
  value,
  onChange,
}: {
  readonly value: Narrowing;
  readonly onChange: (next: Narrowing) => void;
}) {
  const { t } = useTranslation();
  const { members } = useMembers();
  const bots = useList("bots");
  const channels = useList("channels");
  const labels = useList("labels");
  const set = (key: keyof Narrowing, next: string | null | readonly string[]) => {
    const { [key]: _old, ...rest } = value;
    onChange(next === null || next.length === 0 ? rest : { ...rest, [key]: next });
  };
  const select = (key: "bot" | "channel" | "agent" | "status", data: { value: string; label: string }[]) => (
    <Select
      size="xs"
      clearable
      label={t(`inbox.filter.${key}`)}
      data={data}
      value={value[key] ?? null}
      onChange={(next) => set(key, next)}
      comboboxProps={{ withinPortal: false }}
    />
  );
  return (
    <Popover position="bottom-end" trapFocus>
      <Indicator disabled={Object.keys(value).length === 0} size={8}>
        <Popover.Target>
          <ActionIcon variant="default" size={30} aria-label={t("inbox.filter.title")}>
            <IconFilter size={16} />
          </ActionIcon>
        </Popover.Target>
      </Indicator>
      <Popover.Dropdown>
        <Stack gap="xs" w={230}>
          {select("bot", toOptions(bots))}
          {select("channel", toOptions(channels))}
          {select("agent", toOptions(members))}
          {select(
            "status",
            conversationStatuses.map((one) => ({ value: one, label: t(`inbox.state.${one}`) })),
          )}
          <MultiSelect
            size="xs"
            label={t("inbox.labels")}
            data={labels.map(({ name }) => name)}
            value={[...(value.label ?? [])]}
            onChange={(next) => set("label", next)}
            comboboxProps={{ withinPortal: false }}
          />
          <Button size="xs" variant="default" onClick={() => onChange({})}>
            {t("inbox.filter.none")}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
