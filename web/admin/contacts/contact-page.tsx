import { Badge, Button, Grid, Group, Skeleton, Stack, Table, TagsInput, Text } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type { ContactBody, positionSchema } from "../../../src/http/contract/contacts.ts";
import type { EventBody } from "../../../src/http/contract/events.ts";
import { Moment } from "../layout/moment.tsx";
import { Page, Section, useApi } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { ContactDeals } from "../sales/contact-deals.tsx";
import { History } from "./history.tsx";
import { nameOf } from "./name-of.ts";
import { useProfileView } from "./use-profile-view.ts";

type Position = z.infer<typeof positionSchema>;

/** One contact: who it is, where it stands and why. */
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
  if (error !== null) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton h={400} />;
  return (
    <Page title={nameOf(t, data)}>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack gap="lg">
            <Profile contact={data} />
            <Positions id={id} />
            <ContactDeals id={id} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Section title={t("contact.history")}>
            <ContactHistory id={id} />
          </Section>
        </Grid.Col>
      </Grid>
    </Page>
  );
}

function Profile({ contact }: { readonly contact: ContactBody }) {
  const { t } = useTranslation();
  const rows: readonly (readonly [string, string | null])[] = [
    [t("field.email"), contact.email],
    [t("field.phone"), contact.phone],
    [t("field.language"), contact.language],
    [t("field.timeZone"), contact.timeZone],
    [t("field.externalId"), contact.clientExternalId],
    ["cuid", contact.cuid],
    ...Object.entries(contact.utm).map(([key, value]) => [key, value] as const),
    ...Object.entries(contact.fields).map(([key, value]) => [key, showValue(value)] as const),
  ];
  const marks = [
    ...(contact.optedOutAt === null ? [] : [t("contact.optedOut")]),
    ...(contact.bannedAt === null ? [] : [t("contact.banned")]),
  ];
  return (
    <Section title={t("contact.profile")}>
      {marks.length === 0 ? null : (
        <Group gap="xs">
          {marks.map((mark) => (
            <Badge key={mark} color="red" variant="light">
              {mark}
            </Badge>
          ))}
        </Group>
      )}
      <Table layout="fixed">
        <Table.Tbody>
          {rows
            .filter(([, value]) => value !== null)
            .map(([label, value]) => (
              <Table.Tr key={label}>
                <Table.Th w="40%" fw={500}>
                  {label}
                </Table.Th>
                <Table.Td style={{ overflowWrap: "anywhere" }}>{value}</Table.Td>
              </Table.Tr>
            ))}
        </Table.Tbody>
      </Table>
      <TagEditor contact={contact} />
      <Stack gap={4}>
        <Text size="sm" fw={500}>
          {t("contact.channels")}
        </Text>
        {contact.channels.map(({ channelId, kind, externalId, username, status }) => (
          <Group key={`${channelId} ${externalId}`} gap="xs">
            <Badge variant="default" tt="none">
              {kind}
            </Badge>
            <Text size="sm" c="dimmed" className="cut">
              {username ?? externalId}
            </Text>
            {status === "blocked" ? <Badge color="red">{t("contact.blocked")}</Badge> : null}
          </Group>
        ))}
      </Stack>
    </Section>
  );
}

function showValue(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Adds and removes tags at once, through the same actions as everybody else. */
function TagEditor({ contact }: { readonly contact: ContactBody }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const tags = useQuery({
    queryKey: [api.domain, "tags"],
    queryFn: ({ signal }) => api.get<{ data: { name: string }[] }>("/tags", {}, signal),
  });
  const change = useMutation({
    mutationFn: async (next: readonly string[]) => {
      const added = next.filter((tag) => !contact.tags.includes(tag));
      const removed = contact.tags.filter((tag) => !next.includes(tag));
      const actions = [
        ...added.map((tag) => ({ action: "add_tag", args: { tag } })),
        ...removed.map((tag) => ({ action: "remove_tag", args: { tag } })),
      ];
      if (actions.length > 0) await api.send("POST", `/contacts/${contact.id}/actions`, { actions });
    },
    onSettled: () => client.invalidateQueries({ queryKey: [api.domain] }),
  });
  return (
    <Stack gap="xs">
      <TagsInput
        label={t("nav.tags")}
        data={tags.data?.data.map(({ name }) => name) ?? []}
        value={change.isPending ? [...(change.variables ?? [])] : [...contact.tags]}
        onChange={(next) => change.mutate(next)}
        placeholder={t("contact.addTag")}
      />
      {change.error === null ? null : <ErrorNotice error={change.error} />}
    </Stack>
  );
}

function Positions({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const { data } = useQuery({
    queryKey: [api.domain, "contact", id, "positions"],
    queryFn: ({ signal }) => api.get<{ data: Position[] }>(`/contacts/${id}/positions`, {}, signal),
    refetchInterval: 5_000,
  });
  const stop = useMutation({
    mutationFn: (flow: string) => api.send("POST", `/contacts/${id}/actions`, { action: "stop_flow", args: { flow } }),
    onSettled: () => client.invalidateQueries({ queryKey: [api.domain, "contact", id] }),
  });
  if (data === undefined) return <Skeleton h={80} />;
  return (
    <Section title={t("contact.positions")}>
      {data.data.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t("contact.nowhere")}
        </Text>
      ) : null}
      {data.data.map(({ flow, step, waitsFor, wakeAt, enteredAt }) => (
        <Group key={`${flow} ${step}`} justify="space-between" wrap="nowrap" align="flex-start">
          <Stack gap={0} miw={0}>
            <Text size="sm" fw={600} className="cut">
              {flow} / {step}
            </Text>
            <Text size="sm" c="dimmed">
              {t("contact.waits", { what: waitsFor })} · <Moment at={enteredAt} />
              {wakeAt === null ? null : (
                <>
                  {" → "}
                  <Moment at={wakeAt} />
                </>
              )}
            </Text>
          </Stack>
          <Button size="compact-xs" variant="default" loading={stop.isPending} onClick={() => stop.mutate(flow)}>
            {t("contact.stop")}
          </Button>
        </Group>
      ))}
      {stop.error === null ? null : <ErrorNotice error={stop.error} />}
    </Section>
  );
}

function ContactHistory({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const api = useApi();
  const query = useInfiniteQuery({
    queryKey: [api.domain, "contact", id, "events"],
    queryFn: ({ pageParam, signal }) =>
      api.get<{ data: EventBody[]; nextCursor: string | null }>(
        `/contacts/${id}/events`,
        { cursor: pageParam, limit: 25 },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    refetchInterval: 5_000,
  });
  if (query.error !== null) return <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return <Skeleton h={200} />;
  return (
    <Stack>
      <History events={query.data.pages.flatMap(({ data }) => data)} />
      {query.hasNextPage ? (
        <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t("action.more")}
        </Button>
      ) : null}
    </Stack>
  );
}
