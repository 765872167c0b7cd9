import { Anchor, Button, Stack, Table, Text } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type { customEventEntrySchema, customEventSchema } from "../../../src/http/contract/conversations.ts";
import { Dialog } from "../layout/dialog.tsx";
import { Listing, ListTable } from "../layout/listing.tsx";
import { Moment } from "../layout/moment.tsx";
import { EmptyState, Page } from "../layout/page.tsx";
import { useList, usePages } from "../layout/resource.ts";

type CustomEvent = z.infer<typeof customEventSchema>;
type Entry = z.infer<typeof customEventEntrySchema>;

/** What flows and doors logged of contacts. */
export function CustomEventsPage() {
  const { t } = useTranslation();
  const events = useList<CustomEvent>("/custom-events");
  const [shown, setShown] = useState<CustomEvent | null>(null);
  return (
    <Page title={t("menu.customEvents")}>
      <Listing
        list={events}
        empty={<EmptyState title={t("customEvents.empty.title")} text={t("customEvents.empty.text")} />}
      >
        {(items) => (
          <ListTable head={[t("list.name"), t("list.created"), ""]} minWidth={400}>
            {items.map((event) => (
              <Table.Tr key={event.id}>
                <Table.Td fw={600}>{event.name}</Table.Td>
                <Table.Td>
                  <Moment at={event.createdAt} />
                </Table.Td>
                <Table.Td ta="right">
                  <Button size="compact-sm" variant="default" onClick={() => setShown(event)}>
                    {t("customEvents.entries")}
                  </Button>
                </Table.Td>
              </Table.Tr>
            ))}
          </ListTable>
        )}
      </Listing>
      {shown === null ? null : (
        <Dialog title={shown.name} size="lg" onClose={() => setShown(null)}>
          <Entries id={shown.id} />
        </Dialog>
      )}
    </Page>
  );
}

function Entries({ id }: { readonly id: number }) {
  const { t } = useTranslation();
  const { domain } = useParams({ from: "/w/$domain" });
  const entries = usePages<Entry>(`/custom-events/${id}/entries`);
  const head = [t("list.contacts"), t("customEvents.text"), t("customEvents.price"), t("customEvents.number"), ""];
  return (
    <Stack>
      <Listing list={entries} empty={<Text size="sm">{t("customEvents.none")}</Text>}>
        {(items) => (
          <ListTable head={head} minWidth={460}>
            {items.map((entry) => (
              <Table.Tr key={entry.id}>
                <Table.Td>
                  <Anchor size="sm" component={Link} to={`/w/${domain}/contacts/${entry.contactId}`}>
                    {t("contact.number", { id: entry.contactId })}
                  </Anchor>
                </Table.Td>
                <Table.Td className="breakable">{entry.text ?? ""}</Table.Td>
                <Table.Td>{entry.price ?? ""}</Table.Td>
                <Table.Td>{entry.number ?? ""}</Table.Td>
                <Table.Td>
                  <Moment at={entry.createdAt} />
                </Table.Td>
              </Table.Tr>
            ))}
          </ListTable>
        )}
      </Listing>
    </Stack>
  );
}
