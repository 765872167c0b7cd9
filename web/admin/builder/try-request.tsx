import { Alert, Button, Stack, Text } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type { requestTestAnswerSchema } from "../../../src/http/contract/external-requests.ts";
import type { StoredStep } from "../../../src/model/flow.ts";
import { JsonView } from "../connections/json-view.tsx";
import { useApi } from "../layout/page.tsx";
import { ErrorNotice, useSentence } from "../layout/trouble.tsx";
import { ContactSearch } from "../sales/contact-search.tsx";

type Tried = z.infer<typeof requestTestAnswerSchema>;

/** What of a step's settings the test call knows. */
const asked = ["method", "url", "query", "headers", "body", "timeoutSeconds", "save"] as const;

/** Makes the request for a contact that one chooses, and shows what went out, what came back and what would be kept. */
export function TryRequest({ step, botId }: { readonly step: StoredStep; readonly botId: number }) {
  const { t } = useTranslation();
  const say = useSentence();
  const api = useApi();
  const [contact, setContact] = useState<number | null>(null);
  const trial = useMutation({
    mutationFn: () => {
      const config = step.config as Readonly<Record<string, unknown>>;
      const request = Object.fromEntries(
        asked.flatMap((key) => (config[key] === undefined ? [] : [[key, config[key]]])),
      );
      return api.send<Tried>("POST", `/bots/${botId}/request-test`, { contact, ...request });
    },
  });
  const { data } = trial;
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600}>
        {t("tryRequest.title")}
      </Text>
      <ContactSearch value={contact} error={undefined} onChange={setContact} />
      <Button
        size="xs"
        variant="light"
        leftSection={<IconSend size={14} />}
        disabled={contact === null}
        loading={trial.isPending}
        onClick={() => trial.mutate()}
      >
        {t("tryRequest.send")}
      </Button>
      {trial.error === null ? null : <ErrorNotice error={trial.error} />}
      {data === undefined ? null : (
        <>
          {data.problems.map((problem) => (
            <Alert key={`${problem.code} ${problem.message}`} color="yellow" p="xs">
              <Text size="sm">{say(problem)}</Text>
            </Alert>
          ))}
          {data.request === null ? null : <JsonView label={t("tryRequest.request")} value={data.request} />}
          <JsonView label={t("tryRequest.response")} value={withReadBody(data.report)} />
          <JsonView label={t("tryRequest.kept")} value={{ fields: data.fields, vars: data.vars }} />
        </>
      )}
    </Stack>
  );
}

/** A JSON body as what it holds: as a text in a text nobody could read its paths off. */
function withReadBody(report: Tried["report"]): unknown {
  if (!("body" in report) || typeof report.body !== "string") return report;
  try {
    return { ...report, body: JSON.parse(report.body) as unknown };
  } catch {
    return report;
  }
}
