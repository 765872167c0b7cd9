import { Anchor, Badge, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type { conversationSchema } from "../../../src/http/contract/conversations.ts";
import { Moment } from "../layout/moment.tsx";
import { useApi } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";

type Conversation = z.infer<typeof conversationSchema>;

/** The newest contacts, with the way to what happened with each; looks again by itself. */
export function RecentPeople() {
  const { t } = useTranslation();
  const api = useApi();
  const { domain } = useParams({ from: "/w/$domain" });
  const { data, error, refetch } = useQuery({
    queryKey: [api.domain, "conversations", "recent"],
    queryFn: ({ signal }) => api.get<{ data: Conversation[] }>("/conversations", { limit: 10 }, signal),
    refetchInterval: 5_000,
  });
  if (error !== null) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton h={160} />;
  if (data.data.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t("overview.nothing")}
      </Text>
    );
  }
  return (
    <Stack gap="xs">
      {data.data.map(({ contactId, name, lastInboundAt, unread }) => (
        <Group key={contactId} justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap" miw={0}>
            <Anchor component={Link} to={`/w/${domain}/contacts/${contactId}`} size="sm" className="cut">
              {name ?? t("contact.number", { id: contactId })}
            </Anchor>
            {unread ? (
              <Badge size="xs" variant="light">
                {t("overview.unread")}
              </Badge>
            ) : null}
          </Group>
          <Text size="sm" c="dimmed" component="div">
            <Moment at={lastInboundAt} />
          </Text>
        </Group>
      ))}
    </Stack>
  );
}
