import { Anchor, Button, Group, SegmentedControl, Skeleton, Stack, Table, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type { BroadcastBody, recipientSchema } from "../../../src/http/contract/broadcasts.ts";
import { recipientStatuses } from "../../../src/model/broadcast.ts";
import { JsonView } from "../connections/json-view.tsx";
import { DeleteButton } from "../layout/delete-button.tsx";
import { Listing, ListTable } from "../layout/listing.tsx";
import { Moment } from "../layout/moment.tsx";
import { Page, Section, useApi } from "../layout/page.tsx";
import { useMayBuild, usePages, useRenew } from "../layout/resource.ts";
import { ErrorNotice } from "../layout/trouble.tsx";
import { BroadcastProgress, BroadcastStatus } from "./broadcast-progress.tsx";

type Recipient = z.infer<typeof recipientSchema>;
type Step = "start" | "pause" | "resume" | "cancel";

/** What can be done with a broadcast in each of its states. */
const stepsOf: Readonly<Record<BroadcastBody["status"], readonly Step[]>> = {
  draft: ["start"],
  scheduled: ["pause", "cancel"],
  preparing: ["pause", "cancel"],
  running: ["pause", "cancel"],
  paused: ["resume", "cancel"],
  finished: [],
  cancelled: [],
};

/** One broadcast: how far it is, what can be done with it, and what became of each recipient. */
export function BroadcastPage() {
  const { t } = useTranslation();
  const api = useApi();
  const { id } = useParams({ from: "/w/$domain/broadcasts/$id" });
  const { data, error, refetch } = useQuery({
    queryKey: [api.domain, "broadcasts", id],
    queryFn: ({ signal }) => api.get<BroadcastBody>(`/broadcasts/${id}`, {}, signal),
    refetchInterval: 1_500,
  });
  if (error !== null) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton h={300} />;
  return (
    <Page title={data.name} actions={<BroadcastStatus status={data.status} />}>
      <Section title={t("broadcasts.progress")}>
        <State broadcast={data} />
      </Section>
      <Section title={t("broadcasts.what")}>
        <JsonView label={t("broadcasts.actions")} value={data.actions} />
      </Section>
      <Section title={t("broadcasts.recipients")}>
        <Recipients broadcast={data} />
      </Section>
    </Page>
  );
}

function State({ broadcast }: { readonly broadcast: BroadcastBody }) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const navigate = useNavigate();
  const mayBuild = useMayBuild();
  const { id, status, startAt, expectedEnd } = broadcast;
  const move = useMutation({
    mutationFn: (step: Step) => api.send("POST", `/broadcasts/${id}/${step}`),
    onSettled: () => renew("/broadcasts"),
  });
  const isOver = status === "finished" || status === "cancelled" || status === "draft";
  return (
    <Stack>
      <BroadcastProgress broadcast={broadcast} />
      {startAt === null ? null : (
        <Text size="sm">
          {t("broadcasts.startAt")}: <Moment at={startAt} />
        </Text>
      )}
      {expectedEnd === null ? null : (
        <Text size="sm">
          {t("broadcasts.expectedEnd")}: <Moment at={expectedEnd} />
        </Text>
      )}
      {move.error === null ? null : <ErrorNotice error={move.error} />}
      {mayBuild ? (
        <Group gap="sm">
          {stepsOf[status].map((step) => (
            <Button
              key={step}
              variant={step === "start" || step === "resume" ? "filled" : "default"}
              loading={move.isPending}
              onClick={() => move.mutate(step)}
            >
              {t(`broadcasts.step.${step}`)}
            </Button>
          ))}
          {isOver ? (
            <DeleteButton
              isLabelled
              name={broadcast.name}
              loss={t("broadcasts.loss")}
              onDelete={async () => {
                await api.send("DELETE", `/broadcasts/${id}`);
                await navigate({ to: `/w/${api.domain}/broadcasts` });
                await renew("/broadcasts");
              }}
            />
          ) : null}
        </Group>
      ) : null}
    </Stack>
  );
}

function Recipients({ broadcast }: { readonly broadcast: BroadcastBody }) {
  const { t } = useTranslation();
  const { domain } = useParams({ from: "/w/$domain" });
  const [status, setStatus] = useState("");
  const recipients = usePages<Recipient>(`/broadcasts/${broadcast.id}/recipients`, { status }, { every: 3_000 });
  return (
    <Stack gap="sm">
      <SegmentedControl
        size="xs"
        aria-label={t("list.state")}
        data={[
          { value: "", label: t("list.all") },
          ...recipientStatuses.map((one) => ({
            value: one,
            label: `${t(`broadcasts.recipient.${one}`)}: ${broadcast.recipients[one]}`,
          })),
        ]}
        value={status}
        onChange={setStatus}
        style={{ flexWrap: "wrap" }}
      />
      <Listing list={recipients} empty={<Text size="sm">{t("broadcasts.nobody")}</Text>}>
        {(items) => (
          <ListTable head={[t("list.contacts"), t("list.state"), t("broadcasts.reason"), t("log.when")]} minWidth={480}>
            {items.map((recipient) => (
              <Table.Tr key={recipient.contactId}>
                <Table.Td>
                  <Anchor size="sm" component={Link} to={`/w/${domain}/contacts/${recipient.contactId}`}>
                    {t("contact.number", { id: recipient.contactId })}
                  </Anchor>
                </Table.Td>
                <Table.Td>{t(`broadcasts.recipient.${recipient.status}`)}</Table.Td>
                <Table.Td className="breakable">{recipient.reason ?? ""}</Table.Td>
                <Table.Td>
                  <Moment at={recipient.at} />
                </Table.Td>
              </Table.Tr>
            ))}
          </ListTable>
        )}
      </Listing>
    </Stack>
  );
}
