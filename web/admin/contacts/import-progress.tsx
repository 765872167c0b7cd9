import { Alert, Button, Group, Progress, Stack, Table, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { ImportBody, ImportLineBody } from "../../../src/http/contract/imports.ts";
import { toNumber } from "../layout/number.ts";
import { Section, useApi } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";

/** How far a check or an import is, and what came of it. */
export function ImportProgress({ found, onAgain }: { readonly found: ImportBody; readonly onAgain: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const { id, status, done, lines, counts, error } = found;
  const isUnderWay = status === "checking" || status === "running";
  const cancel = useMutation({
    mutationFn: () => api.send<ImportBody>("POST", `/imports/${id}/cancel`),
    onSuccess: (next) => client.setQueryData([api.domain, "import", id], next),
  });
  const titles = {
    checking: t("imports.checking", { done: toNumber(done), lines: toNumber(lines) }),
    running: t("imports.running", { done: toNumber(done), lines: toNumber(lines) }),
    checked: t("imports.wouldBe"),
    finished: t("imports.finished"),
    cancelled: t("imports.cancelled"),
    uploaded: "",
  };
  return (
    <Section title={titles[status]}>
      <Stack role="status">
        {isUnderWay ? (
          <Progress value={(100 * done) / Math.max(1, lines)} animated size="lg" aria-label={t("imports.progress")} />
        ) : null}
        {error === null ? null : <Alert color="red">{t("imports.unreadable", { why: error })}</Alert>}
        {cancel.error === null ? null : <ErrorNotice error={cancel.error} />}
        <Group gap="xl">
          <Text fw={600}>{t("imports.created", { n: toNumber(counts.created) })}</Text>
          <Text fw={600}>{t("imports.updated", { n: toNumber(counts.updated) })}</Text>
          <Text fw={600}>{t("imports.refused", { n: toNumber(counts.refused) })}</Text>
        </Group>
      </Stack>
      {counts.refused > 0 && !isUnderWay ? <Refused id={id} status={status} /> : null}
      <Group justify="flex-end">
        {isUnderWay ? (
          <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
            {t("action.cancel")}
          </Button>
        ) : null}
        {status === "finished" || status === "cancelled" ? (
          <>
            <Button variant="default" onClick={onAgain}>
              {t("imports.again")}
            </Button>
            <Button component={Link} to={`/w/${api.domain}/contacts`}>
              {t("imports.toContacts")}
            </Button>
          </>
        ) : null}
      </Group>
    </Section>
  );
}

function Refused({ id, status }: { readonly id: number; readonly status: ImportBody["status"] }) {
  const { t } = useTranslation();
  const api = useApi();
  const { data } = useQuery({
    queryKey: [api.domain, "import", id, "refused", status],
    queryFn: ({ signal }) => api.get<{ data: ImportLineBody[] }>(`/imports/${id}/refused`, { limit: 20 }, signal),
  });
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600}>
        {t("imports.firstProblems")}
      </Text>
      <Table verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={90}>{t("imports.line")}</Table.Th>
            <Table.Th>{t("imports.problem")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {data?.data.map(({ line, reason }) => (
            <Table.Tr key={line}>
              <Table.Td>{line}</Table.Td>
              <Table.Td className="breakable">{reason}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Group>
        <Button
          component="a"
          href={`/api/v1/imports/${id}/refused.csv?workspace=${encodeURIComponent(api.domain)}`}
          download={`refused-${id}.csv`}
          variant="light"
          leftSection={<IconDownload size={16} />}
        >
          {t("imports.download")}
        </Button>
      </Group>
    </Stack>
  );
}
