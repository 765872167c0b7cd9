import { Table, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldBody } from "../../../src/http/contract/fields.ts";
import { CopyText } from "../layout/copy-field.tsx";
import { useEdited } from "../layout/edited.tsx";
import { Listing, ListTable } from "../layout/listing.tsx";
import { NameCell } from "../layout/named.tsx";
import { EmptyState, Page } from "../layout/page.tsx";
import { useContactCounts, useList } from "../layout/resource.ts";
import { RowButtons } from "../layout/row-buttons.tsx";
import { isFound, SearchField } from "../layout/search-field.tsx";
import { EditField } from "./edit-field.tsx";

/** The fields of contacts. */
export function FieldsPage() {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const fields = useList<FieldBody>("/fields");
  const { create, onEdit, dialog } = useEdited<FieldBody>(t("fields.create"));
  return (
    <Page title={t("menu.fields")} actions={create}>
      <SearchField value={search} onChange={setSearch} />
      <Listing
        list={fields}
        empty={<EmptyState title={t("fields.empty.title")} text={t("fields.empty.text")} action={create} />}
      >
        {(items) => <Fields fields={items.filter(({ name, key }) => isFound(search, name, key))} onEdit={onEdit} />}
      </Listing>
      {dialog((field, onClose) => (
        <EditField field={field} onClose={onClose} />
      ))}
    </Page>
  );
}

function Fields({
  fields,
  onEdit,
}: {
  readonly fields: readonly FieldBody[];
  readonly onEdit: ((field: FieldBody) => void) | undefined;
}) {
  const { t } = useTranslation();
  const counts = useContactCounts("fields");
  if (fields.length === 0) return <Text size="sm">{t("list.noMatch")}</Text>;
  return (
    <ListTable head={[t("list.name"), t("fields.key"), t("list.kind"), t("list.contacts"), ""]}>
      {fields.map((field) => {
        const contacts = counts?.get(String(field.id)) ?? 0;
        return (
          <Table.Tr key={field.id}>
            <NameCell name={field.name} description={field.description} />
            <Table.Td>
              <CopyText what={t("fields.key")} value={field.key} />
            </Table.Td>
            <Table.Td>{t(`fieldKind.${field.kind}`)}</Table.Td>
            <Table.Td>{counts === undefined ? "…" : contacts}</Table.Td>
            <Table.Td>
              <RowButtons
                name={field.name}
                loss={t("fields.loss", { contacts })}
                list="/fields"
                id={field.id}
                onEdit={onEdit && (() => onEdit(field))}
              />
            </Table.Td>
          </Table.Tr>
        );
      })}
    </ListTable>
  );
}
