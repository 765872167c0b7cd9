/** What an OpenAPI document says of a value: as much of JSON Schema as ours use. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly format?: string;
  readonly example?: unknown;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
}

interface OpenApiOperation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema?: Schema }[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> };
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

/** A call of a door that its document describes. */
export interface Operation {
  readonly method: string;
  /** With `{name}` for what stands in the path. */
  readonly path: string;
  readonly query: Readonly<Record<string, Schema>>;
  readonly body: Schema | undefined;
}

/** Chance that can be repeated: mulberry32, after Tommy Ettinger's public-domain generator. */
export function createChance(seed: number) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    is: (share: number) => next() < share,
    below: (count: number) => Math.floor(next() * count),
    pick: <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T,
  };
}
export type Chance = ReturnType<typeof createChance>;

export function operationsOf(document: OpenApi, prefix = ""): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) => {
      if (!["get", "post", "put", "patch", "delete"].includes(method)) return [];
      const query = (operation.parameters ?? []).filter((parameter) => parameter.in === "query");
      return [
        {
          method: method.toUpperCase(),
          path: `${prefix}${path}`,
          query: Object.fromEntries(query.map(({ name, schema = {} }) => [name, schema])),
          body: Object.values(operation.requestBody?.content ?? {})[0]?.schema,
        },
      ];
    }),
  );
}

/** The values that a schema itself writes down. */
function givenBy({ const: only, enum: some = [], examples = [], example, default: usual }: Schema): readonly unknown[] {
  return [only, ...some, ...examples, example, usual].filter((one) => one !== undefined);
}

/** Makes values that a schema allows, naming things that there are: `things` by the names under which doors take them. */
export function createSampler(
  components: Readonly<Record<string, Schema>>,
  things: Readonly<Record<string, readonly unknown[]>>,
  chance: Chance,
) {
  const texts = ["hello", "Ann", "Привет", "ann@example.com", "+79001234567", "{{ contact.name }}", "2026-01-15", "1"];

  function sample(schema: Schema, name = "", depth = 0): unknown {
    if (schema.$ref !== undefined)
      return sample(components[schema.$ref.split("/").at(-1) ?? ""] ?? {}, name, depth + 1);
    const known = things[name];
    if (known !== undefined && chance.is(0.8)) return chance.pick(known);
    const given = givenBy(schema);
    if (given.length > 0 && (schema.example === undefined || chance.is(0.6))) return chance.pick(given);
    const choices = schema.anyOf ?? schema.oneOf;
    if (choices !== undefined) return depth > 12 ? null : sample(chance.pick(choices), name, depth + 1);
    if (schema.allOf !== undefined) {
      return Object.assign({}, ...schema.allOf.map((part) => sample(part, name, depth + 1)));
    }
    return sampleType(schema, name, depth);
  }

  function sampleType(schema: Schema, name: string, depth: number): unknown {
    const type = typeof schema.type === "string" ? schema.type : chance.pick(schema.type ?? ["string"]);
    if (type === "object" || schema.properties !== undefined) return sampleObject(schema, depth);
    if (type === "array") {
      return Array.from({ length: depth > 8 ? 0 : chance.below(4) }, () => sample(schema.items ?? {}, name, depth + 1));
    }
    return samplePlain(schema, type);
  }

  function sampleObject({ properties = {}, required = [] }: Schema, depth: number): unknown {
    const wanted = Object.entries(properties).filter(
      ([key]) => required.includes(key) || (depth < 8 && chance.is(0.5)),
    );
    return Object.fromEntries(wanted.map(([key, part]) => [key, sample(part, key, depth + 1)]));
  }

  function samplePlain({ minimum = 0, maximum = 1e9, minLength = 0, format }: Schema, type: string): unknown {
    if (type === "integer" || type === "number") return minimum + chance.below(Math.min(100, maximum - minimum + 1));
    if (type === "boolean") return chance.is(0.5);
    if (type === "null") return null;
    if (format === "date-time") return "2026-12-01T10:00:00Z";
    return format === "uri" ? "https://example.com/a" : chance.pick(texts).padEnd(minLength, "x");
  }

  return sample;
}
