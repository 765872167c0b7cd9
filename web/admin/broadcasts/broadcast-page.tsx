import { Skeleton, Stack, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { BroadcastDetailBody } from "../../../src/http/contract/broadcasts.ts";
import { JsonView } from "../connections/json-view.tsx";
import { Page, Section, useApi } from "../layout/page.tsx";
import { useMayBuild } from "../layout/resource.ts";
import { ErrorNotice, leavesNothing } from "../layout/trouble.tsx";
import { fromBroadcast } from "./broadcast-draft.ts";
import { BroadcastLedger } from "./broadcast-ledger.tsx";
import { BroadcastStatus, isBeingCancelled } from "./broadcast-progress.tsx";
import { BroadcastReport } from "./broadcast-report.tsx";
import { BroadcastState } from "./broadcast-state.tsx";
import { EditDraft } from "./edit-draft.tsx";
import { MessagePreview } from "./message-fields.tsx";
import type { WhatDraft } from "./what-draft.ts";

/** The server's news come as things happen (`useLiveNews`); this is for what gets lost of them. */
const pollMs = { underWay: 5_000, atRest: 20_000 };

/** One broadcast: how far it is, what can be done with it, what came of it, and what became of each recipient. */
export function BroadcastPage() {
  const { t } = useTranslation();
  const api = useApi();
  const { id } = useParams({ from: "/w/$domain/broadcasts/$id" });
  const { data, error, refetch } = useQuery({
    queryKey: [api.domain, "broadcasts", id],
    queryFn: ({ signal }) => api.get<BroadcastDetailBody>(`/broadcasts/${id}`, {}, signal),
    refetchInterval: pollMs.underWay,
  });
  const isEnding = data !== undefined && isBeingCancelled(data);
  useRenewalAt(isEnding ? "ending" : data?.status, data?.recipients, id);
  const mayBuild = useMayBuild();
  const [isTyped, setTyped] = useState(false);
  if (leavesNothing(error, data)) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton h={300} />;
  const isUnderWay = data.status === "preparing" || data.status === "running" || isEnding;
  const every = isUnderWay ? pollMs.underWay : pollMs.atRest;
  return (
    <Page
      title={data.name}
      list={{ name: t("menu.broadcasts"), to: "/broadcasts" }}
      actions={<BroadcastStatus broadcast={data} />}
    >
      <Section title={t(data.status === "draft" ? "broadcasts.next" : "broadcasts.progress")}>
        <BroadcastState broadcast={data} isTyped={isTyped} every={every} />
      </Section>
      {data.status === "draft" || data.status === "scheduled" ? null : (
        <BroadcastReport broadcast={data} every={every} />
      )}
      {data.status === "draft" && mayBuild ? (
        <Section title={t("broadcasts.edit")}>
          <EditDraft key={data.id} broadcast={data} onTyped={setTyped} />
        </Section>
      ) : (
        <Section title={t("broadcasts.what")}>
          <What broadcast={data} />
        </Section>
      )}
      {data.status === "draft" ? null : (
        <Section title={t("broadcasts.recipients")}>
          <BroadcastLedger broadcast={data} every={every} />
        </Section>
      )}
    </Page>
  );
}

/**
 * What stands beside the broadcast is asked for again when it takes a step of its life, and when its own numbers change: "nobody got it" must not stand below "sent: 1".
 * While it is under way, a report that is being counted is counted to its end: of a million recipients that takes longer than it takes the numbers to change.
 */
function useRenewalAt(
  status: string | undefined,
  recipients: BroadcastDetailBody["recipients"] | undefined,
  id: string,
): void {
  const client = useQueryClient();
  const { domain } = useApi();
  const numbers = Object.values(recipients ?? {}).join();
  const isUnderWay = status === "preparing" || status === "running";
  // biome-ignore lint/correctness/useExhaustiveDependencies: the numbers say when, not what.
  useEffect(() => {
    if (status === undefined) return;
    const parts = new Set([`broadcasts/${id}/recipients`, `broadcasts/${id}/reasons`]);
    void client.invalidateQueries(
      {
        predicate: ({ queryKey: [of, what, which] }) =>
          of === domain && (parts.has(String(what)) || (what === "broadcast-report" && String(which) === id)),
      },
      { cancelRefetch: !isUnderWay },
    );
  }, [client, domain, id, status, numbers, isUnderWay]);
}

/** A message as it looks; anything else as the actions that it is; of several versions each. */
function What({ broadcast }: { readonly broadcast: BroadcastDetailBody }) {
  const { t } = useTranslation();
  const { what, variants } = fromBroadcast(broadcast);
  if (variants.length === 0) return <OneWhat what={what} actions={broadcast.actions} />;
  return variants.map(({ name, share, what: one }, index) => (
    <Stack key={name} gap="xs">
      <Text size="sm" fw={500}>
        {t("broadcasts.split.version", { name })}, {share} %
      </Text>
      <OneWhat what={one} actions={broadcast.split?.variants[index]?.actions ?? []} />
    </Stack>
  ));
}

function OneWhat({ what, actions }: { readonly what: WhatDraft; readonly actions: readonly unknown[] }) {
  const { t } = useTranslation();
  if (what.kind === "content") return <MessagePreview message={what.message} />;
  return <JsonView label={t("broadcasts.actions")} value={actions} />;
}
