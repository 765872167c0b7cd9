import {
  Button,
  Group,
  JsonInput,
  NumberInput,
  Select,
  Stack,
  TagsInput,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ComponentType, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ContactBody } from "../../../src/http/contract/contacts.ts";
import type { FieldBody } from "../../../src/http/contract/fields.ts";
import type { FieldKind } from "../../../src/model/field.ts";
import { useBasis } from "../layout/basis.ts";
import { useForm } from "../layout/form.tsx";
import { sayMoment } from "../layout/moment.tsx";
import { Section, useApi } from "../layout/page.tsx";
import { ErrorNotice } from "../layout/trouble.tsx";
import { GuardedForm } from "../layout/unsaved.tsx";

interface EditorProps {
  readonly label: string;
  readonly value: unknown;
  readonly error: string | undefined;
  /** null: no value. */
  readonly onChange: (value: unknown) => void;
}

/** What a field of each kind is written with. */
const editors: { readonly [K in FieldKind]: ComponentType<EditorProps> } = {
  text: ({ value, onChange, ...rest }) => (
    <Textarea
      {...rest}
      autosize
      minRows={1}
      maxRows={8}
      value={typeof value === "string" ? value : ""}
      onChange={({ currentTarget }) => onChange(currentTarget.value === "" ? null : currentTarget.value)}
    />
  ),
  number: ({ value, onChange, ...rest }) => (
    <NumberInput
      {...rest}
      value={typeof value === "number" ? value : ""}
      onChange={(next) => onChange(typeof next === "number" ? next : null)}
    />
  ),
  boolean: BooleanEditor,
  date: ({ value, onChange, ...rest }) => (
    <TextInput
      {...rest}
      type="date"
      value={typeof value === "string" ? value : ""}
      onChange={({ currentTarget }) => onChange(currentTarget.value === "" ? null : currentTarget.value)}
    />
  ),
  datetime: ({ value, onChange, ...rest }) => (
    <TextInput
      {...rest}
      type="datetime-local"
      step={1}
      value={typeof value === "string" ? toLocal(value) : ""}
      onChange={({ currentTarget: { value: text } }) => onChange(text === "" ? null : new Date(text).toISOString())}
    />
  ),
  list: ({ value, onChange, ...rest }) => (
    <TagsInput
      {...rest}
      value={Array.isArray(value) ? value.map((one) => (typeof one === "string" ? one : JSON.stringify(one))) : []}
      onChange={(next) => onChange(next.length === 0 ? null : next)}
    />
  ),
  json: JsonEditor,
};

function BooleanEditor({ value, onChange, ...rest }: EditorProps) {
  const { t } = useTranslation();
  return (
    <Select
      {...rest}
      data={[
        { value: "true", label: t("contactCard.yes") },
        { value: "false", label: t("contactCard.no") },
      ]}
      clearable
      clearButtonProps={{ "aria-label": t("contactCard.clear", { what: rest.label }) }}
      value={typeof value === "boolean" ? String(value) : null}
      onChange={(next) => onChange(next === null ? null : next === "true")}
    />
  );
}

function JsonEditor({ value, onChange, ...rest }: EditorProps) {
  const [text, setText] = useState(value === undefined || value === null ? "" : JSON.stringify(value, null, 2));
  return (
    <JsonInput
      {...rest}
      autosize
      minRows={2}
      value={text}
      onChange={(next) => {
        setText(next);
        onChange(next.trim() === "" ? null : readJson(next));
      }}
    />
  );
}

/** What is no JSON yet goes as text: the server says so. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** An instant as this browser's clock shows it. */
function toLocal(instant: string): string {
  const at = new Date(instant);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

/** The workspace's fields with this contact's values. */
export function FieldsCard({ contact }: { readonly contact: ContactBody }) {
  const { t } = useTranslation();
  const api = useApi();
  const client = useQueryClient();
  const [typed, setTyped] = useState<Readonly<Record<string, unknown>>>({});
  const { data } = useQuery({
    queryKey: [api.domain, "fields"],
    queryFn: ({ signal }) => api.get<{ data: FieldBody[] }>("/fields", {}, signal),
    staleTime: 60_000,
  });
  const fields = data?.data ?? [];
  const basis = useBasis(`/contacts/${contact.id}`, contact, Object.keys(typed), {
    read: (body: ContactBody) => body.fields,
    isUntouched: Object.keys(typed).length === 0,
    words: Object.fromEntries(
      fields.map(({ key, name, kind }) => [
        key,
        { title: name, ...(kind === "datetime" ? { say: (at: unknown) => sayMoment(String(at)) } : {}) },
      ]),
    ),
  });
  const form = useForm(
    fields.map(({ key }) => `fields.${key}`),
    async () => {
      await api.send("PATCH", `/contacts/${contact.id}`, { fields: typed });
      await client.invalidateQueries({ queryKey: [api.domain, "contact", String(contact.id)] });
      setTyped({});
    },
    {},
    basis,
  );
  if (fields.length === 0) return null;
  return (
    <Section title={t("contactCard.fields")}>
      <GuardedForm form={form} isTyped={Object.keys(typed).length > 0}>
        <Stack gap="sm">
          {form.error === undefined ? null : <ErrorNotice error={form.error} />}
          {fields.map(({ key, name, kind }) => {
            const Editor = editors[kind];
            return (
              <Editor
                // What is no JSON yet is kept as it is typed: a new value, while nobody types, begins it anew.
                key={kind === "json" && !(key in typed) ? `${key} ${JSON.stringify(contact.fields[key])}` : key}
                label={name}
                value={key in typed ? typed[key] : contact.fields[key]}
                error={form.fieldErrors[`fields.${key}`]}
                onChange={(value) => setTyped((last) => ({ ...last, [key]: value }))}
              />
            );
          })}
          {Object.keys(typed).length === 0 ? (
            <Text size="xs" c="dimmed">
              {t("contactCard.fieldsHint")}
            </Text>
          ) : (
            <Group justify="flex-end">
              <Button type="button" variant="default" onClick={() => setTyped({})}>
                {t("action.cancel")}
              </Button>
              <Button type="submit" loading={form.isBusy}>
                {t("action.save")}
              </Button>
            </Group>
          )}
        </Stack>
      </GuardedForm>
    </Section>
  );
}
