import { Button, Group, SegmentedControl, Table, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BroadcastBody } from "../../../src/http/contract/broadcasts.ts";
import { Listing, ListTable } from "../layout/listing.tsx";
import { Moment } from "../layout/moment.tsx";
import { EmptyState, Page } from "../layout/page.tsx";
import { useMayBuild, usePages } from "../layout/resource.ts";
import { useBotNames } from "../setup/bot-choice.tsx";
import { BroadcastProgress, BroadcastStatus } from "./broadcast-progress.tsx";
import { NewBroadcast } from "./new-broadcast.tsx";

/** The same for many contacts: what was sent, what is being sent, what waits. */
export function BroadcastsPage() {
  const { t } = useTranslation();
  const { domain } = useParams({ from: "/w/$domain" });
  const mayBuild = useMayBuild();
  const botNames = useBotNames();
  const [shown, setShown] = useState<"sending" | "changes">("sending");
  const isSending = shown === "sending";
  const broadcasts = usePages<BroadcastBody>("/broadcasts", { sends: String(isSending) }, { every: 3_000 });
  const [isMaking, setMaking] = useState(false);
  const create = mayBuild ? (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>
      {t("broadcasts.create")}
    </Button>
  ) : null;
  return (
    <Page title={t("menu.broadcasts")} actions={create}>
      <Group>
        <SegmentedControl
          size="xs"
          aria-label={t("broadcasts.show.label")}
          data={(["sending", "changes"] as const).map((one) => ({ value: one, label: t(`broadcasts.show.${one}`) }))}
          value={shown}
          onChange={(next) => setShown(next === "changes" ? "changes" : "sending")}
        />
      </Group>
      <Listing
        list={broadcasts}
        empty={
          isSending ? (
            <EmptyState title={t("broadcasts.empty.title")} text={t("broadcasts.empty.text")} action={create} />
          ) : (
            <EmptyState title={t("broadcasts.noChanges.title")} text={t("broadcasts.noChanges.text")} />
          )
        }
      >
        {(items) => (
          <ListTable
            head={[t("list.name"), t("list.bot"), t("list.state"), t("broadcasts.progress"), t("list.created")]}
            minWidth={680}
          >
            {items.map((broadcast) => (
              <Table.Tr key={broadcast.id}>
                <Table.Td maw={260} className="cut">
                  <Link
                    to="/w/$domain/broadcasts/$id"
                    params={{ domain, id: String(broadcast.id) }}
                    className="row-link"
                  >
                    <Text span size="sm" fw={600}>
                      {broadcast.name}
                    </Text>
                  </Link>
                </Table.Td>
                <Table.Td>{botNames.get(broadcast.botId) ?? ""}</Table.Td>
                <Table.Td>
                  <BroadcastStatus broadcast={broadcast} />
                </Table.Td>
                <Table.Td miw={140}>
                  <BroadcastProgress broadcast={broadcast} />
                </Table.Td>
                <Table.Td>
                  <Moment at={broadcast.createdAt} />
                </Table.Td>
              </Table.Tr>
            ))}
          </ListTable>
        )}
      </Listing>
      {isMaking ? <NewBroadcast onClose={() => setMaking(false)} /> : null}
    </Page>
  );
}
