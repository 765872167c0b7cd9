import { Anchor, List, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { FlowUsesBody } from "../../../src/http/contract/flows.ts";
import { useApi } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";

/** What starts this flow from outside of it. */
export function FlowUses({ flowRef }: { readonly flowRef: string }) {
  const { t } = useTranslation();
  const api = useApi();
  const { data, error } = useQuery({
    queryKey: [api.domain, "flow", flowRef, "uses"],
    queryFn: ({ signal }) => api.get<FlowUsesBody>(`/flows/${flowRef}/uses`, {}, signal),
  });
  if (error !== null) return <ErrorNotice error={error} />;
  if (data === undefined) return <Skeleton h={60} />;
  const { flows, entryLinks, inboundWebhooks, broadcasts, sequences } = data;
  const isUnused = [flows, entryLinks, inboundWebhooks, broadcasts, sequences].every(({ length }) => length === 0);
  return (
    <Stack gap={4} component="section" aria-label={t("uses.title")}>
      <Title order={3} size="sm">
        {t("uses.title")}
      </Title>
      {isUnused ? (
        <Text size="sm" c="dimmed">
          {t("uses.none")}
        </Text>
      ) : null}
      <List size="sm" spacing={2}>
        {flows.map(({ ref, name, published }) => (
          <List.Item key={`flow ${ref}`}>
            <Anchor component={Link} to={`/w/${api.domain}/flows/${ref}`} size="sm">
              {name}
            </Anchor>{" "}
            {t(published ? "uses.flow" : "uses.flowDraft")}
          </List.Item>
        ))}
        {entryLinks.map(({ ref, name }) => (
          <List.Item key={`link ${ref}`}>
            {name} {t("uses.entryLink")}
          </List.Item>
        ))}
        {inboundWebhooks.map(({ id, name, active }) => (
          <List.Item key={`webhook ${id}`}>
            {name} {t(active ? "uses.inboundWebhook" : "uses.inboundWebhookOff")}
          </List.Item>
        ))}
        {sequences.map(({ ref, name }) => (
          <List.Item key={`sequence ${ref}`}>
            <Anchor component={Link} to={`/w/${api.domain}/sequences/${ref}`} size="sm">
              {name}
            </Anchor>{" "}
            {t("uses.sequence")}
          </List.Item>
        ))}
        {broadcasts.map(({ id, name }) => (
          <List.Item key={`broadcast ${id}`}>
            {name} {t("uses.broadcast")}
          </List.Item>
        ))}
      </List>
    </Stack>
  );
}
