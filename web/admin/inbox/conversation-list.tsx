import { Badge, Group, ScrollArea, Skeleton, Stack, Text, TextInput, UnstyledButton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { InboxItem } from "../../../src/http/contract/conversations.ts";
import { nameOf } from "../contacts/name-of.ts";
import { Moment } from "../layout/moment.tsx";
import { useApi } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { Filters, type Narrowing } from "./filters.tsx";
import type { Filter } from "./tabs.tsx";
import { useMembers } from "./use-members.ts";

/** The conversations of a tab, page by page as one scrolls. */
export function ConversationList({
  filter,
  narrowing,
  onNarrow,
  chosen,
  onChoose,
}: {
  readonly filter: Filter;
  readonly narrowing: Narrowing;
  readonly onNarrow: (next: Narrowing) => void;
  readonly chosen: number | undefined;
  readonly onChoose: (id: number) => void;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const [text, setText] = useState("");
  const [q] = useDebouncedValue(text.trim(), 250);
  const asked = { ...filter, ...narrowing };
  const query = useInfiniteQuery({
    queryKey: [api.domain, "inbox", "list", asked, q],
    queryFn: ({ pageParam, signal }) =>
      api.get<{ data: InboxItem[]; nextCursor: string | null }>(
        "/inbox",
        { ...asked, q, cursor: pageParam, limit: 30 },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  });
  const items = query.data?.pages.flatMap(({ data }) => data) ?? [];
  useArrows(items, chosen, onChoose);
  return (
    <>
      <Group gap="xs" wrap="nowrap">
        <TextInput
          type="search"
          size="xs"
          flex={1}
          aria-label={t("inbox.search")}
          placeholder={t("inbox.search")}
          title={t("inbox.searchHint")}
          leftSection={<IconSearch size={14} />}
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
        <Filters value={narrowing} onChange={onNarrow} />
      </Group>
      {query.error === null ? null : <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && query.error === null ? <Skeleton h={200} /> : null}
      {query.isSuccess && items.length === 0 ? (
        <Text size="sm" c="dimmed" p="sm">
          {t(q === "" ? "inbox.nothing" : "inbox.notFound")}
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

/** Up and down go through the conversations; with Alt also from where one types. */
function useArrows(items: readonly InboxItem[], chosen: number | undefined, onChoose: (id: number) => void): void {
  useEffect(() => {
    const go = (event: KeyboardEvent) => {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      if (!event.altKey && isTypedInto(event.target)) return;
      const place = items.findIndex(({ contactId }) => contactId === chosen);
      const next = items[event.key === "ArrowDown" ? place + 1 : Math.max(0, place - 1)];
      if (next === undefined) return;
      event.preventDefault();
      onChoose(next.contactId);
    };
    document.addEventListener("keydown", go);
    return () => document.removeEventListener("keydown", go);
  }, [items, chosen, onChoose]);
}

/** Whether keys are somebody else's: a text box's, a menu's, a dialog's. */
export function isTypedInto(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return (
    target.closest("input, textarea, select, [contenteditable], [role=menu], [role=listbox], [role=dialog]") !== null
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
  const { contactId: id, last, unread, agent, dealLabels, status } = item;
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
          {last === null
            ? t("inbox.silent")
            : `${t(`inbox.says.${last.author}`)}${last.text === "" ? t("inbox.media") : last.text}`}
        </Text>
        {unread ? (
          <Badge size="xs" circle aria-label={t("overview.unread")} flex="none">
            •
          </Badge>
        ) : null}
      </Group>
      {/* On a line of their own: beside what was said last, they would be cut to a letter. */}
      {dealLabels.length === 0 && status === "open" && agentName === undefined ? null : (
        <Group gap={4} mt={4}>
          {dealLabels.map((label) => (
            <Badge key={label} size="xs" variant="light">
              {label}
            </Badge>
          ))}
          {status === "open" ? null : (
            <Badge size="xs" variant="light" color="gray" tt="none" className="whole-badge">
              {t(`inbox.state.${status}`)}
            </Badge>
          )}
          {agentName === undefined ? null : (
            <Badge size="xs" variant="default" tt="none" maw="100%">
              {agentName}
            </Badge>
          )}
        </Group>
      )}
    </UnstyledButton>
  );
}
