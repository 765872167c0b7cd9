import { Alert, Select, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { StoredStep } from "../../../src/model/flow.ts";
import { useVariableNames } from "../builder/variable-names.ts";
import { VariableText } from "../builder/variable-text.tsx";
import { Bubble } from "./bubble.tsx";
import { findLimits } from "./limits.ts";
import { previewMessages } from "./preview-messages.ts";
import { useBotChannels } from "./use-bot-channels.ts";
import { type ChannelKind, useChannelKinds } from "./use-channel-kinds.ts";

/** What a step says, as a messenger shows it, and what that messenger cannot do of it. */
export function Preview({ step, botId }: { readonly step: StoredStep; readonly botId?: number | undefined }) {
  const { t } = useTranslation();
  const kinds = useChannelKinds();
  const nameOf = useVariableNames();
  const [chosen, setChosen] = useState<string>();
  const channels = useBotChannels(botId);
  const connected = new Set((channels ?? []).map((channel) => channel.kind));
  const isConnected = ({ kind }: ChannelKind) => connected.has(kind);
  const kind = kinds.find((one) => one.kind === chosen) ?? kinds.find(isConnected) ?? kinds[0];
  const messages = previewMessages(step);
  if (messages.length === 0 || kind === undefined || channels === undefined) return null;
  const limits = messages.flatMap((content) => findLimits(content, kind.capabilities));
  return (
    <Stack gap="xs" component="section" aria-label={t("preview.title")}>
      <Title order={3} size="sm">
        {t("preview.title")}
      </Title>
      <Select
        size="xs"
        aria-label={t("preview.channel")}
        data={[...kinds.filter(isConnected), ...kinds.filter((one) => !isConnected(one))].map((one) => ({
          value: one.kind,
          label: one.title,
        }))}
        value={kind.kind}
        allowDeselect={false}
        onChange={(value) => setChosen(value ?? undefined)}
      />
      <div className="messenger" data-kind={kind.kind} style={{ borderRadius: 8 }}>
        {messages.map((content, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: messages have no other name than their place.
          <Bubble key={index} content={content} draw={(text) => <VariableText text={text} nameOf={nameOf} />} />
        ))}
      </div>
      {limits.map((limit, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two may be alike, and none moves.
        <Alert key={index} color="yellow" p="xs">
          <Text size="xs">{t(`preview.limit.${limit.kind}`, { ...limit, channel: kind.title })}</Text>
        </Alert>
      ))}
    </Stack>
  );
}
