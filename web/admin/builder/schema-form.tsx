import {
  ActionIcon,
  Button,
  Checkbox,
  Fieldset,
  Group,
  NumberInput,
  Select,
  Stack,
  TagsInput,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { IconArrowUp, IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { ActionCallEditor } from "./action-call-editor.tsx";
import { ConditionEditor } from "./condition-editor.tsx";
import { createRef } from "./document.ts";
import type { FieldProps, FieldsProps } from "./field-props.ts";
import {
  choicesOf,
  discriminatorOf,
  emptyValue,
  isActionCall,
  type JsonSchema,
  singular,
  wordsOf,
} from "./json-schema.ts";
import { TemplateInput } from "./template-input.tsx";

/** Texts that may be longer than this are written over several lines, with variables at hand. */
const shortText = 200;

/** A form for whatever a schema says: step types and actions that are added later are drawn by it as they are. */
export function SchemaField(props: FieldProps) {
  const { schema, path } = props;
  if (path.endsWith("condition") || schema.$ref !== undefined) return <ConditionEditor {...props} />;
  if (isActionCall(schema)) return <ActionCallEditor {...props} Fields={ObjectFields} />;
  const choices = choicesOf(schema);
  if (choices !== undefined) return <ChoiceField {...props} choices={choices} />;
  if (schema.enum !== undefined) return <EnumField {...props} />;
  switch (schema.type) {
    case "object":
      return schema.properties === undefined ? <MapField {...props} /> : <ObjectField {...props} />;
    case "array":
      return schema.items?.type === "string" && schema.items.enum === undefined ? (
        <WordsField {...props} />
      ) : (
        <ListField {...props} />
      );
    case "number":
    case "integer":
      return <NumberField {...props} />;
    case "boolean":
      return <BooleanField {...props} />;
    case "string":
      return <TextField {...props} />;
    default:
      return <JsonField {...props} />;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The fields of an object, without a frame. */
export function ObjectFields({ schema, value, path, onChange, skip = [] }: FieldsProps) {
  const record = isRecord(value) ? value : {};
  const entries = Object.entries(schema.properties ?? {}).filter(([key]) => !skip.includes(key));
  return (
    <Stack gap="sm">
      {entries.map(([key, inner]) => {
        const innerPath = path === "" ? key : `${path}.${key}`;
        if (key === "id" && inner.type === "string") return null;
        return (
          <OptionalField
            key={key}
            isRequired={schema.required?.includes(key) === true || inner.default !== undefined}
            schema={inner}
            value={record[key]}
            path={innerPath}
            label={wordsOf(key)}
            onChange={(next, changed) => {
              const { [key]: _old, ...rest } = record;
              onChange(next === undefined ? rest : { ...record, [key]: next }, changed);
            }}
          />
        );
      })}
    </Stack>
  );
}

/** What need not be there is added and taken away as a whole, but for plain fields, which may stay empty. */
function OptionalField({ isRequired, ...props }: FieldProps & { readonly isRequired: boolean }) {
  const { t } = useTranslation();
  const { schema, value, path, label, onChange } = props;
  const isPlain = schema.type !== "object" && choicesOf(schema) === undefined;
  if (isRequired || isPlain) return <SchemaField {...props} />;
  if (value === undefined) {
    return (
      <Group>
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconPlus size={14} />}
          onClick={() => onChange(emptyValue(schema) ?? {}, path)}
        >
          {label}
        </Button>
      </Group>
    );
  }
  return (
    <Stack gap={4}>
      <SchemaField {...props} />
      <Group>
        <Button size="compact-xs" variant="subtle" color="gray" onClick={() => onChange(undefined, path)}>
          {t("builder.without", { what: label.toLowerCase() })}
        </Button>
      </Group>
    </Stack>
  );
}

function ObjectField(props: FieldProps) {
  return (
    <Fieldset legend={props.label} p="sm">
      <ObjectFields {...props} />
    </Fieldset>
  );
}

function ChoiceField({ choices, ...props }: FieldProps & { readonly choices: readonly JsonSchema[] }) {
  const { value, path, label, onChange } = props;
  const key = discriminatorOf(choices);
  const record = isRecord(value) ? value : {};
  const indexOf = () => {
    if (key !== undefined) return choices.findIndex(({ properties }) => properties?.[key]?.const === record[key]);
    return choices.findIndex((choice) =>
      choice.type === "object"
        ? choice.required?.every((name) => name in record) === true
        : typeof value === choice.type,
    );
  };
  const chosen = Math.max(0, indexOf());
  const schema = choices[chosen];
  const titleOf = (choice: JsonSchema) =>
    key === undefined
      ? wordsOf(choice.required?.[0] ?? choice.type ?? "")
      : wordsOf(String(choice.properties?.[key]?.const));
  return (
    <Fieldset legend={label} p="sm">
      <Stack gap="sm">
        <Select
          aria-label={label}
          data={choices.map((choice, index) => ({ value: String(index), label: titleOf(choice) }))}
          value={String(chosen)}
          allowDeselect={false}
          onChange={(next) => onChange(emptyValue(choices[Number(next)] ?? {}), path)}
        />
        {schema?.type === "object" ? (
          <ObjectFields {...props} schema={schema} skip={key === undefined ? [] : [key]} />
        ) : schema === undefined ? null : (
          <SchemaField {...props} schema={schema} />
        )}
      </Stack>
    </Fieldset>
  );
}

function ListField({ schema, value, path, label, onChange }: FieldProps) {
  const { t } = useTranslation();
  const items = Array.isArray(value) ? (value as readonly unknown[]) : [];
  const inner = schema.items ?? {};
  const replace = (next: readonly unknown[], at = path) => onChange(next, at);
  const add = () => {
    const made = emptyValue(inner);
    const withId = isRecord(made) && inner.properties?.id !== undefined ? { ...made, id: createRef() } : made;
    replace([...items, withId]);
  };
  const canRemove = items.length > (schema.minItems ?? 0);
  return (
    <Fieldset legend={label} p="sm">
      <Stack gap="sm">
        {items.map((item, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: items have no names of their own, and are replaced as a whole.
          <Group key={index} align="flex-start" wrap="nowrap" gap="xs">
            <Stack flex={1} gap="xs" miw={0}>
              {inner.type === "object" && !isActionCall(inner) && choicesOf(inner) === undefined ? (
                <ObjectFields
                  schema={inner}
                  value={item}
                  path={`${path}.${index}`}
                  onChange={(next, changed) => replace(items.with(index, next), changed)}
                />
              ) : (
                <SchemaField
                  schema={inner}
                  value={item}
                  path={`${path}.${index}`}
                  label={`${singular(label)} ${index + 1}`}
                  onChange={(next, changed) => replace(items.with(index, next), changed)}
                />
              )}
            </Stack>
            <Stack gap={2}>
              <ActionIcon
                variant="subtle"
                color="gray"
                disabled={index === 0}
                aria-label={t("builder.moveUp", { what: label, number: index + 1 })}
                onClick={() => replace(items.with(index - 1, item).with(index, items[index - 1]))}
              >
                <IconArrowUp size={16} />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                color="red"
                disabled={!canRemove}
                aria-label={t("builder.remove", { what: label, number: index + 1 })}
                onClick={() => replace(items.toSpliced(index, 1))}
              >
                <IconTrash size={16} />
              </ActionIcon>
            </Stack>
          </Group>
        ))}
        <Group>
          <Button
            size="compact-sm"
            variant="light"
            leftSection={<IconPlus size={14} />}
            disabled={items.length >= (schema.maxItems ?? Number.POSITIVE_INFINITY)}
            onClick={add}
          >
            {t("builder.add", { what: singular(label.toLowerCase()) })}
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}

function WordsField({ value, path, label, onChange }: FieldProps) {
  return (
    <TagsInput
      label={label}
      value={Array.isArray(value) ? (value as string[]) : []}
      onChange={(next) => onChange(next, path)}
    />
  );
}

/** Names and texts, as headers have them. */
function MapField({ value, path, label, onChange }: FieldProps) {
  const { t } = useTranslation();
  const entries = Object.entries(isRecord(value) ? value : {});
  const replace = (next: readonly (readonly [string, unknown])[]) => onChange(Object.fromEntries(next), path);
  return (
    <Fieldset legend={label} p="sm">
      <Stack gap="xs">
        {entries.map(([key, inner], index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a name that is being typed must not lose the focus.
          <Group key={index} wrap="nowrap" gap="xs">
            <TextInput
              aria-label={t("builder.mapKey", { what: label })}
              value={key}
              onChange={({ currentTarget }) => replace(entries.with(index, [currentTarget.value, inner]))}
            />
            <TextInput
              flex={1}
              aria-label={t("builder.mapValue", { what: key })}
              value={typeof inner === "string" ? inner : JSON.stringify(inner)}
              onChange={({ currentTarget }) => replace(entries.with(index, [key, currentTarget.value]))}
            />
            <ActionIcon
              variant="subtle"
              color="red"
              aria-label={t("builder.remove", { what: key, number: index + 1 })}
              onClick={() => replace(entries.toSpliced(index, 1))}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </Group>
        ))}
        <Group>
          <Button
            size="compact-sm"
            variant="light"
            leftSection={<IconPlus size={14} />}
            onClick={() => replace([...entries, [`name${entries.length + 1}`, ""]])}
          >
            {t("builder.add", { what: singular(label.toLowerCase()) })}
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}

function EnumField({ schema, value, path, label, onChange }: FieldProps) {
  return (
    <Select
      label={label}
      data={(schema.enum ?? []).map((one) => ({ value: String(one), label: wordsOf(String(one)) }))}
      value={value === undefined || value === null ? null : String(value)}
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

function NumberField({ schema, value, path, label, onChange }: FieldProps) {
  return (
    <NumberInput
      label={label}
      description={schema.description}
      value={typeof value === "number" ? value : ((schema.default as number | undefined) ?? "")}
      allowDecimal={schema.type === "number"}
      onChange={(next) => onChange(typeof next === "number" ? next : undefined, path)}
    />
  );
}

function BooleanField({ schema, value, path, label, onChange }: FieldProps) {
  return (
    <Checkbox
      label={label}
      description={schema.description}
      checked={value === undefined ? schema.default === true : value === true}
      onChange={({ currentTarget }) => onChange(currentTarget.checked, path)}
    />
  );
}

function TextField({ schema, value, path, label, onChange }: FieldProps) {
  const text = typeof value === "string" ? value : "";
  const set = (next: string) => onChange(next === "" && schema.default === undefined ? undefined : next, path);
  if ((schema.maxLength ?? 0) > shortText) {
    return <TemplateInput label={label} description={schema.description} value={text} onChange={set} />;
  }
  return (
    <TextInput
      label={label}
      description={schema.description}
      value={text}
      onChange={({ currentTarget }) => set(currentTarget.value)}
    />
  );
}

/** What no other field can draw. It is taken over once it is JSON. */
function JsonField({ value, path, label, onChange }: FieldProps) {
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
