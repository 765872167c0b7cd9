import { Badge, Button, Code, Group, Loader, Stack, Switch, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { z } from "zod";
import type { FindingBody, findingsSchema } from "../../../src/http/contract/system.ts";
import { Moment } from "../layout/moment.tsx";
import { Section, useApi } from "../layout/page.tsx";
import { ErrorNotice, useSentence } from "../layout/trouble.tsx";

const looks = {
  problem: { color: "red", variant: "light" },
  warning: { color: "yellow", variant: "light" },
  ok: { variant: "default" },
} as const;

/** What the doctor says; it is asked when the page is opened and when somebody asks again, for it asks every messenger. */
export function Findings() {
  const { t } = useTranslation();
  const api = useApi();
  const [showsWell, setShowsWell] = useState(false);
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: [api.domain, "system/findings"],
    queryFn: ({ signal }) => api.get<z.infer<typeof findingsSchema>>("/system/findings", {}, signal),
    staleTime: 60_000,
    refetchOnWindowFocus: false,
  });
  const wrong = (data?.data ?? []).filter(({ severity }) => severity !== "ok");
  const well = (data?.data ?? []).filter(({ severity }) => severity === "ok");
  return (
    <Section
      title={t("system.findings")}
      actions={
        <Button size="xs" variant="default" loading={isFetching} onClick={() => void refetch()}>
          {t("system.again")}
        </Button>
      }
    >
      <Text size="sm" c="dimmed">
        {t("system.findingsText", { command: "repartee doctor" })}
      </Text>
      {error === null ? null : <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null ? (
        <Group gap="sm" role="status">
          <Loader size="sm" />
          <Text size="sm">{t("system.looking")}</Text>
        </Group>
      ) : null}
      {data === undefined ? null : (
        <Stack gap="md">
          {wrong.length === 0 ? <Text size="sm">{t("system.nothingWrong")}</Text> : <List findings={wrong} />}
          <Switch
            label={t("system.showWell", { count: well.length })}
            checked={showsWell}
            onChange={({ currentTarget }) => setShowsWell(currentTarget.checked)}
          />
          {showsWell ? <List findings={well} /> : null}
          <Text size="xs" c="dimmed">
            {t("system.lookedAt")} <Moment at={data.at} />
          </Text>
        </Stack>
      )}
    </Section>
  );
}

function List({ findings }: { readonly findings: readonly FindingBody[] }) {
  const { t } = useTranslation();
  const say = useSentence();
  return (
    <Stack gap="sm" component="ul" m={0} p={0} style={{ listStyle: "none" }}>
      {findings.map(({ check, severity, advice, ...found }, place) => (
        <li key={`${check} ${place.toString()}`}>
          <Group gap="sm" wrap="nowrap" align="flex-start">
            <Badge {...looks[severity]} tt="none" flex="none">
              {t(`system.severity.${severity}`)}
            </Badge>
            <Stack gap={2} miw={0}>
              <Text size="sm" className="breakable">
                {`${say(found)}.`}
              </Text>
              {advice === undefined ? null : (
                <Text size="sm" c="dimmed" className="breakable">
                  {say(advice)}
                </Text>
              )}
              <Code fz="xs" className="breakable" w="fit-content">
                {check}
              </Code>
            </Stack>
          </Group>
        </li>
      ))}
    </Stack>
  );
}
