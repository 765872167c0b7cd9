import { Table } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { SystemBody } from "../../../src/http/contract/system.ts";
import { ListTable } from "../layout/listing.tsx";
import { toNumber } from "../layout/number.ts";

interface Line {
  readonly name: string;
  readonly waiting: number;
  /** Seconds; undefined: nobody counts it. */
  readonly late?: number;
  readonly givenUp?: number;
}

/** What waits, and for how long it should not have. Queues of jobs at which nothing is are one line. */
export function Queues({ system: { outbox, timers, deliveries, jobs } }: { readonly system: SystemBody }) {
  const { t } = useTranslation();
  const messages: Line[] = outbox.map(({ channel, lane, messages: waiting, lateSeconds: late }) => ({
    name: t(lane === "live" ? "system.messagesOn" : "system.broadcastsOn", { channel }),
    waiting,
    late,
  }));
  const busy = jobs.filter(({ ready, active, failed }) => ready + active + failed > 0);
  const lines: Line[] = [
    ...(messages.length === 0 ? [{ name: t("system.noMessages"), waiting: 0, late: 0 }] : messages),
    { name: t("system.timers"), waiting: timers.overdue, late: timers.oldestSeconds },
    { name: t("system.deliveries"), waiting: deliveries.waiting, givenUp: deliveries.dead },
    ...busy.map(({ queue, ready, active, failed }) => ({
      name: t("system.jobsOf", { queue }),
      waiting: ready + active,
      givenUp: failed,
    })),
    { name: t("system.quietJobs", { count: jobs.length - busy.length }), waiting: 0, givenUp: 0 },
  ];
  const lateness = ({ late }: Line) => {
    if (late === undefined) return "—";
    return late < 1 ? t("system.onTime") : t("system.seconds", { count: Math.round(late) });
  };
  const head = ["queue", "waiting", "late", "givenUp"] as const;
  return (
    <ListTable head={head.map((word) => t(`system.${word}`))} minWidth={480} isPlain>
      {lines.map((line) => (
        <Table.Tr key={line.name}>
          <Table.Td>{line.name}</Table.Td>
          <Table.Td>{toNumber(line.waiting)}</Table.Td>
          <Table.Td>{lateness(line)}</Table.Td>
          <Table.Td>{line.givenUp === undefined ? "—" : toNumber(line.givenUp)}</Table.Td>
        </Table.Tr>
      ))}
    </ListTable>
  );
}
