import { Fieldset } from "@mantine/core";
import { type ComponentType, useContext, useMemo } from "react";
import { z } from "zod";
import { type QueryName, queryTypes } from "../../../src/model/query.ts";
import type { FieldProps, FieldsProps } from "./field-props.ts";
import { FormScopeContext } from "./form-scope.ts";
import { choicesOf, type JsonSchema } from "./json-schema.ts";

const schemas = new Map<QueryName, JsonSchema>();

/** The arguments of a query as its form draws them: whatever is not one of a few words may be a template, and so is written as text. */
export function schemaOfQuery(name: QueryName): JsonSchema {
  const known = schemas.get(name);
  if (known !== undefined) return known;
  const type = queryTypes[name].args as unknown as z.ZodObject;
  const { properties = {}, required = [] } = z.toJSONSchema(type, {
    io: "input",
    unrepresentable: "any",
    reused: "inline",
  }) as JsonSchema;
  const entries = Object.entries(properties).map(([key, schema]) => {
    const standard = schema.default ?? standardOf(type.shape[key]);
    return [key, { ...asWritten(schema), ...(standard === undefined ? {} : { default: standard }) }] as const;
  });
  const made: JsonSchema = { type: "object", properties: Object.fromEntries(entries), required };
  schemas.set(name, made);
  return made;
}

/** What counts where nothing is said: the schema of a switch does not tell it. */
function standardOf(type: z.core.$ZodType | undefined): unknown {
  return type === undefined ? undefined : z.safeParse(type, undefined).data;
}

function asWritten({ description, ...schema }: JsonSchema): JsonSchema {
  const about = description === undefined ? {} : { description };
  if (schema.enum !== undefined || schema.type === "boolean") return { ...schema, ...about };
  if (schema.type === "integer") return { anyOf: [{ type: "integer" }, { type: "string" }], ...about };
  const isMoment = choicesOf(schema) !== undefined;
  return { type: "string", maxLength: isMoment ? 500 : 10_000, ...about };
}

const isQuery = (name: unknown): name is QueryName => typeof name === "string" && Object.hasOwn(queryTypes, name);

/** What the chosen query takes. `Fields` draws it. */
export function QueryArgs({
  value,
  path,
  label,
  onChange,
  Fields,
}: FieldProps & { Fields: ComponentType<FieldsProps> }) {
  const { settings } = useContext(FormScopeContext);
  const name = isQuery(settings.query) ? settings.query : undefined;
  const scope = useMemo(() => ({ owner: name ?? "", settings: {} }), [name]);
  if (name === undefined) return null;
  const schema = schemaOfQuery(name);
  const own = Object.keys(schema.properties ?? {});
  const args = Object.entries(value ?? {}).map(
    ([key, one]) => [key, Array.isArray(one) ? one.join(", ") : one] as const,
  );
  return (
    <Fieldset legend={label} p="sm">
      <FormScopeContext value={scope}>
        <Fields
          schema={schema}
          value={Object.fromEntries(args)}
          path={path}
          // What another query was given goes once this one's is changed.
          onChange={(next, changed) =>
            onChange(Object.fromEntries(Object.entries(next as object).filter(([key]) => own.includes(key))), changed)
          }
        />
      </FormScopeContext>
    </Fieldset>
  );
}
