import { Badge, Button, Group, Paper, Skeleton, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ContactBody } from "../../../src/http/contract/contacts.ts";
import { Moment } from "../layout/moment.tsx";
import { EmptyState, Page, useApi } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { nameOf } from "./name-of.ts";

interface ContactsOfPage {
  readonly data: readonly ContactBody[];
  readonly nextCursor: string | null;
}

export function ContactsPage() {
  const { t } = useTranslation();
  const api = useApi();
  const search = useSearch({ from: "/w/$domain/contacts" });
  const navigate = useNavigate({ from: "/w/$domain/contacts" });
  const [text, setText] = useState(search.q ?? "");
  const [q] = useDebouncedValue(text.trim(), 250);
  const { tag } = search;
  useEffect(() => {
    void navigate({ search: { ...(q === "" ? {} : { q }), ...(tag === undefined ? {} : { tag }) }, replace: true });
  }, [q, tag, navigate]);
  const query = useInfiniteQuery({
    queryKey: [api.domain, "contacts", q, tag],
    queryFn: ({ pageParam, signal }) =>
      api.get<ContactsOfPage>("/contacts", { q, tag, cursor: pageParam, limit: 50 }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const contacts = query.data?.pages.flatMap(({ data }) => data) ?? [];
  const isFiltered = q !== "" || tag !== undefined;
  return (
    <Page title={t("nav.contacts")}>
      <Group>
        <TextInput
          w={{ base: "100%", sm: 340 }}
          type="search"
          aria-label={t("contacts.search")}
          placeholder={t("contacts.search")}
          leftSection={<IconSearch size={16} />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {tag === undefined ? null : (
          <Button variant="light" size="xs" onClick={() => void navigate({ search: q === "" ? {} : { q } })}>
            {t("contacts.withTag", { tag })} ✕
          </Button>
        )}
      </Group>
      {query.error === null ? null : <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && query.error === null ? <Skeleton h={300} /> : null}
      {query.isSuccess && contacts.length === 0 ? (
        <EmptyState
          title={t(isFiltered ? "contacts.none.title" : "contacts.empty.title")}
          text={t(isFiltered ? "contacts.none.text" : "contacts.empty.text")}
        />
      ) : null}
      {contacts.length > 0 ? <ContactTable contacts={contacts} /> : null}
      {query.hasNextPage ? (
        <Group justify="center">
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t("action.more")}
          </Button>
        </Group>
      ) : null}
    </Page>
  );
}

function ContactTable({ contacts }: { readonly contacts: readonly ContactBody[] }) {
  const { t } = useTranslation();
  const { domain } = useParams({ from: "/w/$domain" });
  return (
    <Paper withBorder radius="lg">
      <Table.ScrollContainer minWidth={640}>
        <Table verticalSpacing="sm" horizontalSpacing="md">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("field.name")}</Table.Th>
              <Table.Th>{t("field.email")}</Table.Th>
              <Table.Th>{t("field.phone")}</Table.Th>
              <Table.Th>{t("nav.tags")}</Table.Th>
              <Table.Th>{t("contacts.lastInbound")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {contacts.map((contact) => (
              <Table.Tr key={contact.id}>
                <Table.Td maw={240} className="cut">
                  <Link to="/w/$domain/contacts/$id" params={{ domain, id: String(contact.id) }} className="row-link">
                    <Text span size="sm" fw={600}>
                      {nameOf(t, contact)}
                    </Text>
                  </Link>
                </Table.Td>
                <Table.Td maw={220} className="cut">
                  {contact.email ?? "—"}
                </Table.Td>
                <Table.Td>{contact.phone ?? "—"}</Table.Td>
                <Table.Td>
                  <Group gap={4}>
                    {contact.tags.slice(0, 4).map((tag) => (
                      <Badge key={tag} variant="light" tt="none" size="sm">
                        {tag}
                      </Badge>
                    ))}
                    {contact.tags.length > 4 ? <Text size="xs">+{contact.tags.length - 4}</Text> : null}
                  </Group>
                </Table.Td>
                <Table.Td>
                  <Moment at={contact.lastInboundAt} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}
