import { Anchor, Button, Group, ScrollArea, Skeleton, Text } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { ConversationEntryBody } from "../../../src/http/contract/conversation-entries.ts";
import { Moment } from "../layout/moment.tsx";
import { useApi } from "../layout/page.tsx";
import { ErrorNotice, leavesNothing } from "../layout/trouble.tsx";
import { Bubble } from "./bubble.tsx";
import { useDescribeChange } from "./describe-change.ts";
import { useMembers, useMyMemberId } from "./use-members.ts";

type Of<K extends ConversationEntryBody["kind"]> = Extract<ConversationEntryBody, { kind: K }>;

function keyOf(entry: ConversationEntryBody): string {
  if (entry.kind === "message") return `m${entry.message.id}`;
  return entry.kind === "note" ? `n${entry.note.id}` : `${entry.kind}${entry.id}`;
}

/** What was said, noted and done, the newest at the end; older pages are loaded as one asks for them. */
export function Entries({ contactId }: { readonly contactId: number }) {
  const { t } = useTranslation();
  const api = useApi();
  const viewport = useRef<HTMLDivElement>(null);
  const query = useInfiniteQuery({
    queryKey: [api.domain, "contact", String(contactId), "conversation"],
    queryFn: ({ pageParam, signal }) =>
      api.get<{ data: ConversationEntryBody[]; nextCursor: string | null }>(
        `/contacts/${contactId}/conversation`,
        { cursor: pageParam, limit: 40 },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });
  const entries = (query.data?.pages.flatMap(({ data }) => data) ?? []).toReversed();
  const last = entries.at(-1);
  const newest = last === undefined ? undefined : keyOf(last);
  useSeenMentions(contactId, entries);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the end is shown when something new stands there.
  useEffect(() => {
    viewport.current?.scrollTo({ top: viewport.current.scrollHeight });
  }, [newest]);
  if (leavesNothing(query.error, query.data))
    return <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return <Skeleton flex={1} />;
  return (
    <ScrollArea flex={1} viewportRef={viewport} viewportProps={{ tabIndex: 0 }} type="auto">
      <div className="inbox-messages" role="log" aria-label={t("inbox.conversation")}>
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
        {entries.map((entry) => (
          <Entry key={keyOf(entry)} contactId={contactId} entry={entry} entries={entries} />
        ))}
      </div>
    </ScrollArea>
  );
}

/** Whoever looks at the conversation has seen where they were mentioned in it. */
function useSeenMentions(contactId: number, entries: readonly ConversationEntryBody[]): void {
  const api = useApi();
  const client = useQueryClient();
  const me = useMyMemberId();
  const isNew = entries.some((entry) => entry.kind === "mention" && entry.agent === me && entry.seenAt === null);
  const { mutate } = useMutation({
    mutationFn: () => api.send("POST", `/contacts/${contactId}/mentions/seen`),
    onSettled: () => client.invalidateQueries({ queryKey: [api.domain, "inbox"] }),
  });
  useEffect(() => {
    if (isNew && document.visibilityState === "visible") mutate();
  }, [isNew, mutate]);
}

function Entry({
  contactId,
  entry,
  entries,
}: {
  readonly contactId: number;
  readonly entry: ConversationEntryBody;
  readonly entries: readonly ConversationEntryBody[];
}) {
  const describe = useDescribeChange();
  if (entry.kind === "message") return <Bubble contactId={contactId} message={entry.message} by={entry.by} />;
  if (entry.kind === "note") {
    const mentioned = entries.filter((one): one is Of<"mention"> => one.kind === "mention" && isOfNote(one, entry));
    return <Note contactId={contactId} entry={entry} mentioned={mentioned.map(({ agent }) => agent)} />;
  }
  if (entry.kind === "mention") {
    return entries.some((one) => one.kind === "note" && isOfNote(entry, one)) ? null : <Mention entry={entry} />;
  }
  return (
    <Text size="xs" c="dimmed" ta="center" component="div">
      {describe(entry)} · <Moment at={entry.at} />
    </Text>
  );
}

/** A note that mentions somebody is both, made in one go. */
function isOfNote({ at, by, comment }: Of<"mention">, note: Of<"note">): boolean {
  return at === note.at && by === note.by && comment === note.note.text;
}

function Note({
  contactId,
  entry: { at, by, note },
  mentioned,
}: {
  readonly contactId: number;
  readonly entry: Of<"note">;
  readonly mentioned: readonly number[];
}) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const { nameOfMember } = useMembers();
  const me = useMyMemberId();
  const remove = useMutation({
    mutationFn: () => api.send("DELETE", `/contacts/${contactId}/notes/${note.id}`),
    onSettled: () => client.invalidateQueries({ queryKey: [api.domain, "contact", String(contactId)] }),
  });
  const who = by === null ? t("inbox.system") : nameOfMember(by);
  return (
    <div className="inbox-internal">
      <div className="inbox-note">
        {t("inbox.noteBy", { name: who })} · <Moment at={at} />
      </div>
      {note.text}
      <Group gap="xs" className="inbox-note">
        {mentioned.map((id) => (
          <span key={id}>@{nameOfMember(id)}</span>
        ))}
        {by !== null && by === me ? (
          <Anchor component="button" type="button" size="xs" c="inherit" td="underline" onClick={() => remove.mutate()}>
            {t("inbox.deleteNote")}
          </Anchor>
        ) : null}
      </Group>
      {remove.error === null ? null : <ErrorNotice error={remove.error} />}
    </div>
  );
}

function Mention({ entry: { at, by, agent, flow, comment } }: { readonly entry: Of<"mention"> }) {
  const { t } = useTranslation();
  const { nameOfMember } = useMembers();
  const name = nameOfMember(agent);
  const who = by !== null ? nameOfMember(by) : t("inbox.system");
  return (
    <div className="inbox-internal">
      <div className="inbox-note">
        {flow === null ? t("inbox.mentionedBy", { who, name }) : t("inbox.mentionedByFlow", { flow, name })} ·{" "}
        <Moment at={at} />
      </div>
      {comment}
    </div>
  );
}
