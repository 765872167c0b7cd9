import { Button, Group, Select, Table, Text, Textarea, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { toKey } from "../../../src/engine/field-key.ts";
import type { FieldBody } from "../../../src/http/contract/fields.ts";
import { type FieldKind, fieldKinds } from "../../../src/model/field.ts";
import { useBasis } from "../layout/basis.ts";
import { CopyText } from "../layout/copy-field.tsx";
import { DeleteButton } from "../layout/delete-button.tsx";
import { Dialog, DialogForm } from "../layout/dialog.tsx";
import { EditButton } from "../layout/edit-button.tsx";
import { useForm } from "../layout/form.tsx";
import { Listing, ListTable } from "../layout/listing.tsx";
import { EmptyState, Page, useApi } from "../layout/page.tsx";
import { useContactCounts, useList, useMayChange, useRenew } from "../layout/resource.ts";
import { isFound, SearchField } from "../layout/search-field.tsx";

/** The fields of contacts. */
export function FieldsPage() {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const [edited, setEdited] = useState<FieldBody | "new" | null>(null);
  const mayChange = useMayChange();
  const fields = useList<FieldBody>("/fields");
  const create = mayChange ? (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setEdited("new")}>
      {t("fields.create")}
    </Button>
  ) : null;
  return (
    <Page title={t("menu.fields")} actions={create}>
      <SearchField value={search} onChange={setSearch} />
      <Listing
        list={fields}
        empty={<EmptyState title={t("fields.empty.title")} text={t("fields.empty.text")} action={create} />}
      >
        {(items) => (
          <Fields
            fields={items.filter(({ name, key }) => isFound(search, name, key))}
            onEdit={mayChange ? setEdited : undefined}
          />
        )}
      </Listing>
      {edited === null ? null : (
        <EditField field={edited === "new" ? undefined : edited} onClose={() => setEdited(null)} />
      )}
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
  const api = useApi();
  const renew = useRenew();
  const counts = useContactCounts("fields");
  if (fields.length === 0) return <Text size="sm">{t("list.noMatch")}</Text>;
  return (
    <ListTable head={[t("list.name"), t("fields.key"), t("list.kind"), t("list.contacts"), ""]}>
      {fields.map((field) => {
        const contacts = counts?.get(String(field.id)) ?? 0;
        return (
          <Table.Tr key={field.id}>
            <Table.Td maw={260}>
              <Text size="sm" fw={600} className="cut">
                {field.name}
              </Text>
              <Text size="xs" c="dimmed" className="cut">
                {field.description}
              </Text>
            </Table.Td>
            <Table.Td>
              <CopyText what={t("fields.key")} value={field.key} />
            </Table.Td>
            <Table.Td>{t(`fieldKind.${field.kind}`)}</Table.Td>
            <Table.Td>{counts === undefined ? "…" : contacts}</Table.Td>
            <Table.Td>
              {onEdit === undefined ? null : (
                <Group gap={4} justify="flex-end" wrap="nowrap">
                  <EditButton name={field.name} onClick={() => onEdit(field)} />
                  <DeleteButton
                    name={field.name}
                    loss={t("fields.loss", { contacts })}
                    onDelete={async () => {
                      await api.send("DELETE", `/fields/${field.id}`);
                      await renew("/fields");
                    }}
                  />
                </Group>
              )}
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
    <Dialog title={field === undefined ? t("fields.create") : t("list.edit", { name: field.name })} onClose={onClose}>
      <DialogForm form={form} submit={t(field === undefined ? "action.create" : "action.save")}>
        <TextInput
          label={t("list.name")}
          required
          data-autofocus
          value={name}
          error={form.fieldErrors.name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        {field === undefined ? (
          <KeyAndKind value={key} kind={kind} error={form.fieldErrors.key} onKey={setKey} onKind={setKind} />
        ) : null}
        <Textarea
          label={t("list.description")}
          description={t("list.descriptionHint")}
          autosize
          minRows={2}
          value={description}
          error={form.fieldErrors.description}
          onChange={({ currentTarget }) => setDescription(currentTarget.value)}
        />
      </DialogForm>
    </Dialog>
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
