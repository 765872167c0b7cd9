import { Fieldset, Select, Stack, Text } from "@mantine/core";
import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";
import { z } from "zod";
import { actions } from "../../../src/actions/index.ts";
import type { AnyAction } from "../../../src/engine/action-type.ts";
import type { FieldProps, FieldsProps } from "./field-props.ts";
import { emptyValue, type JsonSchema } from "./json-schema.ts";

const catalogue: Readonly<Record<string, AnyAction>> = actions;
const groups = Map.groupBy(Object.values(catalogue), ({ group }) => group);
const choices = Array.from(groups, ([group, members]) => ({
  group,
  items: members.map(({ name, title }) => ({ value: name, label: title })),
}));

const schemas = new Map<string, JsonSchema>();

function schemaOfAction(action: AnyAction): JsonSchema {
  const known = schemas.get(action.name);
  if (known !== undefined) return known;
  const made = z.toJSONSchema(action.args, { io: "input", unrepresentable: "any", reused: "inline" }) as JsonSchema;
  schemas.set(action.name, made);
  return made;
}

/** One call of the action catalogue: which, and with what. `Fields` draws the arguments. */
export function ActionCallEditor({
  value,
  path,
  label,
  onChange,
  Fields,
}: FieldProps & { readonly Fields: ComponentType<FieldsProps> }) {
  const { t } = useTranslation();
  const call = (value ?? {}) as { readonly action?: string; readonly args?: Record<string, unknown> };
  const action = Object.hasOwn(catalogue, call.action ?? "") ? catalogue[call.action ?? ""] : undefined;
  const schema = action === undefined ? undefined : schemaOfAction(action);
  return (
    <Fieldset p="sm">
      <Stack gap="sm">
        <Select
          label={label}
          searchable
          placeholder={t("builder.chooseAction")}
          data={choices}
          value={action?.name ?? null}
          onChange={(name) => {
            const next = name === null ? undefined : catalogue[name];
            if (next !== undefined) onChange({ action: next.name, args: emptyValue(schemaOfAction(next)) ?? {} }, path);
          }}
        />
        {action === undefined ? null : (
          <Text size="xs" c="dimmed">
            {action.description}
          </Text>
        )}
        {schema === undefined ? null : (
          <Fields
            schema={schema}
            value={call.args}
            path={`${path}.args`}
            onChange={(args, changed) => onChange({ ...call, args }, changed)}
          />
        )}
      </Stack>
    </Fieldset>
  );
}
