import { Alert, Button, Center, Group, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ApiError } from "../api.ts";

/** What went wrong, in the server's words where it spoke. */
export function useErrorText(): (error: unknown) => string {
  const { t } = useTranslation();
  return (error) => {
    if (!(error instanceof ApiError)) return t("trouble.broken");
    if (error.code === "network") return t("trouble.network");
    if (error.code === "token.missing_scope" || error.code === "session.not_owner") return t("trouble.forbidden");
    return error.message;
  };
}

/** A failure where something should have been shown, with a way to try again. */
export function ErrorNotice({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const { t } = useTranslation();
  const describe = useErrorText();
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title={t("trouble.title")} role="alert">
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{describe(error)}</Text>
        {onRetry === undefined ? null : (
          <Button size="xs" variant="default" onClick={onRetry}>
            {t("action.retry")}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

export function MissingPage() {
  const { t } = useTranslation();
  return (
    <Center mih="60vh" p="lg">
      <Stack align="center" gap="xs">
        <Title order={1} size="h2">
          {t("trouble.missing.title")}
        </Title>
        <Text c="dimmed">{t("trouble.missing.text")}</Text>
        <Button component="a" href="/" variant="light" mt="sm">
          {t("trouble.missing.home")}
        </Button>
      </Stack>
    </Center>
  );
}

export function BrokenPage({ error, reset }: ErrorComponentProps) {
  return (
    <Center mih="60vh" p="lg">
      <Group maw={560} w="100%" grow>
        <ErrorNotice error={error} onRetry={reset} />
      </Group>
    </Center>
  );
}
