import { MultiSelect, Select, Stack, Switch, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { WebhookBody, WebhookCreatedBody } from "../../../src/http/contract/webhooks.ts";
import { type WebhookFormat, webhookEvents, webhookFormats } from "../../../src/model/webhook.ts";
import { wordsOf } from "../builder/json-schema.ts";
import { CopyField } from "../layout/copy-field.tsx";
import { Dialog, DialogForm } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { useApi } from "../layout/page.tsx";
import { useRenew } from "../layout/resource.ts";
import { BotChoice } from "../setup/bot-choice.tsx";

interface Props {
  readonly webhook: WebhookBody | undefined;
  readonly onClose: () => void;
}

/** Makes a webhook and shows its secret once, or changes one. */
export function EditWebhook({ webhook, onClose }: Props) {
  const { t } = useTranslation();
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <Dialog
      title={webhook === undefined ? t("webhooks.create") : t("list.edit", { name: webhook.name })}
      onClose={onClose}
      size="lg"
    >
      {secret === null ? (
        <WebhookForm webhook={webhook} onClose={onClose} onSecret={setSecret} />
      ) : (
        <Stack>
          <CopyField label={t("webhooks.secret")} description={t("webhooks.secretHint")} value={secret} />
        </Stack>
      )}
    </Dialog>
  );
}

function WebhookForm({ webhook, onClose, onSecret }: Props & { readonly onSecret: (secret: string) => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const [name, setName] = useState(webhook?.name ?? "");
  const [url, setUrl] = useState(webhook?.url ?? "");
  const [events, setEvents] = useState<string[]>(webhook?.events ?? []);
  const [bot, setBot] = useState<number | undefined>(undefined);
  const [format, setFormat] = useState<WebhookFormat>("native");
  const [active, setActive] = useState(webhook?.active ?? true);
  const form = useForm(
    ["name", "url", "events"],
    async () => {
      const body = { name, url, events, active };
      if (webhook === undefined) {
        const owner = bot === undefined ? {} : { bot };
        const made = await api.send<WebhookCreatedBody>("POST", "/webhooks", { ...body, ...owner, format });
        onSecret(made.secret);
      } else {
        await api.send("PATCH", `/webhooks/${webhook.id}`, body);
        onClose();
      }
      await renew("/webhooks");
    },
    { "webhook.bad_url": "url", "webhook.challenge_failed": "url" },
  );
  return (
    <DialogForm form={form} submit={t(webhook === undefined ? "action.create" : "action.save")}>
      <TextInput
        label={t("list.name")}
        required
        data-autofocus
        value={name}
        error={form.fieldErrors.name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <TextInput
        label={t("webhooks.url")}
        required
        type="url"
        placeholder="https://"
        value={url}
        error={form.fieldErrors.url}
        onChange={({ currentTarget }) => setUrl(currentTarget.value)}
      />
      <MultiSelect
        label={t("webhooks.events")}
        description={t("webhooks.eventsHint")}
        searchable
        withAsterisk
        data={Object.keys(webhookEvents).map((event) => ({ value: event, label: wordsOf(event) }))}
        value={events}
        error={form.fieldErrors.events}
        onChange={setEvents}
      />
      {webhook === undefined ? (
        <>
          <BotChoice all value={bot} onChange={setBot} />
          <Select
            label={t("webhooks.format")}
            data={webhookFormats.map((one) => ({ value: one, label: t(`webhooks.formatOf.${one}`) }))}
            value={format}
            allowDeselect={false}
            onChange={(next) => setFormat(webhookFormats.find((one) => one === next) ?? "native")}
          />
        </>
      ) : null}
      <Switch
        label={t("webhooks.active")}
        checked={active}
        onChange={({ currentTarget }) => setActive(currentTarget.checked)}
      />
    </DialogForm>
  );
}
