import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { errorBodySchema, type Scope } from "../contract/common.ts";
import type { HttpDependencies } from "../dependencies.ts";

/** The app as resource files see it: schemas give the types of params, query, body and answer. */
export type ApiApp = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** One resource: adds its routes. */
export type ApiResource = (app: ApiApp, dependencies: HttpDependencies) => void;

interface RouteDescription {
  /** The operation's id in the OpenAPI document, and in the audit log (`contract/audit-log.ts` says which are kept). */
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly scope: Scope;
  /** Changes what all bots of a workspace share. */
  readonly shared?: boolean;
  /** Of a good answer; default 200. */
  readonly status?: 200 | 201 | 202 | 204;
}

interface RouteSchemas {
  readonly params?: z.ZodType;
  readonly querystring?: z.ZodType;
  readonly body?: z.ZodType;
}

const writeHeaders = z.looseObject({
  "idempotency-key": z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, "1 to 200 visible ASCII characters")
    .optional()
    .describe("A repetition with the same key hears the first answer and changes nothing."),
});

/** Options of an API route: its schemas for validation, types and the OpenAPI document at once, and what a token needs for it. */
export function route<const Schemas extends RouteSchemas, Answer extends z.ZodType>(
  description: RouteDescription & { readonly writes?: boolean },
  schemas: Schemas,
  answer: Answer,
) {
  const { id, tag, summary, scope, shared = false, status = 200, writes = false } = description;
  // `204` is the status's meaning for Fastify too: the handler gives nothing back.
  const response: Record<number, Answer> = { [status]: answer };
  return {
    schema: {
      ...schemas,
      operationId: id,
      tags: [tag],
      summary,
      ...(description.description === undefined ? {} : { description: description.description }),
      ...(writes ? { headers: writeHeaders } : {}),
      security: [{ token: [] }],
      "x-required-scope": scope,
      response: { ...response, "4xx": errorBodySchema, "5xx": errorBodySchema } as unknown as Record<number, Answer>,
    },
    config: { scope, shared, status, operation: id },
  };
}
