import { Progress, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import {
  type EntryCapacity,
  type EntryWish,
  maxPayloadLength,
  toEntryPayload,
} from "../../../src/engine/entry-wish.ts";
import { useList } from "../layout/resource.ts";
import type { ChannelKind } from "../settings/connect-channel.tsx";
import { useLinkChannels } from "./link-channel.tsx";

/** Refs of links are this long; which one it becomes is not known before. */
const someRef = "x".repeat(8);

/** How much of what a link can carry is used, by the very code that makes the link. */
export function PayloadMeter({
  botId,
  channel,
  wish,
}: {
  readonly botId: number | undefined;
  /** Undefined: every one of the bot's. */
  readonly channel: number | undefined;
  readonly wish: Omit<EntryWish, "ref">;
}) {
  const { t } = useTranslation();
  const capacities = useCapacities(botId, channel);
  const { length } = toEntryPayload({ ...wish, ref: someRef });
  const most = maxPayloadLength(capacities, wish.data === undefined && !wish.isNamed);
  const isTooLong = length > most;
  const label = t("entryLinks.length", { length, most });
  return (
    <Stack gap={4}>
      <Progress value={Math.min(100, (length / most) * 100)} color={isTooLong ? "red" : "teal"} aria-label={label} />
      <Text size="xs" c={isTooLong ? "red" : "dimmed"} role="status">
        {label}
        {isTooLong ? ` ${t("entryLinks.tooLong")}` : ""}
      </Text>
    </Stack>
  );
}

/** What the links of a bot's channels can carry. */
function useCapacities(botId: number | undefined, only: number | undefined): EntryCapacity[] {
  const channels = useLinkChannels(botId).filter(({ id }) => only === undefined || id === only);
  const kinds = useList<ChannelKind>("/channel-kinds").items ?? [];
  return channels.flatMap(({ kind }) => {
    const capacity = kinds.find((one) => one.kind === kind)?.capabilities.entryPayload as EntryCapacity | undefined;
    return capacity === undefined ? [] : [capacity];
  });
}
