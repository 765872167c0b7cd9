import { Button, Group, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { RetriedBody } from "../../../src/http/contract/retries.ts";
import { Dialog } from "./dialog.tsx";
import { toNumber } from "./number.ts";
import { useApi } from "./page.tsx";
import { useRenew } from "./resource.ts";
import { ErrorNotice } from "./trouble.tsx";

interface Retry {
  /** In the API. */
  readonly path: string;
  readonly body?: object;
  /** The path of the list that shows what is left. */
  readonly list: string;
  /** Whether the list has any: else there is nothing to ask, but still what came of the last time. */
  readonly hasAny: boolean;
  /** The question, and what follows from it. */
  readonly title: string;
  readonly effect: string;
}

/** Tries everything again that failed, after a question: in passes, so that a million takes no longer request than ten, saying how far it is. */
export function RetryAll({ path, body = {}, list, hasAny, title, effect }: Retry) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const [isAsking, setAsking] = useState(false);
  const [done, setDone] = useState(0);
  const retry = useMutation({
    mutationFn: async () => {
      let cursor: string | null = null;
      let sum = 0;
      do {
        const answer: RetriedBody = await api.send("POST", path, { ...body, ...(cursor === null ? {} : { cursor }) });
        sum += answer.retried;
        setDone(sum);
        cursor = answer.nextCursor;
      } while (cursor !== null);
      return sum;
    },
    onMutate: () => setDone(0),
    onSettled: () => renew(list),
  });
  return (
    <Group gap="sm">
      {hasAny || retry.isPending ? (
        <Button size="compact-sm" variant="default" loading={retry.isPending} onClick={() => setAsking(true)}>
          {t("retryAll.button")}
        </Button>
      ) : null}
      {retry.isPending || retry.isSuccess ? (
        <Text size="sm" role="status">
          {t(retry.isPending ? "retryAll.sofar" : "retryAll.done", { n: toNumber(done) })}
        </Text>
      ) : null}
      {retry.error === null ? null : <ErrorNotice error={retry.error} />}
      {isAsking ? (
        <Dialog title={title} onClose={() => setAsking(false)}>
          <Stack>
            <Text size="sm">{effect}</Text>
            <Group justify="flex-end">
              <Button variant="default" onClick={() => setAsking(false)}>
                {t("action.cancel")}
              </Button>
              <Button
                onClick={() => {
                  setAsking(false);
                  retry.mutate();
                }}
              >
                {t("retryAll.button")}
              </Button>
            </Group>
          </Stack>
        </Dialog>
      ) : null}
    </Group>
  );
}
