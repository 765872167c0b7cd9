import { Alert, Button, Group, List, Stack, Text, TextInput } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type { BotBody } from "../../../src/http/contract/bots.ts";
import type { ChannelBody, channelKindSchema } from "../../../src/http/contract/channels.ts";
import { Dialog, DialogForm } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { useApi } from "../layout/page.tsx";
import { useList, useRenew } from "../layout/resource.ts";
import { useIsReached } from "../setup/receiving.ts";
import { SettingsFields } from "../setup/settings-fields.tsx";
import { receivingOf, type SettingValues, toNewSettings } from "../setup/settings-values.ts";
import { KindCards } from "./kind-cards.tsx";
import { useKindName, useKindWords } from "./kind-words.ts";

export type ChannelKind = z.infer<typeof channelKindSchema>;

/** Chooses a kind of channel, says what to do at the platform, and connects it. */
export function ConnectChannel({ bot, onClose }: { readonly bot: BotBody; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const kinds = useList<ChannelKind>("/channel-kinds").items ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const kind = kinds.find((one) => one.kind === chosen);
  return (
    <Dialog title={`${t("channels.connect")}: ${bot.name}`} onClose={onClose} size="lg">
      <Stack>
        {kind === undefined ? (
          <KindCards kinds={kinds} onChoose={setChosen} />
        ) : (
          <>
            <Group>
              <Button
                variant="subtle"
                size="compact-sm"
                px={0}
                leftSection={<IconArrowLeft size={14} />}
                onClick={() => setChosen(null)}
              >
                {t("channels.others")}
              </Button>
            </Group>
            <ChannelForm key={kind.kind} bot={bot} kind={kind} />
          </>
        )}
      </Stack>
    </Dialog>
  );
}

function ChannelForm({ bot, kind }: { readonly bot: BotBody; readonly kind: ChannelKind }) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const navigate = useNavigate();
  const [name, setName] = useState(useKindName()(kind.kind));
  const isReached = useIsReached() ?? true;
  const [typed, setTyped] = useState<SettingValues>({});
  const values = { ...receivingOf(kind.settings, isReached), ...typed };
  // A platform that refuses leaves the channel made: the next try corrects that one instead of making another.
  const [made, setMade] = useState<ChannelBody | undefined>(undefined);
  const form = useForm(["name", ...Object.keys(kind.settings.properties ?? {})], async () => {
    const settings = toNewSettings(values);
    const channel =
      made === undefined
        ? await api.send<ChannelBody>("POST", "/channels", {
            bot: bot.id,
            kind: kind.kind,
            name,
            settings,
            connect: false,
          })
        : await api.send<ChannelBody>("PATCH", `/channels/${made.id}`, { name, settings });
    setMade(channel);
    try {
      if (channel.status !== "connected") await api.send("POST", `/channels/${channel.id}/connect`);
    } finally {
      await renew("/channels");
    }
    await navigate({ to: `/w/${api.domain}/settings/channels/${channel.id}` });
  });
  return (
    <DialogForm form={form} submit={t("channels.connectNow")}>
      {kind.capabilities.needsPublicAddress === true && !isReached ? (
        <Alert color="yellow">
          {t("channels.needsAddress")} {t("reach.set")}
        </Alert>
      ) : null}
      <Steps kind={kind.kind} />
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
        isSet={() => false}
        values={values}
        errors={form.fieldErrors}
        onChange={setTyped}
      />
    </DialogForm>
  );
}

function Steps({ kind }: { readonly kind: string }) {
  const { t } = useTranslation();
  const steps = useKindWords()(kind)?.steps ?? [t("channels.genericSteps")];
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600}>
        {t("channels.steps")}
      </Text>
      <List type="ordered" size="sm" spacing={4}>
        {steps.map((step) => (
          <List.Item key={step}>{step}</List.Item>
        ))}
      </List>
    </Stack>
  );
}
