import { Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { toKey } from "../../../src/engine/field-key.ts";
import type { FieldBody } from "../../../src/http/contract/fields.ts";
import { type FieldKind, fieldKinds } from "../../../src/model/field.ts";
import { useBasis } from "../layout/basis.ts";
import { EditDialog } from "../layout/dialog.tsx";
import { useForm } from "../layout/form.tsx";
import { DescriptionField, NameField } from "../layout/named.tsx";
import { useApi } from "../layout/page.tsx";
import { useRenew } from "../layout/resource.ts";

/** The dialog in which a field is made, or changed. */
export function EditField({
  field,
  called = "",
  onMade,
  onClose,
}: {
  readonly field: FieldBody | undefined;
  /** What a new one is called to begin with. */
  readonly called?: string;
  /** Hears of a new one. */
  readonly onMade?: (made: FieldBody) => void;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const api = useApi();
  const renew = useRenew();
  const [name, setName] = useState(field?.name ?? called);
  const [typedKey, setKey] = useState<string | undefined>(undefined);
  const [kind, setKind] = useState<FieldKind>("text");
  const [description, setDescription] = useState(field?.description ?? "");
  const key = typedKey ?? toKey(name);
  const basis = useBasis(`/fields/${field?.id}`, field, ["name", "description"]);
  const form = useForm(
    ["name", "key", "description"],
    async () => {
      const kept = await (field === undefined
        ? api.send<FieldBody>("POST", "/fields", { name, key, kind, description })
        : api.send<FieldBody>("PATCH", `/fields/${field.id}`, { name, description }));
      await renew("/fields");
      if (field === undefined) onMade?.(kept);
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
