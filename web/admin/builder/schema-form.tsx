import { ActionIcon, Button, Fieldset, Group, Select, Stack, Text } from "@mantine/core";
import { IconArrowUp, IconPlus, IconTrash } from "@tabler/icons-react";
import { useContext, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { ActionCallEditor } from "./action-call-editor.tsx";
import { useCatalogue } from "./catalogue.ts";
import { ConditionEditor } from "./condition-editor.tsx";
import { createRef } from "./document.ts";
import type { FieldProps, FieldsProps } from "./field-props.ts";
import { shownKeys, useOwnParts } from "./form-keys.ts";
import { FormScopeContext } from "./form-scope.ts";
import { choicesOf, discriminatorOf, emptyValue, isActionCall, type JsonSchema, primitivesOf } from "./json-schema.ts";
import { LookupField } from "./lookup-field.tsx";
import { findLookup } from "./lookups.ts";
import { MapField } from "./map-field.tsx";
import {
  BooleanField,
  EnumField,
  JsonField,
  keyOfPath,
  NumberField,
  TextField,
  TextOrNumberField,
  WordsField,
} from "./plain-fields.tsx";
import { QueryArgs } from "./query-args.tsx";
import { TemplateField } from "./template-field.tsx";
import { beginWith, findMissing } from "./unfinished.ts";
import { WeekdaysInput } from "./weekdays-input.tsx";

/** A form for whatever a schema says: step types and actions that are added later are drawn by it as they are. */
export function SchemaField(props: FieldProps) {
  const { schema, path } = props;
  const { owner } = useContext(FormScopeContext);
  const key = keyOfPath(path);
  if (key === "condition") return <ConditionEditor {...props} />;
  const Own = findEditor(schema, owner, key);
  if (Own !== undefined) return <Own {...props} Fields={ObjectFields} />;
  // A value of any kind is written as text: a template, or what is read in the kind of its field.
  if (schema.$ref !== undefined) return <TextField {...props} schema={{ type: "string", maxLength: 10_000 }} />;
  if (key === "weekdays") return <WeekdaysField {...props} />;
  const lookup = findLookup(owner, key);
  const primitives = primitivesOf(schema);
  if (primitives !== undefined) {
    if (lookup !== undefined) return <LookupField {...props} lookup={lookup} types={primitives} />;
    if (choicesOf(schema) !== undefined) return <TextOrNumberField {...props} />;
  }
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

/** Of what has a form of its own. */
function findEditor(schema: JsonSchema, owner: string, key: string) {
  if (isActionCall(schema)) return ActionCallEditor;
  if (owner === "query" && key === "args") return QueryArgs;
  return key === "template" && schema.properties?.language !== undefined ? TemplateField : undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The fields of an object, without a frame. */
export function ObjectFields({ schema, value, path, onChange, skip = [] }: FieldsProps) {
  const catalogue = useCatalogue();
  const around = useContext(FormScopeContext);
  const record = isRecord(value) ? value : {};
  const { owner, settings } = around;
  const inner = useMemo(
    () => ({ owner, settings: { ...settings, ...(isRecord(value) ? value : {}) } }),
    [owner, settings, value],
  );
  const ownParts = useOwnParts();
  const properties = schema.properties ?? {};
  const keys = shownKeys(properties, record, ownParts).filter((key) => !skip.includes(key));
  return (
    <FormScopeContext value={inner}>
      <Stack gap="sm">
        {keys.map((key) => {
          const setting = properties[key] ?? {};
          const innerPath = path === "" ? key : `${path}.${key}`;
          // Parts that outputs hang on get their ids when they are added.
          if (key === "id" && setting.type === "string" && path !== "" && !path.endsWith("args")) return null;
          return (
            <Stack key={key} gap={4}>
              <OptionalField
                isRequired={schema.required?.includes(key) === true || setting.default !== undefined}
                schema={setting}
                value={record[key]}
                path={innerPath}
                label={catalogue.label(owner, key)}
                onChange={(next, changed) => {
                  const { [key]: _old, ...rest } = record;
                  onChange(next === undefined ? rest : { ...record, [key]: next }, changed);
                }}
              />
              <Missing what={findMissing(owner, key, record[key], schema.required?.includes(key) === true)} />
            </Stack>
          );
        })}
      </Stack>
    </FormScopeContext>
  );
}

function Missing({ what }: { readonly what: "words" | "tag" | "field" | undefined }) {
  const { t } = useTranslation();
  if (what === undefined) return null;
  return (
    <Text size="xs" className="unfinished">
      {t(`unfinished.missing.${what}`)}
    </Text>
  );
}

/** What need not be there is added and taken away as a whole, but for plain fields, which may stay empty. */
function OptionalField({ isRequired, ...props }: FieldProps & { readonly isRequired: boolean }) {
  const { t } = useTranslation();
  const { schema, value, path, label, onChange } = props;
  const isPlain = schema.type !== "object" && (choicesOf(schema) === undefined || primitivesOf(schema) !== undefined);
  if (isRequired || isPlain) return <SchemaField {...props} />;
  if (value === undefined) {
    return (
      <Stack gap={2}>
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
        <Hint of={schema} />
      </Stack>
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
      <Hint of={props.schema} />
      <ObjectFields {...props} />
    </Fieldset>
  );
}

/** What a part with settings of its own is for; plain fields show it themselves. */
function Hint({ of }: { readonly of: JsonSchema }) {
  const { hint } = useCatalogue();
  const says = hint(of.description);
  return says === undefined ? null : (
    <Text size="xs" c="dimmed">
      {says}
    </Text>
  );
}

function ChoiceField({ choices, ...props }: FieldProps & { readonly choices: readonly JsonSchema[] }) {
  const catalogue = useCatalogue();
  const { owner } = useContext(FormScopeContext);
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
      ? catalogue.option(owner, keyOfPath(path), nameOfChoice(choice, choices))
      : catalogue.option(owner, key, String(choice.properties?.[key]?.const));
  return (
    <Fieldset legend={label} p="sm">
      <Stack gap="sm">
        <Select
          aria-label={label}
          data={choices.map((choice, index) => ({ value: String(index), label: titleOf(choice) }))}
          value={String(chosen)}
          allowDeselect={false}
          onChange={(next) => {
            const wanted = choices[Number(next)] ?? {};
            onChange(beginWith(owner, wanted, emptyValue(wanted)), path);
          }}
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

/** What tells a choice from the others: a setting that it alone must have, or its type. */
export function nameOfChoice(choice: JsonSchema, choices: readonly JsonSchema[]): string {
  const isCommon = (key: string) => choices.every(({ properties }) => properties?.[key] !== undefined);
  return (
    choice.required?.find((key) => !isCommon(key)) ??
    choice.required?.[0] ??
    (choice.type === "object" ? (Object.keys(choice.properties ?? {})[0] ?? "") : (choice.type ?? ""))
  );
}

function WeekdaysField({ schema, value, path, label, onChange }: FieldProps) {
  const { hint } = useCatalogue();
  return (
    <WeekdaysInput
      label={label}
      description={hint(schema.description)}
      values={Array.isArray(value) ? (value as number[]) : []}
      onChange={(days) => onChange(days.length === 0 && schema.default === undefined ? undefined : days, path)}
    />
  );
}

function ListField({ schema, value, path, label, onChange }: FieldProps) {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const one = catalogue.item(keyOfPath(path), label);
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
          <Stack key={index} gap={2}>
            <Group gap={2} justify="flex-end">
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
            </Group>
            <Stack gap="xs">
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
                  label={t("builder.item", { what: one.charAt(0).toUpperCase() + one.slice(1), number: index + 1 })}
                  onChange={(next, changed) => replace(items.with(index, next), changed)}
                />
              )}
            </Stack>
          </Stack>
        ))}
        <Group>
          <Button
            size="compact-sm"
            variant="light"
            className="button-wraps"
            leftSection={<IconPlus size={14} />}
            disabled={items.length >= (schema.maxItems ?? Number.POSITIVE_INFINITY)}
            onClick={add}
          >
            {catalogue.add(keyOfPath(path), label)}
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}
