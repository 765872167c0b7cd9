import {
  Button,
  Checkbox,
  Collapse,
  ColorInput,
  Group,
  NumberInput,
  PasswordInput,
  Select,
  Stack,
  TagsInput,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { wordsOf } from "../builder/json-schema.ts";
import { useReceivingHint } from "./receiving.ts";
import { type SettingSchema, type SettingValues, sortSettings } from "./settings-values.ts";

/** Colours that hold white letters and are seen on white. */
const swatches = ["#2563eb", "#0e7490", "#15803d", "#b45309", "#b91c1c", "#be185d", "#7e22ce"];

interface FieldsProps {
  readonly schema: SettingSchema;
  readonly secrets: readonly string[];
  /** Which secrets are set, so that they are only replaced. */
  readonly isSet: (key: string) => boolean;
  readonly values: SettingValues;
  readonly errors: Readonly<Record<string, string>>;
  readonly onChange: (values: SettingValues) => void;
}

/** The settings of a kind of channel or integration, from the flat schema that the server gives. */
export function SettingsFields(props: FieldsProps) {
  const { t } = useTranslation();
  const { plain, rare } = sortSettings(props.schema);
  const [isOpen, setOpen] = useState(false);
  const hasRareError = rare.some(([key]) => props.errors[key] !== undefined);
  const isShown = isOpen || hasRareError;
  return (
    <Stack gap="sm">
      {plain.map(([key, schema]) => (
        <Field
          key={key}
          {...props}
          name={key}
          schema={schema}
          isRequired={props.schema.required?.includes(key) === true}
        />
      ))}
      {rare.length === 0 ? null : (
        <Group>
          <Button size="compact-sm" variant="subtle" px={0} aria-expanded={isShown} onClick={() => setOpen(!isOpen)}>
            {t(isShown ? "channels.fewerSettings" : "channels.moreSettings")}
          </Button>
        </Group>
      )}
      <Collapse expanded={isShown}>
        <Stack gap="sm">
          {isShown
            ? rare.map(([key, schema]) => <Field key={key} {...props} name={key} schema={schema} isRequired={false} />)
            : null}
        </Stack>
      </Collapse>
    </Stack>
  );
}

function Field({
  name,
  schema,
  isRequired,
  secrets,
  isSet,
  values,
  errors,
  onChange,
}: FieldsProps & { readonly name: string; readonly isRequired: boolean }) {
  const { t } = useTranslation();
  const labels: Readonly<Record<string, string>> = t("formField", { returnObjects: true });
  const choices: Readonly<Record<string, string>> = t("formChoice", { returnObjects: true });
  const hint = useReceivingHint();
  const set = (value: unknown) => onChange({ ...values, [name]: value });
  const value = values[name] ?? schema.default;
  const common = { label: labels[name] ?? wordsOf(name), error: errors[name], withAsterisk: isRequired };
  if (secrets.includes(name)) {
    return (
      <PasswordInput
        {...common}
        autoComplete="new-password"
        placeholder={isSet(name) ? t("channels.secretKept") : ""}
        value={toText(values[name])}
        onChange={({ currentTarget }) => set(currentTarget.value)}
      />
    );
  }
  if (schema.enum !== undefined) {
    const data = schema.enum.map((one) => ({
      value: String(one),
      label: choices[String(one)] ?? wordsOf(String(one)),
    }));
    const description = schema.format === "receiving" ? hint(toText(value)) : undefined;
    return (
      <Select
        {...common}
        data={data}
        description={description}
        value={toText(value)}
        allowDeselect={false}
        onChange={set}
      />
    );
  }
  if (schema.format === "colour") {
    return (
      <ColorInput
        {...common}
        format="hex"
        withEyeDropper={false}
        swatches={swatches}
        value={toText(value)}
        onChange={set}
      />
    );
  }
  switch (schema.type) {
    case "number":
    case "integer":
      return (
        <NumberInput
          {...common}
          allowDecimal={schema.type === "number"}
          value={typeof value === "number" ? value : ""}
          onChange={set}
        />
      );
    case "boolean":
      return (
        <Checkbox
          label={common.label}
          error={common.error}
          checked={value === true}
          onChange={({ currentTarget }) => set(currentTarget.checked)}
        />
      );
    case "array":
      return <TagsInput {...common} value={Array.isArray(value) ? value.map(String) : []} onChange={set} />;
    default:
      return (schema.maxLength ?? 0) > 1_000 ? (
        <Textarea
          {...common}
          autosize
          minRows={2}
          value={toText(value)}
          onChange={({ currentTarget }) => set(currentTarget.value)}
        />
      ) : (
        <TextInput {...common} value={toText(value)} onChange={({ currentTarget }) => set(currentTarget.value)} />
      );
  }
}

const toText = (value: unknown) => (typeof value === "string" || typeof value === "number" ? String(value) : "");
