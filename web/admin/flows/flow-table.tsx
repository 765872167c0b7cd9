import { Badge, Paper, Stack, Table, Text, UnstyledButton } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconChevronDown, IconChevronRight, IconFolder } from "@tabler/icons-react";
import { Link, useParams } from "@tanstack/react-router";
import { Fragment, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FlowSummaryBody } from "../../../src/http/contract/flows.ts";
import { Moment } from "../layout/moment.tsx";
import { useMayBuild } from "../layout/resource.ts";
import { isFound, SearchField } from "../layout/search-field.tsx";
import { FlowMenu } from "./flow-menu.tsx";
import { type FlowGroup, groupFlows } from "./group-flows.ts";

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
  const [closed, setClosed] = useLocalStorage<readonly string[]>({ key: `closed-folders ${domain}`, defaultValue: [] });
  const folders = groupFlows(flows).flatMap(({ folder }) => folder ?? []);
  const found = flows.filter(({ name, ref, folder }) => isFound(search, name, ref, folder ?? ""));
  const groups = groupFlows(found);
  const toggle = (folder = "") =>
    setClosed((last) => (last.includes(folder) ? last.filter((one) => one !== folder) : [...last, folder]));
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
              {groups.map((group) => {
                const isClosed = search === "" && group.folder !== undefined && closed.includes(group.folder);
                return (
                  <Fragment key={group.folder ?? ""}>
                    {folders.length === 0 ? null : (
                      <FolderRow group={group} isClosed={isClosed} onToggle={() => toggle(group.folder)} />
                    )}
                    {isClosed
                      ? null
                      : group.flows.map((flow) => (
                          <FlowRow key={flow.ref} flow={flow} botNames={botNames} folders={folders} />
                        ))}
                  </Fragment>
                );
              })}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Paper>
    </Stack>
  );
}

function FlowRow({
  flow,
  botNames,
  folders,
}: {
  readonly flow: FlowSummaryBody;
  readonly botNames: ReadonlyMap<number, string>;
  readonly folders: readonly string[];
}) {
  const { domain } = useParams({ from: "/w/$domain" });
  const mayBuild = useMayBuild();
  return (
    <Table.Tr>
      <Table.Td {...(flow.folder === null ? {} : { pl: 40 })}>
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
          <FlowMenu flow={flow} folders={folders} />
        </Table.Td>
      ) : null}
    </Table.Tr>
  );
}

/** The head of a folder, which opens and closes it: this browser remembers. */
function FolderRow({
  group: { folder, flows },
  isClosed,
  onToggle,
}: {
  readonly group: FlowGroup<FlowSummaryBody>;
  readonly isClosed: boolean;
  readonly onToggle: () => void;
}) {
  const { t } = useTranslation();
  const Chevron = isClosed ? IconChevronRight : IconChevronDown;
  return (
    <Table.Tr>
      <Table.Td colSpan={5}>
        {folder === undefined ? (
          <Text span size="sm" c="dimmed">
            {t("flows.noFolder")}
          </Text>
        ) : (
          <UnstyledButton className="folder-head" aria-expanded={!isClosed} onClick={onToggle}>
            <Chevron size={16} />
            <IconFolder size={16} />
            <Text span size="sm" fw={600}>
              {folder}
            </Text>
            <Text span size="sm" c="dimmed">
              {flows.length}
            </Text>
          </UnstyledButton>
        )}
      </Table.Td>
    </Table.Tr>
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
