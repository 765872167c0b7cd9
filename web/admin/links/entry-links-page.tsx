import { Button, Table, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { EntryLinkSummaryBody } from "../../../src/http/contract/entry-links.ts";
import type { FlowSummaryBody } from "../../../src/http/contract/flows.ts";
import { Listing, ListTable } from "../layout/listing.tsx";
import { Moment } from "../layout/moment.tsx";
import { EmptyState, Page } from "../layout/page.tsx";
import { useContactCounts, useList, useMayBuild } from "../layout/resource.ts";
import { BotChoice, useBotNames } from "../setup/bot-choice.tsx";
import { NewEntryLink } from "./new-entry-link.tsx";

/** The links by which people enter bots, and how many came by each. */
export function EntryLinksPage() {
  const { t } = useTranslation();
  const [botId, setBotId] = useState<number | undefined>(undefined);
  const [isMaking, setMaking] = useState(false);
  const mayBuild = useMayBuild();
  const links = useList<EntryLinkSummaryBody>("/entry-links", { bot: botId });
  const create = mayBuild ? (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>
      {t("entryLinks.create")}
    </Button>
  ) : null;
  return (
    <Page title={t("menu.entryLinks")} actions={create}>
      <BotChoice all value={botId} onChange={setBotId} />
      <Listing
        list={links}
        empty={<EmptyState title={t("entryLinks.empty.title")} text={t("entryLinks.empty.text")} action={create} />}
      >
        {(items) => <Links links={items} />}
      </Listing>
      {isMaking ? <NewEntryLink onClose={() => setMaking(false)} /> : null}
    </Page>
  );
}

function Links({ links }: { readonly links: readonly EntryLinkSummaryBody[] }) {
  const { t } = useTranslation();
  const { domain } = useParams({ from: "/w/$domain" });
  const flows = useList<FlowSummaryBody>("/flows").items ?? [];
  const counts = useContactCounts("entry-links");
  const botNames = useBotNames();
  // Whoever opens a link of one that is not published is not led there.
  const state = (version: number | null) => (version === null ? ` (${t("flows.draft")})` : "");
  const flowNames = new Map(flows.map(({ ref, name, publishedVersion: at }) => [ref, `${name}${state(at)}`]));
  const head = [t("list.name"), t("list.bot"), t("choice.flow"), t("entryLinks.came"), t("list.created")];
  return (
    <ListTable head={head} minWidth={640}>
      {links.map(({ ref, botId, name, flow, createdAt }) => (
        <Table.Tr key={ref}>
          <Table.Td maw={280} className="cut">
            <Link to="/w/$domain/entry-links/$ref" params={{ domain, ref }} className="row-link">
              <Text span size="sm" fw={600}>
                {name}
              </Text>
            </Link>
          </Table.Td>
          <Table.Td>{botNames.get(botId) ?? ""}</Table.Td>
          <Table.Td>{flow === null ? t("entryLinks.byTriggers") : (flowNames.get(flow) ?? flow)}</Table.Td>
          <Table.Td>{counts === undefined ? "…" : (counts.get(ref) ?? 0)}</Table.Td>
          <Table.Td>
            <Moment at={createdAt} />
          </Table.Td>
        </Table.Tr>
      ))}
    </ListTable>
  );
}
