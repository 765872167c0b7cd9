import { Checkbox, NumberInput, Select, Stack, TagsInput, Text, Textarea, TextInput } from "@mantine/core";
import { useContext } from "react";
import { useTranslation } from "react-i18next";
import { useCatalogue } from "./catalogue.ts";
import type { FieldProps } from "./field-props.ts";
import { FormScopeContext } from "./form-scope.ts";
import { primitivesOf } from "./json-schema.ts";
import { LookupsInput } from "./lookup-input.tsx";
import { findLookup } from "./lookups.ts";
import { TemplateInput } from "./template-input.tsx";
import { UnknownNames } from "./unknown-names.tsx";

/** Texts that may be longer than this are written over several lines, with variables at hand. */
const shortText = 200;

/** The setting's own key: the last part of a path that is no place in a list. */
export function keyOfPath(path: string): string {
  return path.split(".").findLast((part) => !/^\d+$/.test(part)) ?? "";
}

export function WordsField({ schema, value, path, label, onChange }: FieldProps) {
  const { hint } = useCatalogue();
  const { owner, settings } = useContext(FormScopeContext);
  const name = findLookup(owner, keyOfPath(path));
  const values = Array.isArray(value) ? (value as string[]) : [];
  const look = { label, description: hint(schema.description) };
  // Not for every channel: an empty list would be for none.
  const set = (next: readonly string[]) =>
    onChange(next.length === 0 && name !== undefined ? undefined : [...next], path);
  return name === undefined ? (
    <TagsInput {...look} value={values} onChange={set} />
  ) : (
    <LookupsInput {...look} name={name} settings={settings} values={values} onChange={set} />
  );
}

export function EnumField({ schema, value, path, label, onChange }: FieldProps) {
  const catalogue = useCatalogue();
  const { owner } = useContext(FormScopeContext);
  const key = keyOfPath(path);
  const shown = value ?? schema.default ?? null;
  return (
    <Select
      label={label}
      description={catalogue.hint(schema.description)}
      data={(schema.enum ?? []).map((one) => ({
        value: String(one),
        label: catalogue.option(owner, key, String(one)),
      }))}
      value={shown === null ? null : String(shown)}
      clearable={schema.default === undefined}
      allowDeselect={false}
      onChange={(next) => {
        if (next === null) onChange(undefined, path);
        else
          onChange(
            (schema.enum ?? []).find((one) => String(one) === next),
            path,
          );
      }}
    />
  );
}

export function NumberField({ schema, value, path, label, onChange }: FieldProps) {
  const { hint } = useCatalogue();
  return (
    <NumberInput
      label={label}
      description={hint(schema.description)}
      value={typeof value === "number" ? value : ((schema.default as number | undefined) ?? "")}
      allowDecimal={schema.type === "number"}
      onChange={(next) => onChange(typeof next === "number" ? next : undefined, path)}
    />
  );
}

export function BooleanField({ schema, value, path, label, onChange }: FieldProps) {
  const { hint } = useCatalogue();
  return (
    <Checkbox
      label={label}
      description={hint(schema.description)}
      checked={value === undefined ? schema.default === true : value === true}
      onChange={({ currentTarget }) => onChange(currentTarget.checked, path)}
    />
  );
}

export function TextField({ schema, value, path, label, onChange }: FieldProps) {
  const { hint } = useCatalogue();
  const text = typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value);
  const set = (next: string) => onChange(next === "" && schema.default === undefined ? undefined : next, path);
  if ((schema.maxLength ?? 0) > shortText) {
    return <TemplateInput label={label} description={hint(schema.description)} value={text} onChange={set} />;
  }
  return (
    <Stack gap={4}>
      <TextInput
        label={label}
        description={hint(schema.description)}
        value={text}
        onChange={({ currentTarget }) => set(currentTarget.value)}
      />
      <UnknownNames text={text} />
    </Stack>
  );
}

/** A number as it is typed, or a text (a template) that comes to one. */
export function TextOrNumberField({ schema, value, path, label, onChange }: FieldProps) {
  const { hint } = useCatalogue();
  const types = primitivesOf(schema);
  const read = (text: string) => {
    if (text === "") return types?.has("null") === true ? null : undefined;
    const isNumber = types?.has("number") === true ? /^-?\d+(\.\d+)?$/.test(text) : /^-?\d+$/.test(text);
    return isNumber && (types?.has("number") === true || types?.has("integer") === true) ? Number(text) : text;
  };
  return (
    <TextInput
      label={label}
      description={hint(schema.description)}
      placeholder={schema.default === undefined ? undefined : String(schema.default)}
      value={typeof value === "string" || typeof value === "number" ? String(value) : ""}
      onChange={({ currentTarget }) => onChange(read(currentTarget.value), path)}
    />
  );
}

/** What no other field can draw. It is taken over once it is JSON. */
export function JsonField({ value, path, label, onChange }: FieldProps) {
  const { t } = useTranslation();
  return (
    <Stack gap={2}>
      <Textarea
        label={label}
        autosize
        minRows={1}
        defaultValue={value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value, null, 2)}
        onChange={({ currentTarget }) => onChange(readJson(currentTarget.value), path)}
      />
      <Text size="xs" c="dimmed">
        {t("builder.jsonHint")}
      </Text>
    </Stack>
  );
}

/** JSON where it is, else the text as it stands. */
function readJson(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
