import {
  ActionIcon,
  Alert,
  Anchor,
  Button,
  Group,
  ScrollArea,
  Select,
  Skeleton,
  Stack,
  Text,
  Textarea,
  Tooltip,
} from "@mantine/core";
import {
  IconArrowLeft,
  IconCheck,
  IconMailOpened,
  IconPlayerPause,
  IconPlayerPlay,
  IconRefresh,
  IconSend,
} from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { toLiteral } from "../../../src/engine/literal-text.ts";
import type { ContactBody } from "../../../src/http/contract/contacts.ts";
import type { MessageBody } from "../../../src/http/contract/messages.ts";
import { nameOf } from "../contacts/name-of.ts";
import { Moment } from "../layout/moment.tsx";
import { useApi } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { type TeamMember, useMembers } from "./use-members.ts";

/** The same actions as flows and other systems use. */
function useAction(contactId: number) {
  const api = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ action, args = {} }: { readonly action: string; readonly args?: object }) =>
      api.send("POST", `/contacts/${contactId}/actions`, { action, args }),
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: [api.domain, "contact", String(contactId)] });
      await client.invalidateQueries({ queryKey: [api.domain, "inbox"] });
    },
  });
}

/** One conversation: what was said, and what an agent can do. */
export function ConversationPane({ contactId, onBack }: { readonly contactId: number; readonly onBack: () => void }) {
  const api = useApi();
  const id = String(contactId);
  const contact = useQuery({
    queryKey: [api.domain, "contact", id],
    queryFn: ({ signal }) => api.get<ContactBody>(`/contacts/${id}`, {}, signal),
  });
  const act = useAction(contactId);
  const isUnread = contact.data?.conversation.unread === true;
  const lastInboundAt = contact.data?.lastInboundAt;
  const { mutate } = act;
  // Whoever looks at it has read it, also what comes while it is open.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each newer message is read anew.
  useEffect(() => {
    if (isUnread && document.visibilityState === "visible") mutate({ action: "mark_read" });
  }, [isUnread, lastInboundAt, mutate]);
  if (contact.error !== null) return <ErrorNotice error={contact.error} onRetry={() => void contact.refetch()} />;
  if (contact.data === undefined) return <Skeleton h={400} className="inbox-pane" />;
  return (
    <Stack gap={0} className="inbox-pane" h="100%">
      <Head contact={contact.data} onBack={onBack} act={mutate} />
      {act.error === null ? null : <ErrorNotice error={act.error} />}
      <Messages contactId={contactId} />
      <Composer contactId={contactId} isPaused={isPaused(contact.data)} />
    </Stack>
  );
}

function isPaused({ conversation: { pausedUntil } }: ContactBody): boolean {
  return pausedUntil !== null && Date.parse(pausedUntil) > Date.now();
}

function Head({
  contact,
  onBack,
  act,
}: {
  readonly contact: ContactBody;
  readonly onBack: () => void;
  readonly act: (call: { readonly action: string; readonly args?: object }) => void;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const { members } = useMembers();
  const { conversation } = contact;
  const isDone = conversation.status === "done";
  return (
    <Group
      p="sm"
      justify="space-between"
      gap="xs"
      style={{ borderBottom: "1px solid var(--mantine-color-default-border)" }}
    >
      <Group gap="xs" wrap="nowrap" miw={0}>
        <ActionIcon variant="subtle" color="gray" hiddenFrom="sm" aria-label={t("inbox.back")} onClick={onBack}>
          <IconArrowLeft size={20} />
        </ActionIcon>
        <Anchor component={Link} to={`/w/${api.domain}/contacts/${contact.id}`} fw={650} c="inherit" className="cut">
          {nameOf(t, contact)}
        </Anchor>
      </Group>
      <Group gap={6}>
        <AgentSelect members={members} agent={conversation.agent} act={act} />
        {isPaused(contact) ? (
          <Tool label={t("inbox.resume")} onClick={() => act({ action: "resume_bot" })}>
            <IconPlayerPlay size={16} />
          </Tool>
        ) : (
          <Tool label={t("inbox.pause")} onClick={() => act({ action: "pause_bot" })}>
            <IconPlayerPause size={16} />
          </Tool>
        )}
        <Tool label={t("inbox.markUnread")} onClick={() => act({ action: "mark_unread" })}>
          <IconMailOpened size={16} />
        </Tool>
        <Button
          size="xs"
          variant="default"
          leftSection={isDone ? <IconRefresh size={14} /> : <IconCheck size={14} />}
          onClick={() => act({ action: "move_conversation", args: { status: isDone ? "open" : "done" } })}
        >
          {t(isDone ? "inbox.reopen" : "inbox.close")}
        </Button>
      </Group>
    </Group>
  );
}

function AgentSelect({
  members,
  agent,
  act,
}: {
  readonly members: readonly TeamMember[];
  readonly agent: number | null;
  readonly act: (call: { readonly action: string; readonly args?: object }) => void;
}) {
  const { t } = useTranslation();
  const nobody = "none";
  return (
    <Select
      size="xs"
      w={160}
      aria-label={t("inbox.assignTo")}
      data={[
        { value: nobody, label: t("inbox.nobody") },
        ...members.map(({ id, name }) => ({ value: String(id), label: name })),
      ]}
      value={agent === null ? nobody : String(agent)}
      allowDeselect={false}
      onChange={(next) => {
        if (next === nobody) act({ action: "unassign_agent" });
        else if (next !== null) act({ action: "assign_agent", args: { agent: Number(next) } });
      }}
    />
  );
}

function Tool({
  label,
  onClick,
  children,
}: {
  readonly label: string;
  readonly onClick: () => void;
  readonly children: ReactNode;
}) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="default" size={30} aria-label={label} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

function Messages({ contactId }: { readonly contactId: number }) {
  const { t } = useTranslation();
  const api = useApi();
  const viewport = useRef<HTMLDivElement>(null);
  const query = useInfiniteQuery({
    queryKey: [api.domain, "contact", String(contactId), "messages"],
    queryFn: ({ pageParam, signal }) =>
      api.get<{ data: MessageBody[]; nextCursor: string | null }>(
        `/contacts/${contactId}/messages`,
        { cursor: pageParam, limit: 40 },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });
  const messages = (query.data?.pages.flatMap(({ data }) => data) ?? []).toReversed();
  const newest = messages.at(-1)?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the end is shown when something new stands there.
  useEffect(() => {
    viewport.current?.scrollTo({ top: viewport.current.scrollHeight });
  }, [newest]);
  if (query.error !== null) return <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return <Skeleton flex={1} />;
  return (
    <ScrollArea flex={1} viewportRef={viewport} type="auto">
      <div className="inbox-messages" role="log">
        {query.hasNextPage ? (
          <Button
            variant="subtle"
            size="xs"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {t("action.more")}
          </Button>
        ) : null}
        {messages.map((message) => (
          <Bubble key={message.id} message={message} />
        ))}
      </div>
    </ScrollArea>
  );
}

interface Content {
  readonly text?: string;
  readonly attachments?: readonly { readonly kind: string; readonly url?: string; readonly name?: string }[];
  readonly buttons?: readonly { readonly title: string }[];
}

/** Statuses that an agent has to know of; that a message was sent is no news. */
const toldStatuses = ["queued", "failed", "skipped", "uncertain", "read", "delivered"] as const;

function Bubble({ message }: { readonly message: MessageBody }) {
  const { t } = useTranslation();
  const { text = "", attachments = [], buttons = [] } = message.content as Content;
  const told = toldStatuses.find((one) => one === message.status);
  return (
    <div className="inbox-message" data-direction={message.direction} data-author={message.author}>
      {text}
      {attachments.map(({ kind, url, name }) => (
        <div key={`${kind} ${url}`}>
          {url === undefined ? (
            t("inbox.media")
          ) : (
            <a href={url} target="_blank" rel="noreferrer noopener" style={{ color: "inherit" }}>
              {name ?? kind}
            </a>
          )}
        </div>
      ))}
      {buttons.map(({ title }) => (
        <div key={title} className="inbox-note">
          [{title}]
        </div>
      ))}
      <div className="inbox-note">
        <Moment at={message.createdAt} />
        {told === undefined || message.direction === "in" ? null : ` · ${t(`inbox.status.${told}`)}`}
        {message.error === null ? null : ` · ${message.error}`}
      </div>
    </div>
  );
}

function Composer({ contactId, isPaused }: { readonly contactId: number; readonly isPaused: boolean }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const [text, setText] = useState("");
  const send = useMutation({
    // What the person types is no template: braces are braces.
    mutationFn: (said: string) =>
      api.send("POST", `/contacts/${contactId}/messages`, { text: toLiteral(said), author: "agent" }),
    onSuccess: () => setText(""),
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: [api.domain, "contact", String(contactId)] });
      await client.invalidateQueries({ queryKey: [api.domain, "inbox"] });
    },
  });
  const submit = () => {
    if (text.trim() !== "" && !send.isPending) send.mutate(text);
  };
  return (
    <Stack gap="xs" p="sm" style={{ borderTop: "1px solid var(--mantine-color-default-border)" }}>
      {isPaused ? (
        <Alert p={6} color="yellow">
          <Text size="xs">{t("inbox.paused")}</Text>
        </Alert>
      ) : null}
      {send.error === null ? null : <ErrorNotice error={send.error} />}
      <Group align="flex-end" wrap="nowrap" gap="xs">
        <Textarea
          flex={1}
          autosize
          minRows={1}
          maxRows={8}
          aria-label={t("inbox.write")}
          placeholder={t("inbox.write")}
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            submit();
          }}
        />
        <ActionIcon size={36} loading={send.isPending} aria-label={t("inbox.send")} onClick={submit}>
          <IconSend size={18} />
        </ActionIcon>
      </Group>
    </Stack>
  );
}
