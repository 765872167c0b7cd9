import { Anchor, Box, Center, Group, Paper, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import { IconMessageCircle2Filled } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../session.ts";
import { LanguageMenu } from "./language-menu.tsx";

/** The frame of what one sees before one is inside. */
export function FrontPage({
  title,
  lead,
  children,
}: {
  readonly title: string;
  readonly lead: string;
  readonly children: ReactNode;
}) {
  const { t } = useTranslation();
  const demoChat = useSession()?.demoChat ?? null;
  return (
    <Center mih="100%" p="md">
      <Stack w="100%" maw={420} gap="lg" component="main">
        <Group justify="space-between">
          <Group gap="xs">
            <ThemeIcon size="lg" radius="md" aria-hidden>
              <IconMessageCircle2Filled size={20} />
            </ThemeIcon>
            <Text fw={650}>Repartee</Text>
          </Group>
          <LanguageMenu />
        </Group>
        <Paper withBorder p="xl" radius="lg" shadow="sm">
          <Stack gap="lg">
            <Box>
              <Title order={1} size="h3">
                {title}
              </Title>
              <Text c="dimmed" size="sm" mt={4}>
                {lead}
              </Text>
            </Box>
            {children}
          </Stack>
        </Paper>
        <Group gap="md" justify="center">
          {demoChat === null ? null : (
            <Anchor size="sm" href={`/chat/${encodeURIComponent(demoChat)}`} target="_blank">
              {t("front.demoChat")}
            </Anchor>
          )}
          <Anchor size="sm" href="/api/v1/docs/" target="_blank">
            {t("front.api")}
          </Anchor>
        </Group>
      </Stack>
    </Center>
  );
}
