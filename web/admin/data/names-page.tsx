import { Table, Text } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { NameEntry } from "../../../src/http/contract/names.ts";
import { hasTag } from "../contacts/contact-filter.ts";
import { useBasis } from "../layout/basis.ts";
import { EditDialog } from "../layout/dialog.tsx";
import { useEdited } from "../layout/edited.tsx";
import { useForm } from "../layout/form.tsx";
import { Listing, ListTable } from "../layout/listing.tsx";
import { Moment } from "../layout/moment.tsx";
import { NameField } from "../layout/named.tsx";
import { EmptyState, Page, useApi } from "../layout/page.tsx";
import { useContactCounts, useList, useRenew } from "../layout/resource.ts";
import { RowButtons } from "../layout/row-buttons.tsx";
import { isFound, SearchField } from "../layout/search-field.tsx";

type Noun = "tags" | "labels";

export function TagsPage() {
  return <NamesPage noun="tags" />;
}

export function LabelsPage() {
  return <NamesPage noun="labels" />;
}

/** Tags or labels, which differ in their words alone. */
function NamesPage({ noun }: { readonly noun: Noun }) {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const names = useList<NameEntry>(`/${noun}`);
  const { create, onEdit, dialog } = useEdited<NameEntry>(t(`${noun}.create`));
  return (
    <Page title={noun === "tags" ? t("nav.tags") : t("menu.labels")} actions={create}>
      <SearchField value={search} onChange={setSearch} />
      <Listing
        list={names}
        empty={<EmptyState title={t(`${noun}.empty.title`)} text={t(`${noun}.empty.text`)} action={create} />}
      >
        {(items) => <Names noun={noun} names={items.filter(({ name }) => isFound(search, name))} onEdit={onEdit} />}
      </Listing>
      {dialog((entry, onClose) => (
        <EditName noun={noun} entry={entry} onClose={onClose} />
      ))}
    </Page>
  );
}

function Names({
  noun,
  names,
  onEdit,
}: {
  readonly noun: Noun;
  readonly names: readonly NameEntry[];
  readonly onEdit: ((entry: NameEntry) => void) | undefined;
}) {
  const { t } = useTranslation();
  const { domain } = useParams({ from: "/w/$domain" });
  const counts = useContactCounts(noun);
  if (names.length === 0) return <Text size="sm">{t("list.noMatch")}</Text>;
  return (
    <ListTable head={[t("list.name"), t("list.contacts"), t("list.created"), ""]} minWidth={420}>
      {names.map((entry) => {
        const contacts = counts?.get(String(entry.id)) ?? 0;
        return (
          <Table.Tr key={entry.id}>
            <Table.Td maw={280} className="cut">
              {noun === "tags" ? (
                <Link
                  to="/w/$domain/contacts"
                  params={{ domain }}
                  search={{ where: hasTag(entry.name) }}
                  className="row-link"
                >
                  <Text span size="sm" fw={600}>
                    {entry.name}
                  </Text>
                </Link>
              ) : (
                <Text span size="sm" fw={600}>
                  {entry.name}
                </Text>
              )}
            </Table.Td>
            <Table.Td>{counts === undefined ? "…" : contacts}</Table.Td>
            <Table.Td>
              <Moment at={entry.createdAt} />
            </Table.Td>
            <Table.Td>
              <RowButtons
                name={entry.name}
                loss={t(`${noun}.loss`, { contacts })}
                list={`/${noun}`}
                id={entry.id}
                onEdit={onEdit && (() => onEdit(entry))}
              />
            </Table.Td>
          </Table.Tr>
        );
      })}
    </ListTable>
  );
}

function EditName({
  noun,
  entry,
  onClose,
}: {
  readonly noun: Noun;
  readonly entry: NameEntry | undefined;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const [name, setName] = useState(entry?.name ?? "");
  const basis = useBasis(`/${noun}/${entry?.id}`, entry, ["name"]);
  const form = useForm(
    ["name"],
    async () => {
      await (entry === undefined
        ? api.send("POST", `/${noun}`, { name })
        : api.send("PATCH", `/${noun}/${entry.id}`, { name }));
      await renew(`/${noun}`);
      onClose();
    },
    { "tag.name_taken": "name", "label.name_taken": "name" },
    basis,
  );
  return (
    <EditDialog name={entry?.name} create={t(`${noun}.create`)} form={form} onClose={onClose}>
      <NameField
        value={name}
        error={form.fieldErrors.name}
        hint={entry === undefined ? undefined : t(`${noun}.renameHint`)}
        onChange={setName}
      />
    </EditDialog>
  );
}
