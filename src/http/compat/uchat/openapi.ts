import { z } from "zod";
import { errorSchema, invalidSchema } from "./answers.ts";
import type { AnyEndpoint } from "./endpoint.ts";

type JsonSchema = Record<string, unknown> & {
  readonly properties?: Record<string, JsonSchema>;
  readonly required?: string[];
};

const scopeNames = { flow: "Manage Flow", team: "Manage Team" } as const;

/** The OpenAPI 3.1 document of the endpoints, at the given base. */
export function describeEndpoints(endpoints: readonly AnyEndpoint[], baseUrl: string) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const endpoint of endpoints) {
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method.toLowerCase()]: describe(endpoint) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "UChat's API, as this server speaks it",
      version: "1",
      description:
        "For clients written for UChat: change the base URL and the token. docs/compat/uchat.md says what differs. Arguments are taken from the query, from a JSON body and from a form.",
    },
    servers: [{ url: baseUrl }],
    security: [{ token: [] }],
    components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
    paths,
  };
}

function describe({ method, path, scope, summary, input, answer, isOurs = false }: AnyEndpoint) {
  const schema = toSchema(input);
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
  const parameters = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const isInPath = inPath.includes(name);
    if (!isInPath && method !== "GET") return [];
    return [
      { name, in: isInPath ? "path" : "query", required: isInPath || isRequired(schema, name), schema: property },
    ];
  });
  const body = withoutProperties(schema, inPath);
  const scopeText = scope === "any" ? "" : `Scope required: (${scopeNames[scope]})  `;
  return {
    operationId: `${method.toLowerCase()}${path.replace(/[^A-Za-z0-9]+(.)?/g, (_all, next: string = "") => next.toUpperCase())}`,
    tags: [path.split("/")[1] ?? ""],
    summary: `${scopeText}${summary}`,
    ...(isOurs ? { description: "Not one of UChat's: this server's own, in its style." } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(method === "GET" || Object.keys(body.properties ?? {}).length === 0
      ? {}
      : { requestBody: { required: true, content: jsonContent(body) } }),
    responses: {
      200: { description: "Successful operation", content: jsonContent(toSchema(answer)) },
      400: { description: "Refused, with a sentence", content: jsonContent(toSchema(errorSchema)) },
      401: { description: "Not a live token of kind uchat", content: jsonContent(toSchema(errorSchema)) },
      422: { description: "The input does not fit", content: jsonContent(toSchema(invalidSchema)) },
      429: { description: "Too many requests a second; see Retry-After", content: jsonContent(toSchema(errorSchema)) },
    },
  };
}

const jsonContent = (schema: JsonSchema) => ({ "application/json": { schema } });
const isRequired = (schema: JsonSchema, name: string) => schema.required?.includes(name) === true;

function withoutProperties(schema: JsonSchema, names: readonly string[]): JsonSchema {
  const properties = Object.entries(schema.properties ?? {}).filter(([name]) => !names.includes(name));
  const required = (schema.required ?? []).filter((name) => !names.includes(name));
  return { ...schema, properties: Object.fromEntries(properties), required };
}

function toSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      const shown = z.globalRegistry.get(zodSchema)?.shownAs;
      if (shown === undefined) return;
      for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
      Object.assign(jsonSchema, shown);
    },
  });
  return json as JsonSchema;
}
