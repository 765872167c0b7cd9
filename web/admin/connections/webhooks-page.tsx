import { Alert, Badge, Button, Group, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type { WebhookBody, webhookTestSchema } from "../../../src/http/contract/webhooks.ts";
import { DeleteButton } from "../layout/delete-button.tsx";
import { EditButton } from "../layout/edit-button.tsx";
import { Listing } from "../layout/listing.tsx";
import { Moment } from "../layout/moment.tsx";
import { EmptyState, Page, Section, useApi } from "../layout/page.tsx";
import { useList, useMayChange, useRenew } from "../layout/resource.ts";
import { ErrorNotice } from "../layout/trouble.tsx";
import { Deliveries } from "./deliveries.tsx";
import { EditWebhook } from "./edit-webhook.tsx";
import { useEventName } from "./event-name.ts";

/** Who hears of what happens, and what came of it. */
export function WebhooksPage() {
  const { t } = useTranslation();
  const mayChange = useMayChange();
  const webhooks = useList<WebhookBody>("/webhooks", {}, { every: 30_000 });
  const [edited, setEdited] = useState<WebhookBody | "new" | null>(null);
  const create = mayChange ? (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setEdited("new")}>
      {t("webhooks.create")}
    </Button>
  ) : null;
  return (
    <Page title={t("menu.webhooks")} actions={create}>
      <Listing
        list={webhooks}
        empty={<EmptyState title={t("webhooks.empty.title")} text={t("webhooks.empty.text")} action={create} />}
      >
        {(items) =>
          items.map((webhook) => (
            <Webhook key={webhook.id} webhook={webhook} onEdit={mayChange ? () => setEdited(webhook) : undefined} />
          ))
        }
      </Listing>
      {edited === null ? null : (
        <EditWebhook webhook={edited === "new" ? undefined : edited} onClose={() => setEdited(null)} />
      )}
    </Page>
  );
}

function Webhook({ webhook, onEdit }: { readonly webhook: WebhookBody; readonly onEdit: (() => void) | undefined }) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const nameOf = useEventName();
  const [isOpen, setOpen] = useState(false);
  const { id, format, name, url, events, active, error, errorAt } = webhook;
  const test = useMutation({
    mutationFn: () => api.send<z.infer<typeof webhookTestSchema>>("POST", `/webhooks/${id}/test`),
  });
  return (
    <Section
      title={name}
      actions={
        <Group gap="xs">
          <Badge variant={active ? "light" : "default"} color={active ? "teal" : "gray"} tt="none">
            {t(active ? "list.on" : "list.off")}
          </Badge>
          {onEdit === undefined ? null : <EditButton name={name} onClick={onEdit} />}
        </Group>
      }
    >
      <Stack gap="sm">
        <Text size="sm" ff="monospace" className="breakable">
          {url}
        </Text>
        <Text size="xs" c="dimmed" className="breakable">
          {format === "uchat" ? t("webhooks.heardOf.uchat") : events.map(nameOf).join(", ")}
        </Text>
        {error === null ? null : (
          <Alert color="red" className="breakable">
            {error} (<Moment at={errorAt} />)
          </Alert>
        )}
        {test.data === undefined ? null : (
          <Alert color={test.data.ok ? "teal" : "red"} role="status" className="breakable">
            {test.data.ok
              ? t("webhooks.testOk", { status: test.data.status, ms: test.data.durationMs })
              : t("webhooks.testBad", { error: test.data.error })}
          </Alert>
        )}
        {test.error === null ? null : <ErrorNotice error={test.error} />}
        <Group gap="sm">
          <Button size="compact-sm" variant="default" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {t("webhooks.deliveries")}
          </Button>
          {onEdit === undefined ? null : (
            <>
              <Button size="compact-sm" variant="default" loading={test.isPending} onClick={() => test.mutate()}>
                {t("webhooks.test")}
              </Button>
              <DeleteButton
                isLabelled
                name={name}
                loss={t("webhooks.loss")}
                onDelete={async () => {
                  await api.send("DELETE", `/webhooks/${id}`);
                  await renew("/webhooks");
                }}
              />
            </>
          )}
        </Group>
        {isOpen ? <Deliveries webhookId={id} mayRetry={onEdit !== undefined} /> : null}
      </Stack>
    </Section>
  );
}
