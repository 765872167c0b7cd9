import { Anchor, Badge, Button, Group, Stack, Table, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type { EventBody, retriedEventSchema } from "../../../src/http/contract/events.ts";
import type { MessageBody } from "../../../src/http/contract/messages.ts";
import { JsonView } from "../connections/json-view.tsx";
import { Dialog } from "../layout/dialog.tsx";
import { Listing, ListTable } from "../layout/listing.tsx";
import { Moment } from "../layout/moment.tsx";
import { Page, Section, useApi } from "../layout/page.tsx";
import { usePages, useRenew } from "../layout/resource.ts";
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
  const api = useApi();
  const renew = useRenew();
  const [shown, setShown] = useState<EventBody | null>(null);
  const events = usePages<EventBody>("/events/failed", {}, { every: 15_000 });
  const retry = useMutation({
    mutationFn: (id: number) => api.send<z.infer<typeof retriedEventSchema>>("POST", `/events/${id}/retry`),
    onSettled: () => renew("/events/failed"),
  });
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {t("failures.eventsText")}
      </Text>
      {retry.error === null ? null : <ErrorNotice error={retry.error} />}
      {retry.data === undefined ? null : (
        <Text size="sm" role="status">
          {t(retry.data.status === "done" ? "failures.done" : "failures.again")}
        </Text>
      )}
      <Listing list={events} empty={<Text size="sm">{t("failures.noEvents")}</Text>}>
        {(items) => (
          <ListTable head={[t("log.what"), t("list.contacts"), t("failures.why"), t("log.when"), ""]} minWidth={620}>
            {items.map((event) => (
              <Table.Tr key={event.id}>
                <Table.Td>
                  <Button size="compact-sm" variant="subtle" onClick={() => setShown(event)}>
                    {event.kind}
                  </Button>
                </Table.Td>
                <Table.Td>
                  <ContactLink id={event.contactId} />
                </Table.Td>
                <Table.Td maw={280} className="breakable">
                  {event.failed}
                </Table.Td>
                <Table.Td>
                  <Moment at={event.at} />
                </Table.Td>
                <Table.Td ta="right">
                  <Button
                    size="compact-sm"
                    variant="default"
                    disabled={retry.isPending}
                    onClick={() => retry.mutate(event.id)}
                  >
                    {t("action.retry")}
                  </Button>
                </Table.Td>
              </Table.Tr>
            ))}
          </ListTable>
        )}
      </Listing>
      {shown === null ? null : (
        <Dialog title={shown.kind} size="lg" onClose={() => setShown(null)}>
          <JsonView label={t("failures.payload")} value={shown.payload} />
        </Dialog>
      )}
    </Stack>
  );
}

function Messages() {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const messages = usePages<MessageBody>("/messages", { status: ["failed", "uncertain"] }, { every: 15_000 });
  const retry = useMutation({
    mutationFn: (id: number) => api.send("POST", `/messages/${id}/retry`),
    onSettled: () => renew("/messages"),
  });
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {t("failures.messagesText")}
      </Text>
      {retry.error === null ? null : <ErrorNotice error={retry.error} />}
      <Listing list={messages} empty={<Text size="sm">{t("failures.noMessages")}</Text>}>
        {(items) => (
          <ListTable head={[t("log.what"), t("list.contacts"), t("failures.why"), t("log.when"), ""]} minWidth={620}>
            {items.map((message) => (
              <Table.Tr key={message.id}>
                <Table.Td maw={260}>
                  <Group gap="xs">
                    <Badge color={message.status === "failed" ? "red" : "yellow"} variant="light" tt="none">
                      {t(message.status === "failed" ? "inbox.status.failed" : "inbox.status.uncertain")}
                    </Badge>
                    <Text size="sm" lineClamp={2} className="breakable">
                      {typeof message.content.text === "string" ? message.content.text : t("inbox.media")}
                    </Text>
                  </Group>
                </Table.Td>
                <Table.Td>
                  <ContactLink id={message.contactId} />
                </Table.Td>
                <Table.Td maw={260} className="breakable">
                  {message.error ?? "—"}
                </Table.Td>
                <Table.Td>
                  <Moment at={message.createdAt} />
                </Table.Td>
                <Table.Td ta="right">
                  <Button
                    size="compact-sm"
                    variant="default"
                    disabled={retry.isPending}
                    onClick={() => retry.mutate(message.id)}
                  >
                    {t("action.retry")}
                  </Button>
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
