import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type { scheduledMessageSchema } from "../../../src/http/contract/contacts.ts";
import { Moment } from "../layout/moment.tsx";
import { Section, useApi } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { useContactActions } from "./contact-actions.ts";

type Scheduled = z.infer<typeof scheduledMessageSchema>;

/** Messages that wait for their time. Absent where there are none. */
export function ScheduledCard({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const api = useApi();
  const change = useContactActions(id);
  const { data } = useQuery({
    queryKey: [api.domain, "contact", id, "scheduled"],
    queryFn: ({ signal }) => api.get<{ data: Scheduled[] }>(`/contacts/${id}/scheduled-messages`, {}, signal),
  });
  const all = data?.data ?? [];
  if (all.length === 0) return null;
  return (
    <Section title={t("contactCard.scheduled")}>
      {all.map((message) => (
        <Group key={message.id} justify="space-between" wrap="nowrap" align="flex-start">
          <Stack gap={0} miw={0}>
            <Text size="sm" className="breakable" lineClamp={3}>
              {typeof message.content.text === "string" ? message.content.text : t("inbox.media")}
            </Text>
            <Text size="xs" c="dimmed">
              <Moment at={message.at} />
            </Text>
          </Stack>
          <Button
            size="compact-xs"
            variant="default"
            loading={change.isPending}
            onClick={() => change.mutate([{ action: "remove_scheduled_message", args: { id: message.id } }])}
          >
            {t("contactCard.removeScheduled")}
          </Button>
        </Group>
      ))}
      {change.error === null ? null : <ErrorNotice error={change.error} />}
    </Section>
  );
}
