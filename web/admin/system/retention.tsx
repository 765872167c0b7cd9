import { Anchor, Code, Table, Text } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { SystemBody } from "../../../src/http/contract/system.ts";
import { ListTable } from "../layout/listing.tsx";
import { Moment } from "../layout/moment.tsx";
import { toNumber } from "../layout/number.ts";
import { Section } from "../layout/page.tsx";

/** Each with its setting, and what the nightly clearing counts it as. */
const things = [
  { thing: "messages", setting: "KEEP_MESSAGES_DAYS", rows: "messages" },
  { thing: "history", setting: "KEEP_HISTORY_DAYS", rows: "events" },
  { thing: "deliveries", setting: "KEEP_DELIVERIES_DAYS", rows: "deliveries" },
  { thing: "logs", setting: "KEEP_LOGS_DAYS", rows: "logEntries" },
] as const;

/** What is kept for how long, where that is changed, and what the last night came to. */
export function Retention({ retention: { days, last } }: Pick<SystemBody, "retention">) {
  const { t } = useTranslation();
  const { domain } = useParams({ from: "/w/$domain" });
  const deleted = (rows: string) => (last === null ? "—" : toNumber(last.deleted[rows] ?? 0));
  const head = ["thing", "kept", "setting", "deleted"] as const;
  return (
    <Section title={t("system.retention")}>
      <Text size="sm" c="dimmed">
        {t("system.retentionText")}
      </Text>
      <ListTable head={head.map((word) => t(`system.${word}`))} minWidth={560}>
        {things.map(({ thing, setting, rows }) => (
          <Table.Tr key={thing}>
            <Table.Td>{t(`system.things.${thing}`)}</Table.Td>
            <Table.Td>{days[thing] === 0 ? t("system.forEver") : t("system.days", { count: days[thing] })}</Table.Td>
            <Table.Td>
              <Code>{setting}</Code>
            </Table.Td>
            <Table.Td>{deleted(rows)}</Table.Td>
          </Table.Tr>
        ))}
        <Table.Tr>
          <Table.Td>{t("system.things.audit")}</Table.Td>
          <Table.Td>{t("system.perWorkspace")}</Table.Td>
          <Table.Td>
            <Anchor size="sm" component={Link} to={`/w/${domain}/settings/workspace`}>
              {t("system.auditSetting")}
            </Anchor>
          </Table.Td>
          <Table.Td>{deleted("auditEntries")}</Table.Td>
        </Table.Tr>
      </ListTable>
      {last === null ? (
        <Text size="sm">{t("system.neverPruned")}</Text>
      ) : (
        <Text size="sm">
          {t("system.lastPruned")} <Moment at={last.at} />,{" "}
          {t("system.tookSeconds", { count: Math.round(last.tookSeconds) })}. {last.whole ? null : t("system.notWhole")}
        </Text>
      )}
    </Section>
  );
}
