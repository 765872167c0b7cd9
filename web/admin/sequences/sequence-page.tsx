import { Group, Skeleton, Tabs, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SequenceDetailBody, SequenceNumbersBody } from "../../../src/http/contract/sequences.ts";
import { CopyText } from "../layout/copy-field.tsx";
import { DeleteButton } from "../layout/delete-button.tsx";
import { Page, useApi } from "../layout/page.tsx";
import { useMayBuild, useRenew } from "../layout/resource.ts";
import { ErrorNotice } from "../layout/trouble.tsx";
import { EditSequence, PeriodChoice } from "./edit-sequence.tsx";
import { Subscribers } from "./subscribers.tsx";

const totals = ["subscribed", "finished", "unsubscribed", "replied"] as const;

/** One sequence: its steps with what came of each, its settings, and who is inside. */
export function SequencePage() {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const navigate = useNavigate();
  const mayBuild = useMayBuild();
  const { ref } = useParams({ from: "/w/$domain/sequences/$ref" });
  const [days, setDays] = useState(30);
  const { data, error, refetch } = useQuery({
    queryKey: [api.domain, "sequences", ref],
    queryFn: ({ signal }) => api.get<SequenceDetailBody>(`/sequences/${ref}`, {}, signal),
    refetchInterval: 5_000,
  });
  const { data: numbers } = useQuery({
    queryKey: [api.domain, "sequences", ref, "numbers", days],
    queryFn: ({ signal }) => api.get<SequenceNumbersBody>(`/sequences/${ref}/numbers`, { days }, signal),
    refetchInterval: 10_000,
  });
  if (error !== null && data === undefined) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton h={300} />;
  const remove = mayBuild ? (
    <DeleteButton
      isLabelled
      name={data.name}
      loss={t("sequences.loss", { contacts: numbers?.subscribed ?? "…" })}
      onDelete={async () => {
        await api.send("DELETE", `/sequences/${ref}`);
        await navigate({ to: `/w/${api.domain}/sequences`, ignoreBlocker: true });
        await renew("/sequences");
      }}
    />
  ) : null;
  return (
    <Page title={data.name} list={{ name: t("menu.sequences"), to: "/sequences" }} actions={remove}>
      <Group gap="md" role="group" aria-label={t("sequences.numbers")}>
        <CopyText what={t("sequences.ref")} value={ref} />
        {totals.map((name) => (
          <Text key={name} size="sm">
            {t(`sequences.total.${name}`)}:{" "}
            <Text span size="sm" fw={600}>
              {numbers?.[name] ?? "…"}
            </Text>
          </Text>
        ))}
      </Group>
      <Tabs defaultValue="steps" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="steps">{t("sequences.steps")}</Tabs.Tab>
          <Tabs.Tab value="subscribers">{t("sequences.subscribers")}</Tabs.Tab>
        </Tabs.List>
        {/* What was typed stays while one looks who is inside. */}
        <Tabs.Panel value="steps" keepMounted>
          <EditSequence
            key={ref}
            sequence={data}
            numbers={numbers}
            period={<PeriodChoice days={days} onChange={setDays} />}
            mayBuild={mayBuild}
          />
        </Tabs.Panel>
        <Tabs.Panel value="subscribers">
          <Subscribers sequence={data} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
