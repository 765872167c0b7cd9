import {
  Badge,
  Box,
  Group,
  ScrollArea,
  SegmentedControl,
  Skeleton,
  Stack,
  Text,
  TextInput,
  UnstyledButton,
} from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { InboxItem } from "../../../src/http/contract/conversations.ts";
import { nameOf } from "../contacts/name-of.ts";
import { Moment } from "../layout/moment.tsx";
import { useApi } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { useSession } from "../session.ts";
import { ConversationPane } from "./conversation-pane.tsx";
import { useMembers } from "./use-members.ts";
import "./inbox.css";

const tabs = ["all", "mine", "unassigned", "unread", "done"] as const;
type Tab = (typeof tabs)[number];

/** What each tab asks for. */
function toFilter(tab: Tab, memberId: number | undefined): Record<string, string | number | boolean | undefined> {
  switch (tab) {
    case "all":
      return { status: "open" };
    case "mine":
      return { agent: memberId };
    case "unassigned":
      return { agent: "none", status: "open" };
    case "unread":
      return { unread: true };
    case "done":
      return { status: "done" };
  }
}

/** Live conversations: the list, the chosen one, and who it is with. On a phone one at a time. */
export function InboxPage() {
  const { t } = useTranslation();
  const { domain } = useParams({ from: "/w/$domain" });
  const { contact, tab: asked } = useSearch({ from: "/w/$domain/inbox" });
  const navigate = useNavigate({ from: "/w/$domain/inbox" });
  const tab = tabs.find((one) => one === asked) ?? "all";
  const memberId = useSession()?.workspaces.find((one) => one.domain === domain)?.memberId;
  const choose = (id: number | undefined) =>
    void navigate({ search: { tab, ...(id === undefined ? {} : { contact: id }) } });
  return (
    <Box className="inbox" data-chosen={contact !== undefined}>
      <title>{`${t("nav.inbox")} · Repartee`}</title>
      <Stack gap="xs" p="sm" className="inbox-list" component="nav" aria-label={t("inbox.tabs")}>
        <h1 className="inbox-title">{t("nav.inbox")}</h1>
        <ScrollArea type="never">
          <SegmentedControl
            size="xs"
            aria-label={t("inbox.tabs")}
            data={tabs.map((one) => ({ value: one, label: t(`inbox.tab.${one}`) }))}
            value={tab}
            onChange={(next) => void navigate({ search: { tab: next } })}
          />
        </ScrollArea>
        <List filter={toFilter(tab, memberId)} chosen={contact} onChoose={choose} />
      </Stack>
      {contact === undefined ? (
        <Text c="dimmed" p="xl" ta="center" className="inbox-pane">
          {t("inbox.choose")}
        </Text>
      ) : (
        <ConversationPane key={contact} contactId={contact} onBack={() => choose(undefined)} />
      )}
    </Box>
  );
}

function List({
  filter,
  chosen,
  onChoose,
}: {
  readonly filter: Record<string, string | number | boolean | undefined>;
  readonly chosen: number | undefined;
  readonly onChoose: (id: number) => void;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const [text, setText] = useState("");
  const [q] = useDebouncedValue(text.trim(), 250);
  const query = useInfiniteQuery({
    queryKey: [api.domain, "inbox", filter, q],
    queryFn: ({ pageParam, signal }) =>
      api.get<{ data: InboxItem[]; nextCursor: string | null }>(
        "/inbox",
        { ...filter, q, cursor: pageParam, limit: 30 },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  });
  const items = query.data?.pages.flatMap(({ data }) => data) ?? [];
  return (
    <>
      <TextInput
        type="search"
        size="xs"
        aria-label={t("inbox.search")}
        placeholder={t("inbox.search")}
        leftSection={<IconSearch size={14} />}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
      {query.error === null ? null : <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && query.error === null ? <Skeleton h={200} /> : null}
      {query.isSuccess && items.length === 0 ? (
        <Text size="sm" c="dimmed" p="sm">
          {t("inbox.nothing")}
        </Text>
      ) : null}
      <ScrollArea flex={1} type="auto" onBottomReached={() => query.hasNextPage && void query.fetchNextPage()}>
        <Stack gap={2}>
          {items.map((item) => (
            <Row key={item.contactId} item={item} isChosen={item.contactId === chosen} onChoose={onChoose} />
          ))}
        </Stack>
      </ScrollArea>
    </>
  );
}

function Row({
  item,
  isChosen,
  onChoose,
}: {
  readonly item: InboxItem;
  readonly isChosen: boolean;
  readonly onChoose: (id: number) => void;
}) {
  const { t } = useTranslation();
  const { members } = useMembers();
  const { contactId: id, last, unread, agent } = item;
  const agentName = members.find((member) => member.id === agent)?.name;
  return (
    <UnstyledButton
      className="inbox-row"
      data-chosen={isChosen}
      aria-current={isChosen ? "true" : undefined}
      onClick={() => onChoose(id)}
    >
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="sm" fw={unread ? 700 : 500} className="cut">
          {nameOf(t, { ...item, id })}
        </Text>
        <Text size="xs" c="dimmed" style={{ whiteSpace: "nowrap" }} component="div">
          {last === null ? null : <Moment at={last.at} />}
        </Text>
      </Group>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="xs" c="dimmed" className="cut">
          {last?.direction === "out" ? t("inbox.you") : ""}
          {last?.text === "" ? t("inbox.media") : last?.text}
        </Text>
        {item.dealLabels.map((label) => (
          <Badge key={label} size="xs" variant="light" style={{ flexShrink: 0 }}>
            {label}
          </Badge>
        ))}
        {unread ? (
          <Badge size="xs" circle aria-label={t("overview.unread")}>
            •
          </Badge>
        ) : agentName === undefined ? null : (
          <Badge size="xs" variant="default" tt="none">
            {agentName}
          </Badge>
        )}
      </Group>
    </UnstyledButton>
  );
}
