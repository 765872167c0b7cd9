import { Button, Grid, Menu, Skeleton, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArrowMerge, IconDots, IconDownload, IconMessage, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { ContactBody } from "../../../src/http/contract/contacts.ts";
import { Page, useApi } from "../layout/page.tsx";
import { ErrorNotice, leavesNothing } from "../layout/trouble.tsx";
import { ContactDeals } from "../sales/contact-deals.tsx";
import { DeleteDialog } from "./delete-dialog.tsx";
import { FieldsCard } from "./fields-card.tsx";
import { HistoryCard } from "./history-card.tsx";
import { MarksCard } from "./marks-card.tsx";
import { MergeDialog } from "./merge-dialog.tsx";
import { nameOf } from "./name-of.ts";
import { NotesCard } from "./notes-card.tsx";
import { PositionsCard } from "./positions-card.tsx";
import { ProfileCard } from "./profile-card.tsx";
import { ScheduledCard } from "./scheduled-card.tsx";
import { SequencesCard } from "./sequences-card.tsx";
import { ShopCard } from "./shop-card.tsx";
import { useProfileView } from "./use-profile-view.ts";

/** One contact: who it is, where it stands and why, and everything that can be done with it. */
export function ContactPage() {
  const { t } = useTranslation();
  const api = useApi();
  const { id } = useParams({ from: "/w/$domain/contacts/$id" });
  useProfileView(id);
  const { data, error, refetch } = useQuery({
    queryKey: [api.domain, "contact", id],
    queryFn: ({ signal }) => api.get<ContactBody>(`/contacts/${id}`, {}, signal),
    refetchInterval: 5_000,
  });
  if (leavesNothing(error, data)) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton h={400} />;
  return (
    <Page
      title={nameOf(t, data)}
      list={{ name: t("nav.contacts"), to: "/contacts" }}
      actions={<Actions contact={data} />}
    >
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Stack gap="lg">
            <PositionsCard contact={data} />
            <ContactDeals id={id} />
            <SequencesCard id={id} />
            <MarksCard contact={data} />
            <ProfileCard key={id} contact={data} />
            <FieldsCard key={`fields ${id}`} contact={data} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Stack gap="lg">
            <ScheduledCard id={id} />
            <NotesCard id={id} />
            <ShopCard id={id} />
            <HistoryCard id={id} />
          </Stack>
        </Grid.Col>
      </Grid>
    </Page>
  );
}

function Actions({ contact }: { readonly contact: ContactBody }) {
  const { t } = useTranslation();
  const api = useApi();
  const [isMerging, merging] = useDisclosure(false);
  const [isDeleting, deleting] = useDisclosure(false);
  // The browser saves it itself: the header that names the workspace is not to be had then.
  const data = `/api/v1/contacts/${contact.id}/data?workspace=${encodeURIComponent(api.domain)}`;
  return (
    <>
      <Button
        component={Link}
        to={`/w/${api.domain}/inbox?contact=${contact.id}`}
        variant="default"
        leftSection={<IconMessage size={16} />}
      >
        {t("contactCard.conversation")}
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" px="xs" aria-label={t("contactCard.more")}>
            <IconDots size={16} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconArrowMerge size={16} />} onClick={merging.open}>
            {t("contactCard.merge")}
          </Menu.Item>
          <Menu.Item
            component="a"
            href={data}
            download={`contact-${contact.id}.json`}
            leftSection={<IconDownload size={16} />}
          >
            {t("contactCard.export")}
          </Menu.Item>
          <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={deleting.open}>
            {t("contactCard.delete")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <MergeDialog contact={contact} isOpen={isMerging} onClose={merging.close} />
      <DeleteDialog contact={contact} isOpen={isDeleting} onClose={deleting.close} />
    </>
  );
}
