import { Group, Paper, SimpleGrid, Stack, Text, ThemeIcon, UnstyledButton } from "@mantine/core";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { iconOfKind } from "../layout/channel-kind-icon.ts";
import { useIsReached } from "../setup/receiving.ts";
import type { ChannelKind } from "./connect-channel.tsx";
import { useKindName, useKindWords, useOffered } from "./kind-words.ts";

/** The kinds of channels to choose from: what each is for, and what it takes. */
export function KindCards({
  kinds,
  onChoose,
}: {
  readonly kinds: readonly ChannelKind[];
  readonly onChoose: (kind: string) => void;
}) {
  const { t } = useTranslation();
  const offered = useOffered(kinds);
  return (
    <Stack gap="xs">
      <Text size="sm" fw={500}>
        {t("channels.which")}
      </Text>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        {offered.map((kind, index) => (
          <KindCard key={kind.kind} kind={kind} isFirst={index === 0} onChoose={() => onChoose(kind.kind)} />
        ))}
      </SimpleGrid>
    </Stack>
  );
}

function KindCard({
  kind,
  isFirst,
  onChoose,
}: {
  readonly kind: ChannelKind;
  readonly isFirst: boolean;
  readonly onChoose: () => void;
}) {
  const { t } = useTranslation();
  const id = useId();
  const words = useKindWords()(kind.kind);
  const nameOf = useKindName();
  const Icon = iconOfKind(kind.kind);
  return (
    <Paper withBorder p="sm" radius="md" pos="relative" className="card">
      <Group wrap="nowrap" align="flex-start" gap="sm">
        <ThemeIcon variant="light" size="lg" aria-hidden>
          <Icon size={20} />
        </ThemeIcon>
        <Stack gap={4}>
          <UnstyledButton
            fz="sm"
            fw={600}
            className="card-button"
            aria-describedby={id}
            data-autofocus={isFirst || undefined}
            onClick={onChoose}
          >
            {nameOf(kind.kind)}
          </UnstyledButton>
          <Stack gap={4} id={id}>
            {words === undefined ? null : (
              <>
                <Text size="sm">{words.about}</Text>
                <Text size="xs" c="dimmed">
                  {t("channels.needs", { what: words.needs })}
                </Text>
              </>
            )}
            <NeedsAddress kind={kind} />
          </Stack>
        </Stack>
      </Group>
    </Paper>
  );
}

/** That a kind cannot work on this server as it is. */
export function NeedsAddress({ kind }: { readonly kind: ChannelKind }) {
  const { t } = useTranslation();
  const isReached = useIsReached() ?? true;
  if (isReached || kind.capabilities.needsPublicAddress !== true) return null;
  return (
    <Text size="xs" fw={500}>
      {t("channels.needsAddress")}
    </Text>
  );
}
