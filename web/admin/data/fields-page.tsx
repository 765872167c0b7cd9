import { Select, Table, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { toKey } from "../../../src/engine/field-key.ts";
import type { FieldBody } from "../../../src/http/contract/fields.ts";
import { type FieldKind, fieldKinds } from "../../../src/model/field.ts";
import { useBasis } from "../layout/basis.ts";
import { CopyText } from "../layout/copy-field.tsx";
import { EditDialog } from "../layout/dialog.tsx";
import { useEdited } from "../layout/edited.tsx";
import { useForm } from "../layout/form.tsx";
import { Listing, ListTable } from "../layout/listing.tsx";
import { DescriptionField, NameCell, NameField } from "../layout/named.tsx";
import { EmptyState, Page, useApi } from "../layout/page.tsx";
import { useContactCounts, useList, useRenew } from "../layout/resource.ts";
import { RowButtons } from "../layout/row-buttons.tsx";
import { isFound, SearchField } from "../layout/search-field.tsx";

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

function EditField({ field, onClose }: { readonly field: FieldBody | undefined; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const [name, setName] = useState(field?.name ?? "");
  const [typedKey, setKey] = useState<string | undefined>(undefined);
  const [kind, setKind] = useState<FieldKind>("text");
  const [description, setDescription] = useState(field?.description ?? "");
  const key = typedKey ?? toKey(name);
  const basis = useBasis(`/fields/${field?.id}`, field, ["name", "description"]);
  const form = useForm(
    ["name", "key", "description"],
    async () => {
      await (field === undefined
        ? api.send("POST", "/fields", { name, key, kind, description })
        : api.send("PATCH", `/fields/${field.id}`, { name, description }));
      await renew("/fields");
      onClose();
    },
    { "field.key_taken": field === undefined ? "key" : "name" },
    basis,
  );
  return (
    <EditDialog name={field?.name} create={t("fields.create")} form={form} onClose={onClose}>
      <NameField value={name} error={form.fieldErrors.name} onChange={setName} />
      {field === undefined ? (
        <KeyAndKind value={key} kind={kind} error={form.fieldErrors.key} onKey={setKey} onKind={setKind} />
      ) : null}
      <DescriptionField value={description} error={form.fieldErrors.description} onChange={setDescription} />
    </EditDialog>
  );
}

/** What of a field or a variable is chosen once. */
export function KeyAndKind({
  value,
  kind,
  error,
  onKey,
  onKind,
}: {
  readonly value: string;
  readonly kind: FieldKind;
  readonly error: string | undefined;
  readonly onKey: (key: string) => void;
  readonly onKind: (kind: FieldKind) => void;
}) {
  const { t } = useTranslation();
  return (
    <>
      <TextInput
        label={t("fields.key")}
        description={t("fields.keyHint")}
        required
        value={value}
        error={error}
        onChange={({ currentTarget }) => onKey(currentTarget.value)}
      />
      <Select
        label={t("list.kind")}
        description={t("fields.kindHint")}
        data={fieldKinds.map((one) => ({ value: one, label: t(`fieldKind.${one}`) }))}
        value={kind}
        allowDeselect={false}
        onChange={(next) => next !== null && onKind(next as FieldKind)}
      />
    </>
  );
}
