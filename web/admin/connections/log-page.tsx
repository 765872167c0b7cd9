import { Anchor, Badge, Button, Group, Select, Stack, Table, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { IntegrationCallBody } from "../../../src/http/contract/events.ts";
import type { IntegrationBody } from "../../../src/http/contract/integrations.ts";
import { Dialog } from "../layout/dialog.tsx";
import { Listing, ListTable } from "../layout/listing.tsx";
import { Moment } from "../layout/moment.tsx";
import { EmptyState, Page, useApi } from "../layout/page.tsx";
import { useList, useMayChange, usePages, useRenew } from "../layout/resource.ts";
import { RetryAll } from "../layout/retry-all.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { JsonView } from "./json-view.tsx";
import type { LogFilter } from "./log-filter.ts";

/** Every call between this server and other systems. The filter stands in the address. */
export function LogPage() {
  const { t } = useTranslation();
  const filter = useSearch({ from: "/w/$domain/settings/log" });
  const navigate = useNavigate({ from: "/w/$domain/settings/log" });
  const { domain } = useParams({ from: "/w/$domain" });
  const [shown, setShown] = useState<IntegrationCallBody | null>(null);
  const { from, to, ...rest } = filter;
  const calls = usePages<IntegrationCallBody>(
    "/integration-log",
    { ...rest, from: toInstant(from), to: toInstant(to) },
    { every: 10_000 },
  );
  const mayChange = useMayChange();
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <Page title={t("menu.log")}>
      <Filters
        filter={filter}
        onChange={(change) => {
          const entries = Object.entries({ ...filter, ...change }).filter(([, value]) => value !== undefined);
          void navigate({ search: Object.fromEntries(entries), replace: true });
        }}
      />
      {mayChange && isOfAllFailures(filter) ? (
        <RetryAll
          path="/integration-log/retry"
          body={filter.integrationId === undefined ? {} : { integrationId: filter.integrationId }}
          list="/integration-log"
          hasAny={calls.items?.some(({ canRetry }) => canRetry) === true}
          title={t("retryAll.calls")}
          effect={t("retryAll.callsEffect")}
        />
      ) : null}
      <Listing
        list={calls}
        empty={
          isFiltered ? (
            <Text size="sm">{t("log.nothing")}</Text>
          ) : (
            <EmptyState
              title={t("log.empty.title")}
              text={t("log.empty.text")}
              action={
                <Anchor size="sm" component={Link} to={`/w/${domain}/settings/webhooks`}>
                  {t("log.empty.webhooks")}
                </Anchor>
              }
            />
          )
        }
      >
        {(items) => <Calls calls={items} onOpen={setShown} />}
      </Listing>
      {shown === null ? null : <Call call={shown} onClose={() => setShown(null)} />}
    </Page>
  );
}

/** Those that are shown are those that would all be tried again. */
const isOfAllFailures = ({ ok, contact, from, to }: LogFilter) =>
  ok === "false" && [contact, from, to].every((one) => one === undefined);

/** Days are those of whoever looks. */
function toInstant(local: string | undefined): string | undefined {
  const at = local === undefined ? undefined : new Date(local);
  return at === undefined || Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

function Filters({ filter, onChange }: { readonly filter: LogFilter; readonly onChange: (change: LogFilter) => void }) {
  const { t } = useTranslation();
  const integrations = useList<IntegrationBody>("/integrations").items ?? [];
  const text = (value: string) => (value === "" ? undefined : value);
  return (
    <Group align="flex-end" gap="sm">
      <TextInput
        w={160}
        label={t("log.contact")}
        inputMode="numeric"
        value={filter.contact ?? ""}
        onChange={({ currentTarget }) => {
          const contact = Number(currentTarget.value.replaceAll(/\D/g, ""));
          onChange({ contact: contact === 0 ? undefined : contact });
        }}
      />
      <Select
        w={180}
        label={t("log.which")}
        clearable
        placeholder={t("list.all")}
        data={integrations.map(({ id, name }) => ({ value: String(id), label: name }))}
        value={filter.integrationId === undefined ? null : String(filter.integrationId)}
        onChange={(id) => onChange({ integrationId: id === null ? undefined : Number(id) })}
      />
      <Select
        w={140}
        label={t("log.outcome")}
        clearable
        placeholder={t("list.all")}
        data={[
          { value: "true", label: t("log.ok") },
          { value: "false", label: t("log.failed") },
        ]}
        value={filter.ok ?? null}
        onChange={(ok) => onChange({ ok: ok === "true" || ok === "false" ? ok : undefined })}
      />
      {(["from", "to"] as const).map((end) => (
        <TextInput
          key={end}
          w={210}
          type="datetime-local"
          label={t(`log.${end}`)}
          value={filter[end] ?? ""}
          onChange={({ currentTarget }) => onChange({ [end]: text(currentTarget.value) })}
        />
      ))}
    </Group>
  );
}

function Calls({
  calls,
  onOpen,
}: {
  readonly calls: readonly IntegrationCallBody[];
  readonly onOpen: (call: IntegrationCallBody) => void;
}) {
  const { t } = useTranslation();
  return (
    <ListTable head={[t("log.what"), t("log.which"), t("log.outcome"), t("log.when")]} minWidth={620}>
      {calls.map((call) => (
        <Table.Tr key={call.id}>
          <Table.Td maw={360}>
            <Anchor
              component="button"
              type="button"
              size="sm"
              ta="left"
              className="breakable"
              onClick={() => onOpen(call)}
            >
              {call.summary}
            </Anchor>
          </Table.Td>
          <Table.Td>
            {call.integration} · {t(`log.${call.direction}`)}
          </Table.Td>
          <Table.Td>
            <Outcome ok={call.ok} />
          </Table.Td>
          <Table.Td>
            <Moment at={call.createdAt} />
          </Table.Td>
        </Table.Tr>
      ))}
    </ListTable>
  );
}

function Outcome({ ok }: { readonly ok: boolean }) {
  const { t } = useTranslation();
  return (
    <Badge color={ok ? "teal" : "red"} variant="light" tt="none">
      {t(ok ? "log.ok" : "log.failed")}
    </Badge>
  );
}

function Call({ call, onClose }: { readonly call: IntegrationCallBody; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const mayChange = useMayChange();
  const { domain } = useParams({ from: "/w/$domain" });
  const retry = useMutation({
    mutationFn: () => api.send("POST", `/integration-log/${call.id}/retry`),
    onSettled: () => renew("/integration-log"),
  });
  const isRetried = call.retriedAt !== null || retry.isSuccess;
  return (
    <Dialog title={call.summary} size="lg" onClose={onClose}>
      <Stack>
        <Group gap="sm">
          <Outcome ok={call.ok} />
          <Text size="sm">
            {call.integration} · {t(`log.${call.direction}`)} · {t("log.attempt", { attempt: call.attempt })} ·{" "}
            {t("log.took", { ms: call.durationMs })} · <Moment at={call.createdAt} />
          </Text>
          {call.contactId === null ? null : (
            <Anchor size="sm" component={Link} to={`/w/${domain}/contacts/${call.contactId}`}>
              {t("contact.number", { id: call.contactId })}
            </Anchor>
          )}
        </Group>
        <JsonView label={t("log.request")} value={call.request} />
        <JsonView label={t("log.response")} value={call.response} />
        {retry.error === null ? null : <ErrorNotice error={retry.error} />}
        {isRetried ? (
          <Text size="sm" role="status">
            {t("log.retried")}
          </Text>
        ) : null}
        {call.canRetry && !isRetried && mayChange ? (
          <Group justify="flex-end">
            <Button loading={retry.isPending} onClick={() => retry.mutate()}>
              {t("log.retry")}
            </Button>
          </Group>
        ) : null}
      </Stack>
    </Dialog>
  );
}
