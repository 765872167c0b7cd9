import { Anchor, Badge, Group, List, Text, ThemeIcon } from "@mantine/core";
import { IconCheck, IconMessages, IconPlugConnected, IconSitemap } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { BotBody } from "../../../src/http/contract/bots.ts";
import type { ChannelBody } from "../../../src/http/contract/channels.ts";
import type { FlowSummaryBody } from "../../../src/http/contract/flows.ts";
import { Section } from "../layout/page.tsx";

/** What somebody does who has just made the workspace; shown until somebody has written. */
export function FirstSteps({
  domain,
  bot,
  flows,
  channels,
}: {
  readonly domain: string;
  /** The one to talk to. */
  readonly bot: Pick<BotBody, "ref" | "name"> | undefined;
  readonly flows: readonly FlowSummaryBody[];
  readonly channels: readonly ChannelBody[];
}) {
  const { t } = useTranslation();
  return (
    <Section title={t("report.first.title")}>
      <Text size="sm" maw={720}>
        {t("report.first.lead")}
        {bot === undefined ? "" : ` ${t("report.first.play", { bot: bot.name })}`}
      </Text>
      <List spacing="md" center listStyleType="none">
        {bot === undefined ? null : (
          <Item icon={<IconMessages size={18} />} text={t("report.first.talkText")}>
            <Anchor href={`/chat/${encodeURIComponent(bot.ref)}`} target="_blank">
              {t("report.first.talk")}
            </Anchor>
          </Item>
        )}
        <Item icon={<IconSitemap size={18} />} text={t("report.first.flowText")} isDone={flows.some(isBuilt)}>
          <Anchor component={Link} to={`/w/${domain}/flows`}>
            {t("report.first.flow")}
          </Anchor>
        </Item>
        <Item
          icon={<IconPlugConnected size={18} />}
          text={t("report.first.channelText")}
          isDone={channels.some(({ kind, status }) => kind !== "webchat" && status === "connected")}
        >
          <Anchor component={Link} to={`/w/${domain}/settings/channels`}>
            {t("report.first.channel")}
          </Anchor>
        </Item>
      </List>
    </Section>
  );
}

/** Published, and somebody's own work: a flow that came with the workspace is at its first draft and its first version. */
export const isBuilt = ({
  draftRevision,
  publishedVersion,
}: Pick<FlowSummaryBody, "draftRevision" | "publishedVersion">) =>
  publishedVersion !== null && (draftRevision > 1 || publishedVersion > 1);

function Item({
  icon,
  text,
  isDone = false,
  children,
}: {
  readonly icon: ReactNode;
  readonly text: string;
  readonly isDone?: boolean;
  readonly children: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <List.Item
      icon={
        <ThemeIcon variant="light" color={isDone ? "teal" : "ink"} size="lg" aria-hidden>
          {isDone ? <IconCheck size={18} /> : icon}
        </ThemeIcon>
      }
    >
      <Group gap="xs">
        {children}
        {isDone ? (
          <Badge size="sm" variant="light" color="teal" tt="none">
            {t("report.first.done")}
          </Badge>
        ) : null}
      </Group>
      <Text size="sm" c="dimmed">
        {text}
      </Text>
    </List.Item>
  );
}
