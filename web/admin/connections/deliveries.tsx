import { Badge, Button, Group, SegmentedControl, Stack, Table, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DeliveryBody } from "../../../src/http/contract/webhooks.ts";
import { Dialog } from "../layout/dialog.tsx";
import { Listing, ListTable } from "../layout/listing.tsx";
import { Moment } from "../layout/moment.tsx";
import { useApi } from "../layout/page.tsx";
import { usePages, useRenew } from "../layout/resource.ts";
import { RetryAll } from "../layout/retry-all.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { useEventName } from "./event-name.ts";
import { JsonView } from "./json-view.tsx";

const statuses = ["waiting", "delivered", "dead"] as const;
const colours = { waiting: "gray", delivered: "teal", dead: "red" } as const;

/** What one webhook was told, newest first. */
export function Deliveries({ webhookId, mayRetry }: { readonly webhookId: number; readonly mayRetry: boolean }) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const nameOf = useEventName();
  const path = `/webhooks/${webhookId}/deliveries`;
  const [status, setStatus] = useState("");
  const [shown, setShown] = useState<DeliveryBody | null>(null);
  const deliveries = usePages<DeliveryBody>(path, { status }, { every: 5_000 });
  const retry = useMutation({
    mutationFn: (id: string) => api.send("POST", `${path}/${id}/retry`),
    onSettled: () => renew(path),
  });
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <SegmentedControl
          size="xs"
          aria-label={t("list.state")}
          data={[
            { value: "", label: t("list.all") },
            ...statuses.map((one) => ({ value: one, label: t(`webhooks.status.${one}`) })),
          ]}
          value={status}
          onChange={setStatus}
        />
        {mayRetry && status === "dead" ? (
          <RetryAll
            path={`${path}/retry`}
            list={path}
            hasAny={(deliveries.items ?? []).length > 0}
            title={t("retryAll.deliveries")}
            effect={t("retryAll.deliveriesEffect")}
          />
        ) : null}
      </Group>
      {retry.error === null ? null : <ErrorNotice error={retry.error} />}
      <Listing list={deliveries} empty={<Text size="sm">{t("webhooks.noDeliveries")}</Text>}>
        {(items) => (
          <ListTable
            head={[t("log.what"), t("list.state"), t("webhooks.attempts"), t("webhooks.answer"), t("log.when"), ""]}
            minWidth={620}
          >
            {items.map((delivery) => (
              <Table.Tr key={delivery.id}>
                <Table.Td>
                  <Button size="compact-sm" variant="subtle" onClick={() => setShown(delivery)}>
                    {nameOf(delivery.event)}
                  </Button>
                </Table.Td>
                <Table.Td>
                  <Badge color={colours[delivery.status]} variant="light" tt="none">
                    {t(`webhooks.status.${delivery.status}`)}
                  </Badge>
                  {delivery.nextTryAt === null ? null : (
                    <Text size="xs" c="dimmed" component="div">
                      {t("webhooks.nextTry")} <Moment at={delivery.nextTryAt} />
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>{delivery.attempts}</Table.Td>
                <Table.Td maw={220} className="breakable">
                  {delivery.lastError ?? delivery.lastStatus ?? "—"}
                </Table.Td>
                <Table.Td>
                  <Moment at={delivery.triedAt ?? delivery.createdAt} />
                </Table.Td>
                <Table.Td ta="right">
                  {mayRetry && delivery.status !== "waiting" ? (
                    <Button size="compact-sm" variant="default" onClick={() => retry.mutate(delivery.id)}>
                      {t("webhooks.retry")}
                    </Button>
                  ) : null}
                </Table.Td>
              </Table.Tr>
            ))}
          </ListTable>
        )}
      </Listing>
      {shown === null ? null : (
        <Dialog title={nameOf(shown.event)} size="lg" onClose={() => setShown(null)}>
          <JsonView label={t("webhooks.body")} value={shown.body} />
        </Dialog>
      )}
    </Stack>
  );
}
