/** What of JSON Schema a form can draw. */
export interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly enum?: readonly (string | number)[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly default?: unknown;
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxLength?: number;
  readonly additionalProperties?: JsonSchema | boolean;
  /** The step says: it is about these values of `type` beside it. */
  readonly ofTypes?: readonly string[];
  /** The step says: a part of a message that some kinds of channels have. */
  readonly isOwnPart?: boolean;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

/** Ways of which one has to be chosen. */
export function choicesOf(schema: JsonSchema): readonly JsonSchema[] | undefined {
  return schema.oneOf ?? schema.anyOf;
}

/** The property by which a choice's forms are told apart: the one that is a constant in each. */
export function discriminatorOf(choices: readonly JsonSchema[]): string | undefined {
  const [first] = choices;
  return Object.keys(first?.properties ?? {}).find((key) =>
    choices.every(({ properties }) => properties?.[key]?.const !== undefined),
  );
}

/** A value to begin with, as small as the schema allows. */
export function emptyValue(schema: JsonSchema): unknown {
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const choices = choicesOf(schema);
  if (choices?.[0] !== undefined) return emptyValue(choices[0]);
  switch (schema.type) {
    case "object":
      return Object.fromEntries(
        Object.entries(schema.properties ?? {})
          .filter(([key]) => schema.required?.includes(key))
          .map(([key, inner]) => [key, emptyValue(inner)]),
      );
    case "array":
      // Words are typed: an empty one would be one too many.
      if (schema.items?.type === "string") return [];
      return Array.from({ length: schema.minItems ?? 0 }, () => emptyValue(schema.items ?? {}));
    case "number":
    case "integer":
      return Math.max(1, schema.minimum ?? 0);
    case "boolean":
      return false;
    case "string":
      return "";
    default:
      return null;
  }
}

/** `retryText` as a person reads it. */
export function wordsOf(key: string): string {
  const words = key
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replaceAll("_", " ")
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** One of what a list's name says. */
export function singular(words: string): string {
  return words.replace(/ies$/, "y").replace(/(?<=[^s])s$/, "");
}

/** Whether a list's items are calls of the action catalogue. */
export function isActionCall({ properties }: JsonSchema): boolean {
  return properties?.action !== undefined && properties.args !== undefined;
}

/** The types of a value that is a text, a number or nothing, in whichever order; undefined where it may be more. */
export function primitivesOf(schema: JsonSchema): ReadonlySet<string> | undefined {
  const choices = choicesOf(schema);
  if (choices === undefined) {
    const isPlain = ["string", "integer", "number", "null"].includes(schema.type ?? "") && schema.enum === undefined;
    return isPlain ? new Set([schema.type ?? ""]) : undefined;
  }
  const types = choices.map(primitivesOf);
  return types.every((one) => one !== undefined) ? new Set(types.flatMap((one) => [...one])) : undefined;
}
