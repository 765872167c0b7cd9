import { Anchor, Button, SimpleGrid, Skeleton, Stack, Text } from "@mantine/core";
import { IconMessages } from "@tabler/icons-react";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { ChannelBody } from "../../../src/http/contract/channels.ts";
import type { ContactBody } from "../../../src/http/contract/contacts.ts";
import type { FlowSummaryBody } from "../../../src/http/contract/flows.ts";
import type { ActivityBody, FlowCountsBody } from "../../../src/http/contract/overview.ts";
import { Page, Section } from "../layout/page.tsx";
import { useBots, useList, usePages, useWorkspace } from "../layout/resource.ts";
import { ErrorNotice } from "../layout/trouble.tsx";
import { BroadcastsSection } from "../overview/broadcasts-section.tsx";
import { ContactsSection } from "../overview/contacts-section.tsx";
import { FirstSteps } from "../overview/first-steps.tsx";
import { FlowsSection } from "../overview/flows-section.tsx";
import { FunnelSection } from "../overview/funnel-section.tsx";
import { MessagesSection } from "../overview/messages-section.tsx";
import { ReportBar } from "../overview/report-bar.tsx";
import { type ReportChoice, toDays, todayIn } from "../overview/report-choice.ts";
import { useReport } from "../overview/use-report.ts";
import { useSession } from "../session.ts";
import { timeFormat } from "../words/times.ts";
import { RecentPeople } from "./recent-people.tsx";

/** Where one begins: how it goes, who is new, and while nobody has written, what to do first. */
export function OverviewPage() {
  const { t } = useTranslation();
  const { domain } = useParams({ from: "/w/$domain" });
  const name = useSession()?.workspaces.find((one) => one.domain === domain)?.name ?? "";
  const workspace = useWorkspace();
  const bots = useBots();
  const flows = useList<FlowSummaryBody>("/flows");
  const channels = useList<ChannelBody>("/channels");
  const contacts = usePages<Pick<ContactBody, "id">>("/contacts", { limit: 1 }, { every: 10_000 });
  const bot = bots.items?.[0];
  return (
    <Page
      title={name}
      actions={
        bot === undefined ? null : (
          <Button
            component="a"
            href={`/chat/${encodeURIComponent(bot.ref)}`}
            target="_blank"
            variant="default"
            leftSection={<IconMessages size={16} />}
          >
            {t("overview.talk", { bot: bot.name })}
          </Button>
        )
      }
    >
      {bots.error === null ? null : <ErrorNotice error={bots.error} onRetry={bots.retry} />}
      {contacts.items?.length === 0 ? (
        <FirstSteps domain={domain} bot={bot} flows={flows.items ?? []} channels={channels.items ?? []} />
      ) : null}
      {workspace === undefined || contacts.items === undefined ? (
        <Skeleton h={320} />
      ) : contacts.items.length === 0 ? null : (
        <Report timeZone={workspace.timeZone} channels={channels.items ?? []} />
      )}
      <Section title={t("overview.recent")}>
        <RecentPeople />
      </Section>
      <Text size="sm" c="dimmed">
        {t("overview.api")}{" "}
        <Anchor href="/api/v1/docs/" target="_blank" underline="always">
          {t("front.api")}
        </Anchor>
      </Text>
    </Page>
  );
}

/** The charts of the period and channel that the address names. */
function Report({ timeZone, channels }: { readonly timeZone: string; readonly channels: readonly ChannelBody[] }) {
  const { t } = useTranslation();
  const choice = useSearch({ from: "/w/$domain/" });
  const navigate = useNavigate({ from: "/w/$domain/" });
  const change = (next: ReportChoice) => void navigate({ search: next, replace: true });
  const days = toDays(choice, todayIn(timeZone));
  const { channel } = choice;
  const activity = useReport<ActivityBody>("/overview/activity", days, { channel });
  const flows = useReport<FlowCountsBody>("/overview/flows", days, { channel });
  const nameOfChannel = (id: number | null) =>
    id === null
      ? t("report.noChannel")
      : (channels.find((one) => one.id === id)?.name ?? t("report.goneChannel", { id: String(id) }));
  return (
    <Stack gap="lg">
      <ReportBar choice={choice} days={days} channels={channels} onChange={change} />
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
        <ContactsSection report={activity} />
        <MessagesSection report={activity} nameOfChannel={nameOfChannel} />
        <FlowsSection report={flows} />
        <BroadcastsSection days={days} isNarrowed={channel !== undefined} />
      </SimpleGrid>
      <FunnelSection days={days} choice={choice} suggested={flows.data?.flows[0]?.ref} onChange={change} />
      <Text size="xs" c="dimmed">
        {t("report.zone", { zone: timeZone })} {activity.data === undefined ? null : <Counted {...activity.data} />}
      </Text>
    </Stack>
  );
}

/** How far the numbers go, where that is not this moment. */
function Counted({ countedUntil }: Pick<ActivityBody, "countedUntil">) {
  const { t } = useTranslation();
  if (countedUntil === null) return t("report.counting");
  const format = timeFormat({ dateStyle: "medium", timeStyle: "short" });
  return t("report.counted", { time: format.format(new Date(countedUntil)) });
}
