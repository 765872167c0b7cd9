import { Alert, Button, Group, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type { ChannelBody, channelHealthSchema } from "../../../src/http/contract/channels.ts";
import { useBasis } from "../layout/basis.ts";
import { CopyField } from "../layout/copy-field.tsx";
import { DeleteButton } from "../layout/delete-button.tsx";
import { DialogForm } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { Page, Section, useApi } from "../layout/page.tsx";
import { useList, useMayChange, useRenew } from "../layout/resource.ts";
import { ErrorNotice, leavesNothing } from "../layout/trouble.tsx";
import { SettingsFields } from "../setup/settings-fields.tsx";
import { isPolling, type SettingValues, toChangedSettings, toFormValues } from "../setup/settings-values.ts";
import { ChannelNext } from "./channel-next.tsx";
import { ChannelStatus } from "./channel-status.tsx";
import type { ChannelKind } from "./connect-channel.tsx";

/** One channel: whether it works, what to take elsewhere, its settings. */
export function ChannelPage() {
  const { t } = useTranslation();
  const api = useApi();
  const mayChange = useMayChange();
  const { id } = useParams({ from: "/w/$domain/settings/channels/$id" });
  const kinds = useList<ChannelKind>("/channel-kinds");
  const { data, error, refetch } = useQuery({
    queryKey: [api.domain, "channels", id],
    queryFn: ({ signal }) => api.get<ChannelBody>(`/channels/${id}`, {}, signal),
  });
  const kind = kinds.items?.find((one) => one.kind === data?.kind);
  const trouble = error ?? kinds.error;
  if (leavesNothing(trouble, kind)) return <ErrorNotice error={trouble} onRetry={() => void refetch()} />;
  if (data === undefined || kind === undefined) return <Skeleton h={300} />;
  return (
    <Page
      title={data.name}
      list={{ name: t("menu.channels"), to: "/settings/channels" }}
      actions={<ChannelStatus status={data.status} />}
    >
      <State channel={data} mayChange={mayChange} />
      {data.status === "connected" ? <ChannelNext channel={data} kind={kind} /> : null}
      {kind.capabilities.pull === true || isPolling(kind.settings, data.settings) ? null : (
        <Section title={t("channels.webhook")}>
          <CopyField label={t("channels.webhook")} description={t("channels.webhookHint")} value={data.webhookUrl} />
        </Section>
      )}
      {mayChange ? (
        <Section title={t("channels.settings")}>
          <Settings key={data.id} channel={data} kind={kind} />
        </Section>
      ) : null}
    </Page>
  );
}

function State({ channel, mayChange }: { readonly channel: ChannelBody; readonly mayChange: boolean }) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const navigate = useNavigate();
  const { id, status, statusMessage } = channel;
  const check = useMutation({
    mutationFn: () => api.get<z.infer<typeof channelHealthSchema>>(`/channels/${id}/health`),
  });
  const move = useMutation({
    mutationFn: (step: "connect" | "disconnect") => api.send("POST", `/channels/${id}/${step}`),
    onSettled: () => renew("/channels"),
  });
  const error = check.error ?? move.error;
  return (
    <Section title={t("list.state")}>
      <Stack>
        {statusMessage === null ? null : <Alert color="red">{statusMessage}</Alert>}
        {status === "disconnected" ? <Text size="sm">{t("channels.disconnected")}</Text> : null}
        {check.data === undefined ? null : (
          <Alert color={check.data.ok ? "teal" : "red"} role="status">
            {t(check.data.ok ? "channels.checkOk" : "channels.checkBad", { message: check.data.message })}
          </Alert>
        )}
        {error === null ? null : <ErrorNotice error={error} />}
        <Group gap="sm">
          <Button variant="default" loading={check.isPending} onClick={() => check.mutate()}>
            {t("channels.check")}
          </Button>
          {mayChange ? (
            <>
              <Button variant="default" loading={move.isPending} onClick={() => move.mutate("connect")}>
                {t(status === "disconnected" ? "channels.connectNow" : "channels.reconnect")}
              </Button>
              {status === "disconnected" ? null : (
                <Button variant="default" disabled={move.isPending} onClick={() => move.mutate("disconnect")}>
                  {t("channels.disconnect")}
                </Button>
              )}
              <DeleteButton
                isLabelled
                name={channel.name}
                loss={t("channels.loss")}
                onDelete={async () => {
                  await api.send("DELETE", `/channels/${id}`);
                  await navigate({ to: `/w/${api.domain}/settings/channels`, ignoreBlocker: true });
                  await renew("/channels");
                }}
              />
            </>
          ) : null}
        </Group>
      </Stack>
    </Section>
  );
}

function Settings({ channel, kind }: { readonly channel: ChannelBody; readonly kind: ChannelKind }) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const [name, setName] = useState(channel.name);
  const [values, setValues] = useState<SettingValues>(() => toFormValues(channel.settings, kind.secrets));
  const basis = useBasis(`/channels/${channel.id}`, channel, ["name", "settings"]);
  const form = useForm(
    ["name", ...Object.keys(kind.settings.properties ?? {})],
    async () => {
      try {
        const settings = toChangedSettings(values, kind.secrets);
        await api.send("PATCH", `/channels/${channel.id}`, { name, settings });
      } finally {
        await renew("/channels");
      }
      notifications.show({ message: t("saved") });
    },
    {},
    basis,
  );
  return (
    <DialogForm form={form} submit={t("action.save")}>
      <TextInput
        label={t("list.name")}
        required
        value={name}
        error={form.fieldErrors.name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      <SettingsFields
        schema={kind.settings}
        secrets={kind.secrets}
        isSet={(key) => channel.settings[key] !== undefined}
        values={values}
        errors={form.fieldErrors}
        onChange={setValues}
      />
    </DialogForm>
  );
}
