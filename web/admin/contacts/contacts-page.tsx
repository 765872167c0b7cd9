import { Button, Group, Loader, Select, Skeleton, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconDownload, IconSearch, IconUpload } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ContactRowBody } from "../../../src/http/contract/contact-lists.ts";
import { ApiError } from "../api.ts";
import { EmptyState, Page, useApi } from "../layout/page.tsx";
import { ErrorNotice, leavesNothing } from "../layout/trouble.tsx";
import { ColumnMenu } from "./column-menu.tsx";
import { type Column, useColumns } from "./columns.tsx";
import { CountLine } from "./contact-count.tsx";
import { type ContactFilter, type ContactOrder, contactOrders, isFiltered, toAsk } from "./contact-filter.ts";
import { ContactTable } from "./contact-table.tsx";
import { SegmentBar } from "./segment-bar.tsx";
import { nobody, type Selection } from "./selection.ts";
import { SelectionBar } from "./selection-bar.tsx";
import { useContactCount } from "./use-count.ts";

interface ContactsOfPage {
  readonly data: readonly ContactRowBody[];
  readonly nextCursor: string | null;
}

const pageSize = 100;

/** All contacts of the workspace: found, filtered, chosen, and what is to be done with those. */
export function ContactsPage() {
  const { t } = useTranslation();
  const filter = useSearch({ from: "/w/$domain/contacts" });
  const navigate = useNavigate({ from: "/w/$domain/contacts" });
  const change = useCallback((next: ContactFilter) => void navigate({ search: next, replace: true }), [navigate]);
  const [selection, setSelection] = useState<Selection>(nobody);
  const [columns, setColumns] = useColumns();
  const count = useContactCount(toAsk(filter));
  const { q, order, ...rest } = filter;
  const isBadCondition = count.error instanceof ApiError && count.error.code === "segment.bad_condition";
  const asked = JSON.stringify(toAsk(filter));
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was chosen was chosen among others.
  useEffect(() => setSelection(nobody), [asked]);
  return (
    <Page title={t("nav.contacts")} actions={<PageActions filter={filter} columns={columns} />}>
      <SegmentBar
        filter={filter}
        error={isBadCondition ? count.error : undefined}
        onChange={(next) =>
          change({ ...(q === undefined ? {} : { q }), ...(order === undefined ? {} : { order }), ...next })
        }
      />
      <Group>
        <SearchInput
          q={q}
          onChange={(next) =>
            change({ ...rest, ...(order === undefined ? {} : { order }), ...(next === "" ? {} : { q: next }) })
          }
        />
        <Select
          w={180}
          aria-label={t("contactList.order")}
          data={contactOrders.map((one) => ({ value: one, label: t(`contactList.orders.${one}`) }))}
          value={order ?? "newest"}
          allowDeselect={false}
          onChange={(next) => next !== null && change({ ...filter, order: next as ContactOrder })}
        />
        <ColumnMenu chosen={columns} onChange={setColumns} />
      </Group>
      <CountLine {...count} />
      <SelectionBar filter={filter} selection={selection} total={count} onChange={setSelection} />
      <Found filter={filter} columns={columns} selection={selection} onSelect={setSelection} />
    </Page>
  );
}

/** The ways in and out by file. What is exported is what is shown: the filter's contacts, the chosen columns. */
function PageActions({ filter, columns }: { readonly filter: ContactFilter; readonly columns: readonly Column[] }) {
  const { t } = useTranslation();
  const api = useApi();
  const { q, segment, condition } = toAsk(filter);
  const query = new URLSearchParams({
    workspace: api.domain,
    columns: ["cuid", "name", ...columns.map(({ key }) => key).filter((key) => key !== "cuid")].join(","),
    ...(q === undefined ? {} : { q }),
    ...(segment === undefined ? {} : { segment: String(segment) }),
    ...(condition === undefined ? {} : { condition: JSON.stringify(condition) }),
  });
  return (
    <>
      <Button
        component="a"
        href={`/api/v1/contacts/export.csv?${query}`}
        download="contacts.csv"
        variant="default"
        leftSection={<IconDownload size={16} />}
      >
        {t("imports.export")}
      </Button>
      <Button
        component={Link}
        to={`/w/${api.domain}/contacts/import`}
        variant="default"
        leftSection={<IconUpload size={16} />}
      >
        {t("imports.open")}
      </Button>
    </>
  );
}

function SearchInput({ q, onChange }: { readonly q: string | undefined; readonly onChange: (q: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(q ?? "");
  const [typed] = useDebouncedValue(text.trim(), 250);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed changes the address.
  useEffect(() => {
    if (typed !== (q ?? "")) onChange(typed);
  }, [typed]);
  return (
    <TextInput
      w={{ base: "100%", sm: 340 }}
      type="search"
      aria-label={t("contacts.search")}
      placeholder={t("contacts.search")}
      leftSection={<IconSearch size={16} />}
      value={text}
      onChange={({ currentTarget }) => setText(currentTarget.value)}
    />
  );
}

function Found({
  filter,
  columns,
  selection,
  onSelect,
}: {
  readonly filter: ContactFilter;
  readonly columns: ReturnType<typeof useColumns>[0];
  readonly selection: Selection;
  readonly onSelect: (selection: Selection) => void;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const ask = toAsk(filter);
  const order = filter.order ?? "newest";
  const query = useInfiniteQuery({
    queryKey: [api.domain, "contacts", ask, order],
    queryFn: ({ pageParam, signal }) =>
      api.ask<ContactsOfPage>(
        "/contacts/search",
        { ...ask, order, limit: pageSize, ...(pageParam === undefined ? {} : { cursor: pageParam }) },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const contacts = useMemo(() => query.data?.pages.flatMap(({ data }) => data) ?? [], [query.data]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  // Where each contact has to be looked at, a page may come with few or nobody in it: the next one is asked for until the first screen is full.
  const isLookingOn = hasNextPage && contacts.length < pageSize && query.error === null;
  useEffect(() => {
    if (isLookingOn && !isFetchingNextPage) void fetchNextPage();
  }, [isLookingOn, isFetchingNextPage, fetchNextPage]);
  const loadMore = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [isFetchingNextPage, fetchNextPage]);
  const isBadCondition = query.error instanceof ApiError && query.error.code === "segment.bad_condition";
  if (!isBadCondition && leavesNothing(query.error, query.data)) {
    return <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />;
  }
  if (query.isPending && query.error === null) return <Skeleton h={300} />;
  if (contacts.length === 0 && isLookingOn) {
    return <Loader size="sm" m="sm" role="status" aria-label={t("contactList.loading")} />;
  }
  if (contacts.length === 0) {
    const word = isFiltered(filter) ? "none" : "empty";
    return query.isSuccess ? (
      <EmptyState title={t(`contacts.${word}.title`)} text={t(`contacts.${word}.text`)} />
    ) : null;
  }
  return (
    <ContactTable
      contacts={contacts}
      columns={columns}
      selection={selection}
      onSelect={onSelect}
      hasMore={hasNextPage}
      loadMore={loadMore}
    />
  );
}
