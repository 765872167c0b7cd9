import { Anchor, Badge, Button, Group, Stack, Table, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type { EventBody, retriedEventSchema } from "../../../src/http/contract/events.ts";
import type { MessageBody } from "../../../src/http/contract/messages.ts";
import { JsonView } from "../connections/json-view.tsx";
import { Dialog } from "../layout/dialog.tsx";
import { Listing, ListTable } from "../layout/listing.tsx";
import { Moment } from "../layout/moment.tsx";
import { Page, Section, useApi } from "../layout/page.tsx";
import { type List, useMayTalk, usePages, useRenew } from "../layout/resource.ts";
import { RetryAll } from "../layout/retry-all.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";

/** What could not be handled or sent, and can be tried again: nothing is lost. */
export function FailuresPage() {
  const { t } = useTranslation();
  return (
    <Page title={t("menu.failures")}>
      <Section title={t("failures.events")}>
        <Events />
      </Section>
      <Section title={t("failures.messages")}>
        <Messages />
      </Section>
    </Page>
  );
}

function Events() {
  const { t } = useTranslation();
  const [shown, setShown] = useState<EventBody | null>(null);
  const events = usePages<EventBody>("/events/failed", {}, { every: 15_000 });
  const retry = useRetry<z.infer<typeof retriedEventSchema>>("/events", "/events/failed");
  return (
    <Failures
      about={t("failures.eventsText")}
      none={t("failures.noEvents")}
      list={events}
      retry={retry}
      all={
        <RetryAll
          path="/events/retry"
          list="/events/failed"
          hasAny={(events.items ?? []).length > 0}
          title={t("retryAll.events")}
          effect={t("retryAll.eventsEffect")}
        />
      }
      what={(event) => (
        <Button size="compact-sm" variant="subtle" onClick={() => setShown(event)}>
          {event.kind}
        </Button>
      )}
      why={({ failed }) => failed}
      when={({ at }) => at}
    >
      {retry.data === undefined ? null : (
        <Text size="sm" role="status">
          {t(retry.data.status === "done" ? "failures.done" : "failures.again")}
        </Text>
      )}
      {shown === null ? null : (
        <Dialog title={shown.kind} size="lg" onClose={() => setShown(null)}>
          <JsonView label={t("failures.payload")} value={shown.payload} />
        </Dialog>
      )}
    </Failures>
  );
}

function Messages() {
  const { t } = useTranslation();
  const messages = usePages<MessageBody>("/messages", { status: ["failed", "uncertain"] }, { every: 15_000 });
  const retry = useRetry("/messages", "/messages");
  return (
    <Failures
      about={t("failures.messagesText")}
      none={t("failures.noMessages")}
      list={messages}
      retry={retry}
      all={
        <RetryAll
          path="/messages/retry"
          list="/messages"
          hasAny={messages.items?.some(({ status }) => status === "failed") === true}
          title={t("retryAll.messages")}
          effect={t("retryAll.messagesEffect")}
        />
      }
      what={({ status, content }) => (
        <Group gap="xs" maw={260}>
          <Badge color={status === "failed" ? "red" : "yellow"} variant="light" tt="none">
            {t(status === "failed" ? "inbox.status.failed" : "inbox.status.uncertain")}
          </Badge>
          <Text size="sm" lineClamp={2} className="breakable">
            {typeof content.text === "string" ? content.text : t("inbox.media")}
          </Text>
        </Group>
      )}
      why={({ error }) => error}
      when={({ createdAt }) => createdAt}
    />
  );
}

/** Tries one of them again. */
function useRetry<Answer = unknown>(path: string, list: string) {
  const api = useApi();
  const renew = useRenew();
  return useMutation({
    mutationFn: (id: number) => api.send<Answer>("POST", `${path}/${id}/retry`),
    onSettled: () => renew(list),
  });
}

interface FailuresProps<Item> {
  readonly about: string;
  readonly none: string;
  readonly list: List<Item>;
  readonly retry: Pick<ReturnType<typeof useRetry>, "error" | "isPending" | "mutate">;
  /** Trying all of them again. */
  readonly all: ReactNode;
  readonly what: (item: Item) => ReactNode;
  readonly why: (item: Item) => string | null;
  readonly when: (item: Item) => string;
  readonly children?: ReactNode;
}

function Failures<Item extends { readonly id: number; readonly contactId: number }>({
  about,
  none,
  list,
  retry,
  all,
  what,
  why,
  when,
  children,
}: FailuresProps<Item>) {
  const { t } = useTranslation();
  const mayTalk = useMayTalk();
  return (
    <Stack gap="sm">
      <Group justify="space-between" align="flex-start">
        <Text size="sm" c="dimmed">
          {about}
        </Text>
        {mayTalk ? all : null}
      </Group>
      {retry.error === null ? null : <ErrorNotice error={retry.error} />}
      {children}
      <Listing list={list} empty={<Text size="sm">{none}</Text>}>
        {(items) => (
          <ListTable head={[t("log.what"), t("list.contacts"), t("failures.why"), t("log.when"), ""]} minWidth={620}>
            {items.map((item) => (
              <Table.Tr key={item.id}>
                <Table.Td>{what(item)}</Table.Td>
                <Table.Td>
                  <ContactLink id={item.contactId} />
                </Table.Td>
                <Table.Td maw={280} className="breakable">
                  {why(item) ?? "—"}
                </Table.Td>
                <Table.Td>
                  <Moment at={when(item)} />
                </Table.Td>
                <Table.Td ta="right">
                  {mayTalk ? (
                    <Button
                      size="compact-sm"
                      variant="default"
                      disabled={retry.isPending}
                      onClick={() => retry.mutate(item.id)}
                    >
                      {t("action.retry")}
                    </Button>
                  ) : null}
                </Table.Td>
              </Table.Tr>
            ))}
          </ListTable>
        )}
      </Listing>
    </Stack>
  );
}

function ContactLink({ id }: { readonly id: number }) {
  const { t } = useTranslation();
  const { domain } = useParams({ from: "/w/$domain" });
  return (
    <Anchor size="sm" component={Link} to={`/w/${domain}/contacts/${id}`}>
      {t("contact.number", { id })}
    </Anchor>
  );
}
