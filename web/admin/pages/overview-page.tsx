import { Anchor, Card, Group, SimpleGrid, Skeleton, Stack, Text, ThemeIcon } from "@mantine/core";
import { IconAddressBook, IconMessages, IconSitemap } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { BotBody } from "../../../src/http/contract/bots.ts";
import type { FlowSummaryBody } from "../../../src/http/contract/flows.ts";
import { Page, Section, useApi } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { useSession } from "../session.ts";
import { RecentPeople } from "./recent-people.tsx";

/** Where one begins: what there is, what just happened, what to do next. */
export function OverviewPage() {
  const { t } = useTranslation();
  const api = useApi();
  const { domain } = useParams({ from: "/w/$domain" });
  const name = useSession()?.workspaces.find((one) => one.domain === domain)?.name ?? "";
  const bots = useQuery({
    queryKey: [api.domain, "bots"],
    queryFn: ({ signal }) => api.get<{ data: BotBody[] }>("/bots", {}, signal),
  });
  const flows = useQuery({
    queryKey: [api.domain, "flows"],
    queryFn: ({ signal }) => api.get<{ data: FlowSummaryBody[] }>("/flows", {}, signal),
  });
  return (
    <Page title={name}>
      {bots.error === null ? null : <ErrorNotice error={bots.error} onRetry={() => void bots.refetch()} />}
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <Tile to={`/w/${domain}/flows`} icon={<IconSitemap size={20} />} title={t("nav.flows")}>
          {flows.data === undefined ? (
            <Skeleton h={18} w={120} />
          ) : (
            t("overview.flows", {
              count: flows.data.data.filter(({ publishedVersion }) => publishedVersion !== null).length,
            })
          )}
        </Tile>
        <Tile to={`/w/${domain}/contacts`} icon={<IconAddressBook size={20} />} title={t("nav.contacts")}>
          {t("overview.contacts")}
        </Tile>
        {bots.data?.data.slice(0, 1).map(({ ref, name: botName }) => (
          <Card
            key={ref}
            component="a"
            href={`/chat/${encodeURIComponent(ref)}`}
            target="_blank"
            withBorder
            radius="lg"
            padding="lg"
          >
            <TileBody icon={<IconMessages size={20} />} title={t("overview.talk", { bot: botName })}>
              {t("overview.talkText")}
            </TileBody>
          </Card>
        ))}
      </SimpleGrid>
      <Section title={t("overview.recent")}>
        <RecentPeople />
      </Section>
      <Text size="sm" c="dimmed">
        {t("overview.api")}{" "}
        <Anchor href="/api/v1/docs/" target="_blank">
          {t("front.api")}
        </Anchor>
      </Text>
    </Page>
  );
}

function Tile({
  to,
  icon,
  title,
  children,
}: {
  readonly to: string;
  readonly icon: ReactNode;
  readonly title: string;
  readonly children: ReactNode;
}) {
  return (
    <Card component={Link} to={to} withBorder radius="lg" padding="lg">
      <TileBody icon={icon} title={title}>
        {children}
      </TileBody>
    </Card>
  );
}

function TileBody({
  icon,
  title,
  children,
}: {
  readonly icon: ReactNode;
  readonly title: string;
  readonly children: ReactNode;
}) {
  return (
    <Group align="flex-start" wrap="nowrap">
      <ThemeIcon variant="light" size="lg" aria-hidden>
        {icon}
      </ThemeIcon>
      <Stack gap={2}>
        <Text fw={600}>{title}</Text>
        <Text size="sm" c="dimmed" component="div">
          {children}
        </Text>
      </Stack>
    </Group>
  );
}
