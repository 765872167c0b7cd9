import { Anchor, Table, Text } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { AuditEntryBody } from "../../../src/http/contract/audit-log.ts";
import { Listing, ListTable } from "../layout/listing.tsx";
import { Moment } from "../layout/moment.tsx";
import { EmptyState, Page } from "../layout/page.tsx";
import { usePages } from "../layout/resource.ts";
import { AuditEntry } from "./audit-entry.tsx";
import { type AuditFilter, toInstant } from "./audit-filter.ts";
import { AuditFilters } from "./audit-filters.tsx";
import { describeActor, describeOperation, describeThing } from "./describe-audit.ts";

/** Who changed what of the workspace's set-up. The filter stands in the address. */
export function AuditLogPage() {
  const { t } = useTranslation();
  const filter = useSearch({ from: "/w/$domain/settings/audit-log" });
  const navigate = useNavigate({ from: "/w/$domain/settings/audit-log" });
  const [shown, setShown] = useState<AuditEntryBody | null>(null);
  const { from, to, ...rest } = filter;
  const entries = usePages<AuditEntryBody>("/audit-log", { ...rest, from: toInstant(from), to: toInstant(to) });
  const change = (to: AuditFilter) => void navigate({ search: to, replace: true });
  return (
    <Page title={t("menu.auditLog")}>
      <AuditFilters filter={filter} onChange={change} />
      <Listing
        list={entries}
        empty={
          Object.keys(filter).length > 0 ? (
            <Text size="sm">{t("audit.nothing")}</Text>
          ) : (
            <EmptyState title={t("audit.empty.title")} text={t("audit.empty.text")} />
          )
        }
      >
        {(items) => <Entries entries={items} onOpen={setShown} />}
      </Listing>
      {shown === null ? null : (
        <AuditEntry
          entry={shown}
          onClose={() => setShown(null)}
          onNarrow={(to) => {
            setShown(null);
            change(to);
          }}
        />
      )}
    </Page>
  );
}

function Entries({
  entries,
  onOpen,
}: {
  readonly entries: readonly AuditEntryBody[];
  readonly onOpen: (entry: AuditEntryBody) => void;
}) {
  const { t } = useTranslation();
  return (
    <ListTable head={[t("audit.what"), t("audit.thing"), t("audit.who"), t("audit.when")]} minWidth={620}>
      {entries.map((entry) => (
        <Table.Tr key={entry.id}>
          <Table.Td>
            <Anchor component="button" type="button" size="sm" ta="left" onClick={() => onOpen(entry)}>
              {describeOperation(t, entry.operation)}
            </Anchor>
          </Table.Td>
          <Table.Td maw={280} className="breakable">
            {describeThing(t, entry.subject)}
          </Table.Td>
          <Table.Td maw={220} className="breakable">
            {describeActor(t, entry)}
          </Table.Td>
          <Table.Td>
            <Moment at={entry.at} />
          </Table.Td>
        </Table.Tr>
      ))}
    </ListTable>
  );
}
