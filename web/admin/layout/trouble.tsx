import { Alert, Button, Center, Group, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, isPassing } from "../api.ts";
import { type SaidSentence, sayAlone } from "../words/sentences.ts";
import { sentencesIn } from "../words/words.ts";
import { ChangedMeanwhile } from "./basis.ts";
import { ChangedNotice } from "./changed-notice.tsx";

/** What the server or the engine says, in the page's language, as a sentence by itself. */
export function useSentence(): (sentence: SaidSentence) => string {
  const { language } = useTranslation().i18n;
  return useCallback((sentence) => sayAlone(sentencesIn(language), sentence), [language]);
}

/** What went wrong, in the server's words where it spoke. */
export function useErrorText(): (error: unknown) => string {
  const { t } = useTranslation();
  const say = useSentence();
  return (error) => {
    if (!(error instanceof ApiError)) return t("trouble.broken");
    if (error.code === "network") return t("trouble.network");
    if (error.status === 0 && error.code === "passkey.none") return t("passkey.none");
    if (error.status === 0 && error.code === "passkey.exists") return t("passkey.exists");
    if (error.code === "token.missing_scope" || error.code === "session.not_owner") return t("trouble.forbidden");
    return say({ ...error.sentence, code: error.code });
  };
}

/** Whether a failure has to be shown in place of everything. What was loaded before stays while the server is away: forms that stand in it keep what was typed. */
export const leavesNothing = (error: unknown, shown: unknown): boolean =>
  error !== null && (shown === undefined || !isPassing(error));

/** A failure where something should have been shown, with a way to try again. */
export function ErrorNotice({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const { t } = useTranslation();
  const describe = useErrorText();
  if (error instanceof ChangedMeanwhile) return <ChangedNotice changed={error} />;
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
