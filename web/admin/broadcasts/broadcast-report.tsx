import { Button, Group, Progress, Stack, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { BroadcastBody, BroadcastReportBody } from "../../../src/http/contract/broadcasts.ts";
import { toNumber } from "../layout/number.ts";
import { useApi } from "../layout/page.tsx";
import { NamedChart } from "../overview/lazy-charts.ts";
import { NumberTable, ReportSection } from "../overview/report-section.tsx";
import { useBroadcastReport } from "./use-report.ts";
import { WinnerChoice } from "./winner-choice.tsx";

type Numbers = BroadcastReportBody["variants"][number];

/** What came of a broadcast, version by version, and what nobody can know of it. */
export function BroadcastReport({ broadcast, every }: { readonly broadcast: BroadcastBody; readonly every: number }) {
  const { t } = useTranslation();
  const api = useApi();
  const { id, split } = broadcast;
  const report = useBroadcastReport(id, every);
  const { variants = [], effectHours = 0, untold = [] } = report.data ?? {};
  const title = t("broadcasts.report.title");
  const nameOf = ({ variant, name }: Numbers) =>
    variant === null ? t(split === null ? "broadcasts.report.everybody" : "broadcasts.split.forRest") : (name ?? "");
  const sum = (pick: (one: Numbers) => number) => toNumber(variants.reduce((all, one) => all + pick(one), 0));
  const shown = columns(t);
  // Whoever waits for the winner has got nothing that could be drawn.
  const drawn = variants.filter(({ variant }) => split === null || variant !== null);
  return (
    <>
      <ReportSection
        title={title}
        source={report}
        empty={
          report.counted === undefined && variants.every(({ sent }) => sent === 0)
            ? t(hasReachedNobody(broadcast) ? "broadcasts.report.noneAtAll" : "broadcasts.report.none")
            : undefined
        }
        summary={t("broadcasts.report.summary", {
          sent: sum(({ sent }) => sent),
          read: sum(({ messages }) => messages.read),
          clicked: sum(({ clicked }) => clicked),
          replied: sum(({ replied }) => replied),
          unsubscribed: sum(({ unsubscribed }) => unsubscribed),
        })}
        note={t("broadcasts.report.window", { hours: effectHours })}
        before={
          <>
            <WinnerChoice broadcast={broadcast} />
            {report.counted === undefined ? null : <CountedSoFar counted={report.counted} broadcast={broadcast} />}
          </>
        }
        chart={
          <NamedChart
            rows={charted.map((key) => ({
              name: shown[key].label,
              ...Object.fromEntries(drawn.map((one, index) => [`v${index}`, shown[key].pick(one)])),
            }))}
            series={drawn.map((one, index) => ({
              name: `v${index}`,
              label: nameOf(one),
              color: colours[index] ?? "gray.5",
            }))}
          />
        }
        table={
          <NumberTable
            caption={title}
            head={[t("broadcasts.report.version"), ...Object.values(shown).map(({ label }) => label)]}
            rows={variants.map((one) => ({
              key: String(one.variant),
              cells: [nameOf(one), ...Object.values(shown).map(({ pick }) => toNumber(pick(one)))],
            }))}
          />
        }
      />
      <Stack gap="xs" align="flex-start">
        {untold.map((one) => (
          <Text key={one.channel} size="xs" c="dimmed">
            {t(`broadcasts.report.untold.${whatIsUntold(one)}`, {
              channel: one.title,
            })}
          </Text>
        ))}
        <Button
          component="a"
          href={`/api/v1/broadcasts/${id}/recipients.csv?workspace=${encodeURIComponent(api.domain)}`}
          download={`broadcast-${id}.csv`}
          variant="default"
          size="xs"
          leftSection={<IconDownload size={14} />}
        >
          {t("broadcasts.report.download")}
        </Button>
      </Stack>
    </>
  );
}

/** Over, and nobody has it: the report alone may be older than the numbers of the broadcast itself. */
const hasReachedNobody = ({ status, recipients }: BroadcastBody) =>
  (status === "finished" || status === "cancelled") && recipients.sent === 0;

/** How far the counting is, as where contacts are counted. */
function CountedSoFar({ counted, broadcast }: { readonly counted: number; readonly broadcast: BroadcastBody }) {
  const { t } = useTranslation();
  const all = Object.values(broadcast.recipients).reduce((sum, count) => sum + count, 0);
  return (
    <Group gap="xs" role="status">
      <Text size="sm">{t("broadcasts.report.countedSoFar", { done: toNumber(counted), all: toNumber(all) })}</Text>
      <Progress value={all === 0 ? 0 : (100 * counted) / all} w={80} aria-label={t("contactList.counting")} animated />
    </Group>
  );
}

function whatIsUntold({ delivered, read }: BroadcastReportBody["untold"][number]) {
  if (delivered && read) return "both";
  return delivered ? "delivered" : "read";
}

const colours = ["teal.6", "indigo.5", "orange.6", "grape.5", "cyan.6", "gray.5"];
const charted = ["sent", "delivered", "read", "clicked", "replied", "unsubscribed"] as const;

/** What is told of each version, in order. */
function columns(t: TFunction) {
  const column = (key: Parameters<typeof labelOf>[1], pick: (one: Numbers) => number) => ({
    label: labelOf(t, key),
    pick,
  });
  return {
    sent: column("sent", ({ sent }) => sent),
    failed: column("failed", ({ failed }) => failed),
    skipped: column("skipped", ({ skipped }) => skipped),
    messages: column("messages", ({ messages }) => messages.sent),
    delivered: column("delivered", ({ messages }) => messages.delivered),
    read: column("read", ({ messages }) => messages.read),
    refused: column("refused", ({ messages }) => messages.failed),
    clicked: column("clicked", ({ clicked }) => clicked),
    replied: column("replied", ({ replied }) => replied),
    unsubscribed: column("unsubscribed", ({ unsubscribed }) => unsubscribed),
  };
}

function labelOf(
  t: TFunction,
  key:
    | "sent"
    | "failed"
    | "skipped"
    | "messages"
    | "delivered"
    | "read"
    | "refused"
    | "clicked"
    | "replied"
    | "unsubscribed",
): string {
  return t(`broadcasts.report.${key}`);
}
