import type { JsonSchema } from "./json-schema.ts";

/** What a part of a form is given. `path` names it for marks of the history and for labels. */
export interface FieldProps {
  readonly schema: JsonSchema;
  readonly value: unknown;
  readonly path: string;
  readonly label: string;
  readonly onChange: (value: unknown, path: string) => void;
}

/** The fields of an object, without a frame; `skip` names those that are drawn elsewhere. */
export interface FieldsProps extends Omit<FieldProps, "label"> {
  readonly skip?: readonly string[];
}
