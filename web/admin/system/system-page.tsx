import { Code, Skeleton, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { SystemBody } from "../../../src/http/contract/system.ts";
import { ListTable } from "../layout/listing.tsx";
import { Moment } from "../layout/moment.tsx";
import { toNumber } from "../layout/number.ts";
import { Page, Section, useApi } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { Findings } from "./findings.tsx";
import { Queues } from "./queues.tsx";
import { Retention } from "./retention.tsx";

/** How the installation is: for whoever owns all of it. */
export function SystemPage() {
  const { t } = useTranslation();
  const api = useApi();
  const { data, error, refetch } = useQuery({
    queryKey: [api.domain, "system"],
    queryFn: ({ signal }) => api.get<SystemBody>("/system", {}, signal),
    refetchInterval: 10_000,
  });
  return (
    <Page title={t("menu.system")}>
      <Text size="sm" c="dimmed">
        {t("system.text")}
      </Text>
      {data === undefined ? (
        error === null ? (
          <Skeleton h={300} />
        ) : (
          <ErrorNotice error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <>
          <Findings />
          <Section title={t("system.installation")}>
            <Installation system={data} />
          </Section>
          <Section title={t("system.processes")}>
            <Processes processes={data.processes} />
          </Section>
          <Section title={t("system.queues")}>
            <Queues system={data} />
          </Section>
          <Retention retention={data.retention} />
        </>
      )}
    </Page>
  );
}

function Installation({ system: { release, node, database } }: { readonly system: SystemBody }) {
  const { t } = useTranslation();
  const { kind, version, bytes, connections, mostConnections } = database;
  return (
    <Table variant="vertical" layout="fixed">
      <Table.Tbody>
        <Fact name={t("system.release")}>{release}</Fact>
        <Fact name={t("system.node")}>{node}</Fact>
        <Fact name={t("system.database")}>{t(`system.databaseKind.${kind}`, { version })}</Fact>
        <Fact name={t("system.size")}>{t("system.megabytes", { size: toNumber(Math.round(bytes / 1_000_000)) })}</Fact>
        {kind === "embedded" ? null : (
          <Fact name={t("system.connections")}>
            {t("system.ofMost", { count: connections, most: mostConnections })}
          </Fact>
        )}
      </Table.Tbody>
    </Table>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <Table.Tr>
      <Table.Th scope="row">{name}</Table.Th>
      <Table.Td>{children}</Table.Td>
    </Table.Tr>
  );
}

function Processes({ processes }: Pick<SystemBody, "processes">) {
  const { t } = useTranslation();
  if (processes.length === 0) return <Text size="sm">{t("system.noProcesses")}</Text>;
  const head = ["process", "roles", "release", "started", "heartbeat"] as const;
  return (
    <>
      {new Set(processes.map(({ release }) => release)).size > 1 ? (
        <Text size="sm" role="status">
          {t("system.severalReleases")}
        </Text>
      ) : null}
      <ListTable head={head.map((word) => t(`system.${word}`))} minWidth={520} isPlain>
        {processes.map(({ id, roles, release, startedAt, heartbeatAt }) => (
          <Table.Tr key={id}>
            <Table.Td>
              <Code>{id}</Code>
            </Table.Td>
            <Table.Td>{roles.map((role) => t(`system.role.${role as "web" | "worker"}`)).join(", ")}</Table.Td>
            <Table.Td>{release ?? t("system.unknownRelease")}</Table.Td>
            <Table.Td>
              <Moment at={startedAt} />
            </Table.Td>
            <Table.Td>
              <Moment at={heartbeatAt} />
            </Table.Td>
          </Table.Tr>
        ))}
      </ListTable>
    </>
  );
}
