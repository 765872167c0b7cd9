import type { FieldDefinition } from "../model/field.ts";

/** Definitions as people name them: keys win over names where one is named like another's key. */
export function byKeyAndName(definitions: readonly FieldDefinition[]): ReadonlyMap<string, FieldDefinition> {
  return new Map([
    ...definitions.map((definition) => [definition.name, definition] as const),
    ...definitions.map((definition) => [definition.key, definition] as const),
  ]);
}
