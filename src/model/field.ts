import { z } from "zod";

/** What a field or a variable can hold. */
export const fieldKinds = ["text", "number", "boolean", "date", "datetime", "list", "json"] as const;
export const fieldKindSchema = z.enum(fieldKinds);
export type FieldKind = z.infer<typeof fieldKindSchema>;

/** A JSON value; what fields, variables and step states are made of. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/**
 * The value of a field in its stored form: text and list as they are, number as a finite number, boolean,
 * date as `YYYY-MM-DD`, datetime as ISO 8601 in UTC, JSON as any JSON value. `null` never stands for "no value":
 * a field without a value is absent.
 */
export type FieldValue = Exclude<Json, null>;

/** A field's key: what templates and conditions write after `fields.`; Latin, so that it is safe everywhere. */
export const fieldKeySchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,59}$/, "a key starts with a small Latin letter and has only a-z, 0-9 and _ (60 at most)");

/** A field definition of a workspace (or, for variables, of a bot). */
export interface FieldDefinition {
  readonly id: number;
  readonly key: string;
  /** The name people see; may be in any script. Doors accept the name as well as the key. */
  readonly name: string;
  readonly kind: FieldKind;
}
