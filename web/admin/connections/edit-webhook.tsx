import { Select, Stack, Switch, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { WebhookBody, WebhookCreatedBody } from "../../../src/http/contract/webhooks.ts";
import { type WebhookFormat, webhookFormats } from "../../../src/model/webhook.ts";
import { useBasis } from "../layout/basis.ts";
import { CopyField } from "../layout/copy-field.tsx";
import { Dialog, DialogForm } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { useApi } from "../layout/page.tsx";
import { useRenew } from "../layout/resource.ts";
import { BotChoice } from "../setup/bot-choice.tsx";
import { type AuthDraft, toBasicAuth, WebhookAuth } from "./webhook-auth.tsx";
import { type HeaderDraft, toHeaders, WebhookHeaders } from "./webhook-headers.tsx";
import { type HearingDraft, toHeard, WebhookHearing } from "./webhook-hearing.tsx";

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
  const [hearing, setHearing] = useState<HearingDraft>({
    events: webhook?.events ?? [],
    match: webhook?.messageMatch?.match ?? "contains",
    words: webhook?.messageMatch?.words ?? [],
  });
  const [bot, setBot] = useState<number | undefined>(undefined);
  const [format, setFormat] = useState<WebhookFormat>(webhook?.format ?? "native");
  const [active, setActive] = useState(webhook?.active ?? true);
  const [headers, setHeaders] = useState<readonly HeaderDraft[]>(
    (webhook?.headerNames ?? []).map((one) => ({ name: one, value: null })),
  );
  const [auth, setAuth] = useState<AuthDraft>({ kind: webhook?.hasBasicAuth === true ? "kept" : "none" });
  const basis = useBasis(`/webhooks/${webhook?.id}`, webhook, [
    "name",
    "url",
    "events",
    "active",
    "messageMatch",
    "headerNames",
    "hasBasicAuth",
  ]);
  const form = useForm(
    ["name", "url", "events", "messageMatch.words", "headers"],
    async () => {
      const basicAuth = toBasicAuth(auth);
      const secrets = { headers: toHeaders(headers), ...(basicAuth === undefined ? {} : { basicAuth }) };
      const body = { name, url, active, ...toHeard(format, hearing), ...secrets };
      if (webhook === undefined) {
        const owner = bot === undefined ? {} : { bot };
        const made = await api.send<WebhookCreatedBody>("POST", "/webhooks", { ...body, ...owner, format });
        // Nothing is signed in that form.
        if (format === "uchat") onClose();
        else onSecret(made.secret);
      } else {
        await api.send("PATCH", `/webhooks/${webhook.id}`, body);
        onClose();
      }
      await renew("/webhooks");
    },
    { "webhook.bad_url": "url", "webhook.challenge_failed": "url" },
    basis,
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
      {webhook === undefined ? (
        <Select
          label={t("webhooks.format")}
          data={webhookFormats.map((one) => ({ value: one, label: t(`webhooks.formatOf.${one}`) }))}
          value={format}
          allowDeselect={false}
          onChange={(next) => setFormat(webhookFormats.find((one) => one === next) ?? "native")}
        />
      ) : null}
      <WebhookHearing format={format} value={hearing} errors={form.fieldErrors} onChange={setHearing} />
      <WebhookHeaders value={headers} onChange={setHeaders} error={form.fieldErrors.headers} />
      <WebhookAuth value={auth} onChange={setAuth} hasKept={webhook?.hasBasicAuth === true} />
      {webhook === undefined ? <BotChoice all value={bot} onChange={setBot} /> : null}
      <Switch
        label={t("webhooks.active")}
        checked={active}
        onChange={({ currentTarget }) => setActive(currentTarget.checked)}
      />
    </DialogForm>
  );
}
