import { Button, Select, Skeleton, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { EventBody } from "../../../src/http/contract/events.ts";
import { Section, useApi } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { isLook } from "./describe-event.ts";
import { History } from "./history.tsx";

/** What the history can be narrowed to: kinds of what happened and of what followed. */
const choices = {
  said: ["message", "message_edited", "button", "start"],
  flows: ["flow_started", "step_entered", "waiting", "question_left", "position_ended"],
  marks: [
    "tag_added",
    "tag_removed",
    "label_added",
    "label_removed",
    "sequence_subscribed",
    "sequence_unsubscribed",
    "sequence_finished",
    "sequence_step",
  ],
  data: ["field_changed", "profile_changed", "consent_changed", "custom_event", "contact_merged"],
  shop: ["cart_changed", "order_created", "order_changed"],
  actions: ["actions"],
  problems: ["error", "message_skipped"],
} as const;
type Choice = keyof typeof choices;

export function HistoryCard({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const api = useApi();
  const [choice, setChoice] = useState<Choice | null>(null);
  const query = useInfiniteQuery({
    queryKey: [api.domain, "contact", id, "events", choice],
    queryFn: ({ pageParam, signal }) =>
      api.get<{ data: EventBody[]; nextCursor: string | null }>(
        `/contacts/${id}/events`,
        { cursor: pageParam, limit: 25, ...(choice === null ? {} : { kind: choices[choice] }) },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    refetchInterval: 5_000,
  });
  const filter = (
    <Select
      size="xs"
      w={190}
      aria-label={t("contactCard.historyFilter")}
      placeholder={t("contactCard.everything")}
      data={(Object.keys(choices) as Choice[]).map((one) => ({ value: one, label: t(`contactCard.kinds.${one}`) }))}
      value={choice}
      clearable
      clearButtonProps={{ "aria-label": t("contactCard.everything") }}
      onChange={(next) => setChoice(next as Choice | null)}
    />
  );
  const all = query.data?.pages.flatMap(({ data }) => data);
  const events = choice === null ? all?.filter((event) => !isLook(event)) : all;
  return (
    <Section title={t("contact.history")} actions={filter}>
      {query.error === null ? null : <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />}
      {events === undefined && query.error === null ? <Skeleton h={200} /> : null}
      {events?.length === 0 && !query.hasNextPage ? (
        <Text size="sm" c="dimmed">
          {t("contactCard.nothingHappened")}
        </Text>
      ) : null}
      <Stack>
        <History events={events ?? []} />
        {query.hasNextPage ? (
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t("action.more")}
          </Button>
        ) : null}
      </Stack>
    </Section>
  );
}
