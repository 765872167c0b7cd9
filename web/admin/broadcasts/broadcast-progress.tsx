import { Badge, Progress, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { BroadcastBody } from "../../../src/http/contract/broadcasts.ts";

const colours: Readonly<Record<BroadcastBody["status"], string>> = {
  draft: "gray",
  scheduled: "blue",
  preparing: "blue",
  running: "blue",
  paused: "yellow",
  finished: "teal",
  cancelled: "gray",
};

/** Whether it is over, but some who waited are still to be left out. */
export const isBeingCancelled = ({ status, recipients: { waiting, sending } }: BroadcastBody) =>
  status === "cancelled" && waiting + sending > 0;

export function BroadcastStatus({ broadcast }: { readonly broadcast: BroadcastBody }) {
  const { t } = useTranslation();
  const { status } = broadcast;
  const isQuiet = status === "draft" || status === "cancelled";
  return (
    <Badge variant={isQuiet ? "default" : "light"} color={colours[status]} tt="none" className="whole-badge">
      {t(isBeingCancelled(broadcast) ? "broadcasts.beingCancelled" : `broadcasts.status.${status}`)}
    </Badge>
  );
}

/** How many have it, of how many. */
export function BroadcastProgress({ broadcast }: { readonly broadcast: BroadcastBody }) {
  const { t } = useTranslation();
  const { waiting, sending, sent, failed, skipped } = broadcast.recipients;
  const all = waiting + sending + sent + failed + skipped;
  if (all === 0) return broadcast.status === "draft" ? null : <Text size="sm">—</Text>;
  const done = sent + failed + skipped;
  const label = t("broadcasts.doneOf", { done, all });
  const sentWord = t(broadcast.sends ? "broadcasts.recipient.sent" : "broadcasts.changedFor");
  return (
    <Stack gap={2}>
      <Progress.Root size="md">
        <Progress.Section value={(sent / all) * 100} color="teal" aria-label={sentWord} />
        <Progress.Section value={(failed / all) * 100} color="red" aria-label={t("broadcasts.recipient.failed")} />
        <Progress.Section value={(skipped / all) * 100} color="gray" aria-label={t("broadcasts.recipient.skipped")} />
      </Progress.Root>
      <Text size="xs" c="dimmed">
        {label} · {sentWord}: {sent}
        {failed === 0 ? null : ` · ${t("broadcasts.recipient.failed")}: ${failed}`}
        {skipped === 0 ? null : ` · ${t("broadcasts.recipient.skipped")}: ${skipped}`}
      </Text>
    </Stack>
  );
}
