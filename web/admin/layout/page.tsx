import { Box, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import { apiOf, type WorkspaceApi } from "../api.ts";
import { type ListPlace, WayBack } from "./way-back.tsx";

/** The API of the workspace whose page this is. */
export function useApi(): WorkspaceApi {
  const { domain } = useParams({ from: "/w/$domain" });
  return useMemo(() => apiOf(domain), [domain]);
}

/** A page's title with what one can do there; of one thing, with the way back to the list of all. */
export function Page({
  title,
  list,
  actions,
  children,
}: {
  readonly title: string;
  readonly list?: ListPlace;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <Stack gap="lg" maw={1200} mx="auto">
      <title>{`${title} · Repartee`}</title>
      <Stack gap={4}>
        {list === undefined ? null : <WayBack list={list} />}
        <Group justify="space-between" align="center">
          <Title order={1} size="h2">
            {title}
          </Title>
          <Group gap="sm">{actions}</Group>
        </Group>
      </Stack>
      {children}
    </Stack>
  );
}

/** An empty page says what it is for and offers the first step. */
export function EmptyState({
  title,
  text,
  action,
}: {
  readonly title: string;
  readonly text: string;
  readonly action?: ReactNode;
}) {
  return (
    <Paper withBorder p="xl" radius="lg">
      <Stack align="flex-start" gap="xs" maw={560}>
        <Text fw={600}>{title}</Text>
        <Text c="dimmed" size="sm">
          {text}
        </Text>
        {action === undefined ? null : <Box mt="sm">{action}</Box>}
      </Stack>
    </Paper>
  );
}

/** A part of a page under a heading of its own. */
export function Section({
  title,
  actions,
  children,
}: {
  readonly title: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <Paper withBorder p="lg" radius="lg" component="section">
      <Stack gap="md">
        <Group justify="space-between">
          <Title order={2} size="h4">
            {title}
          </Title>
          {actions}
        </Group>
        {children}
      </Stack>
    </Paper>
  );
}
