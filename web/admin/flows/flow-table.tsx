import { ActionIcon, Badge, Menu, Paper, Stack, Table, Text } from "@mantine/core";
import { IconCopy, IconDots, IconPlayerStop, IconTrash } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FlowSummaryBody } from "../../../src/http/contract/flows.ts";
import type { Flow } from "../builder/flow-types.ts";
import { AskFirst } from "../layout/delete-button.tsx";
import { Moment } from "../layout/moment.tsx";
import { useApi } from "../layout/page.tsx";
import { useMayBuild, useRenew } from "../layout/resource.ts";
import { isFound, SearchField } from "../layout/search-field.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";

/** So many are seen at a glance. */
const fewFlows = 8;

/** The flows, found by name or ref, and what can be done with each from outside. */
export function FlowTable({
  flows,
  botNames,
}: {
  readonly flows: readonly FlowSummaryBody[];
  readonly botNames: ReadonlyMap<number, string>;
}) {
  const { t } = useTranslation();
  const { domain } = useParams({ from: "/w/$domain" });
  const mayBuild = useMayBuild();
  const [search, setSearch] = useState("");
  const found = flows.filter(({ name, ref }) => isFound(search, name, ref));
  return (
    <Stack gap="sm">
      {flows.length > fewFlows ? <SearchField value={search} onChange={setSearch} /> : null}
      {found.length === 0 ? <Text size="sm">{t("flows.noMatch")}</Text> : null}
      <Paper withBorder radius="lg">
        <Table.ScrollContainer minWidth={320}>
          <Table verticalSpacing="sm" horizontalSpacing="md">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t("field.name")}</Table.Th>
                <Table.Th visibleFrom="xs">{t("flows.bot")}</Table.Th>
                <Table.Th>{t("flows.state")}</Table.Th>
                <Table.Th visibleFrom="xs">{t("flows.changed")}</Table.Th>
                {mayBuild ? <Table.Th w={48} /> : null}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {found.map((flow) => (
                <Table.Tr key={flow.ref}>
                  <Table.Td>
                    <Link to="/w/$domain/flows/$ref" params={{ domain, ref: flow.ref }} className="row-link">
                      <Text span size="sm" fw={600}>
                        {flow.name}
                      </Text>
                    </Link>
                  </Table.Td>
                  <Table.Td visibleFrom="xs">{botNames.get(flow.botId) ?? ""}</Table.Td>
                  <Table.Td>
                    <FlowState version={flow.publishedVersion} />
                  </Table.Td>
                  <Table.Td visibleFrom="xs">
                    <Moment at={flow.updatedAt} />
                  </Table.Td>
                  {mayBuild ? (
                    <Table.Td>
                      <FlowMenu flow={flow} />
                    </Table.Td>
                  ) : null}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Paper>
    </Stack>
  );
}

function FlowState({ version }: { readonly version: number | null }) {
  const { t } = useTranslation();
  return version === null ? (
    <Badge variant="default" tt="none" className="whole-badge">
      {t("flows.draft")}
    </Badge>
  ) : (
    <Badge color="teal" variant="light" tt="none" className="whole-badge">
      {t("flows.published", { version })}
    </Badge>
  );
}

function FlowMenu({ flow: { ref, name, botId, publishedVersion } }: { readonly flow: FlowSummaryBody }) {
  const { t } = useTranslation();
  const { domain } = useParams({ from: "/w/$domain" });
  const api = useApi();
  const renew = useRenew();
  const navigate = useNavigate();
  const [asking, setAsking] = useState<"stop" | "delete">();
  const done = async (method: "POST" | "DELETE", path: string) => {
    await api.send(method, path);
    await renew("/flows");
  };
  const copy = useMutation({
    mutationFn: async () => {
      const { draft } = await api.get<Flow>(`/flows/${ref}`);
      const document = { ...draft, name: t("flows.copyOf", { name }).slice(0, 200) };
      return await api.send<Flow>("POST", "/flows", { bot: botId, document });
    },
    onSuccess: async (made) => {
      await renew("/flows");
      await navigate({ to: "/w/$domain/flows/$ref", params: { domain, ref: made.ref } });
    },
  });
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" loading={copy.isPending} aria-label={t("flows.more", { name })}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconCopy size={16} />} onClick={() => copy.mutate()}>
            {t("flows.duplicate")}
          </Menu.Item>
          {publishedVersion === null ? null : (
            <Menu.Item leftSection={<IconPlayerStop size={16} />} onClick={() => setAsking("stop")}>
              {t("flows.stop")}
            </Menu.Item>
          )}
          <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => setAsking("delete")}>
            {t("action.delete")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {copy.error === null ? null : <ErrorNotice error={copy.error} />}
      {asking === "stop" ? (
        <AskFirst
          {...{ name, verb: t("flows.stop"), loss: t("flows.stopLoss") }}
          onDelete={() => done("POST", `/flows/${ref}/unpublish`)}
          onClose={() => setAsking(undefined)}
        />
      ) : null}
      {asking === "delete" ? (
        <AskFirst
          {...{ name, verb: t("action.delete"), loss: t("flows.deleteLoss") }}
          onDelete={() => done("DELETE", `/flows/${ref}`)}
          onClose={() => setAsking(undefined)}
        />
      ) : null}
    </>
  );
}
