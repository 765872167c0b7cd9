import { Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ChannelBody } from "../../../src/http/contract/channels.ts";
import { useList } from "../layout/resource.ts";
import type { ChannelKind } from "../settings/connect-channel.tsx";

/** The bot's channels that can have entry links. */
export function useLinkChannels(botId: number | undefined): readonly ChannelBody[] {
  const channels = useList<ChannelBody>("/channels").items ?? [];
  const kinds = useList<ChannelKind>("/channel-kinds").items ?? [];
  const carriers = new Set(kinds.filter(({ capabilities }) => capabilities.entryPayload).map(({ kind }) => kind));
  return channels.filter((channel) => channel.botId === botId && carriers.has(channel.kind));
}

/** Where the link leads: not asked where there is but one way. */
export function LinkChannel({
  botId,
  value,
  onChange,
}: {
  readonly botId: number | undefined;
  readonly value: number | undefined;
  readonly onChange: (channel: number | undefined) => void;
}) {
  const { t } = useTranslation();
  const channels = useLinkChannels(botId);
  if (channels.length < 2) return null;
  return (
    <Select
      label={t("entryLinks.where")}
      description={t("entryLinks.whereHint")}
      data={[
        { value: "", label: t("entryLinks.everywhere") },
        ...channels.map(({ id, name }) => ({ value: String(id), label: name })),
      ]}
      value={value === undefined ? "" : String(value)}
      allowDeselect={false}
      onChange={(next) => onChange(next === null || next === "" ? undefined : Number(next))}
    />
  );
}
