import { Badge, Button, Group, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FlowSummaryBody } from "../../../src/http/contract/flows.ts";
import type { InboundWebhookBody } from "../../../src/http/contract/webhooks.ts";
import { CopyField } from "../layout/copy-field.tsx";
import { DeleteButton } from "../layout/delete-button.tsx";
import { EditButton } from "../layout/edit-button.tsx";
import { Listing } from "../layout/listing.tsx";
import { EmptyState, Page, Section, useApi } from "../layout/page.tsx";
import { useList, useMayChange, useRenew } from "../layout/resource.ts";
import { useBotNames } from "../setup/bot-choice.tsx";
import { EditInboundWebhook } from "./edit-inbound-webhook.tsx";

/** Addresses where other systems tell a bot of its contacts. */
export function InboundWebhooksPage() {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const mayChange = useMayChange();
  const botNames = useBotNames();
  const flows = useList<FlowSummaryBody>("/flows").items ?? [];
  const hooks = useList<InboundWebhookBody>("/inbound-webhooks");
  const [edited, setEdited] = useState<InboundWebhookBody | "new" | null>(null);
  const create = mayChange ? (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setEdited("new")}>
      {t("inboundWebhooks.create")}
    </Button>
  ) : null;
  const flowName = (ref: string | null) =>
    ref === null ? t("inboundWebhooks.noFlow") : (flows.find((flow) => flow.ref === ref)?.name ?? ref);
  return (
    <Page title={t("menu.inboundWebhooks")} actions={create}>
      <Listing
        list={hooks}
        empty={
          <EmptyState title={t("inboundWebhooks.empty.title")} text={t("inboundWebhooks.empty.text")} action={create} />
        }
      >
        {(items) =>
          items.map((hook) => (
            <Section
              key={hook.id}
              title={hook.name}
              actions={
                <Group gap="xs">
                  <Badge variant={hook.active ? "light" : "default"} color={hook.active ? "teal" : "gray"} tt="none">
                    {t(hook.active ? "list.on" : "list.off")}
                  </Badge>
                  {mayChange ? (
                    <>
                      <EditButton name={hook.name} onClick={() => setEdited(hook)} />
                      <DeleteButton
                        name={hook.name}
                        loss={t("inboundWebhooks.loss")}
                        onDelete={async () => {
                          await api.send("DELETE", `/inbound-webhooks/${hook.id}`);
                          await renew("/inbound-webhooks");
                        }}
                      />
                    </>
                  ) : null}
                </Group>
              }
            >
              <Stack gap="sm">
                <Text size="sm">
                  {botNames.get(hook.botId) ?? ""} · {flowName(hook.flow)}
                </Text>
                <CopyField
                  label={t("inboundWebhooks.address")}
                  description={t("inboundWebhooks.addressHint")}
                  value={hook.url}
                />
                {hook.mapping.map(({ path, field, variable, profile }) => (
                  <Text key={path} size="xs" ff="monospace" className="breakable">
                    {path} → {field ?? variable ?? profile}
                  </Text>
                ))}
              </Stack>
            </Section>
          ))
        }
      </Listing>
      {edited === null ? null : (
        <EditInboundWebhook hook={edited === "new" ? undefined : edited} onClose={() => setEdited(null)} />
      )}
    </Page>
  );
}
