import { Select, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldBody } from "../../../src/http/contract/fields.ts";

/** A line of text that is saved when it is left, or with Enter. */
export function TextField({
  label,
  value,
  type = "text",
  error = null,
  onSave,
}: {
  readonly label: string;
  readonly value: string;
  readonly type?: "text" | "number" | "date";
  readonly error?: string | null;
  readonly onSave: (value: string) => void;
}) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const save = () => {
    if (text.trim() !== value) onSave(text.trim());
  };
  return (
    <TextInput
      size="xs"
      type={type}
      label={label}
      error={error}
      value={text}
      onChange={({ currentTarget }) => setText(currentTarget.value)}
      onBlur={save}
      onKeyDown={(event) => event.key === "Enter" && save()}
    />
  );
}

/** A field's value as its kind is written. The server says what does not fit. */
export function FieldInput({
  field: { name, kind },
  value,
  onSave,
}: {
  readonly field: FieldBody;
  readonly value: unknown;
  readonly onSave: (value: unknown) => void;
}) {
  const { t } = useTranslation();
  const [problem, setProblem] = useState<string | null>(null);
  if (kind === "boolean") {
    return (
      <Select
        size="xs"
        label={name}
        clearable
        data={[
          { value: "true", label: t("inbox.yes") },
          { value: "false", label: t("inbox.no") },
        ]}
        value={typeof value === "boolean" ? String(value) : null}
        onChange={(next) => onSave(next === null ? null : next === "true")}
      />
    );
  }
  const isJson = kind === "json" || kind === "list";
  const shown = value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
  const save = (text: string) => {
    setProblem(null);
    if (text === "") return onSave(null);
    if (kind === "number") return onSave(Number(text));
    if (!isJson) return onSave(text);
    try {
      onSave(JSON.parse(text));
    } catch {
      setProblem(t("inbox.badJson"));
    }
  };
  const type = kind === "number" || kind === "date" ? kind : "text";
  return <TextField label={name} value={shown} type={type} error={problem} onSave={save} />;
}
