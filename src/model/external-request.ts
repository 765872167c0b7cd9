import { z } from "zod";
import type { Json } from "./field.ts";
import { resultMappingSchema } from "./result-mapping.ts";

export const requestMethods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
export type RequestMethod = (typeof requestMethods)[number];

const template = (longest: number) => z.string().max(longest);
const pairs = z.array(z.object({ name: template(200).min(1), value: template(4_000).default("") })).max(50);

/** A request as it is written in a flow: every text is a template. */
export const requestSchema = z.object({
  method: z.enum(requestMethods).default("GET"),
  url: template(4_000).min(1),
  query: pairs.default([]),
  headers: pairs.default([]),
  body: z
    .discriminatedUnion("type", [
      z.object({ type: z.literal("none") }),
      /** JSON whose texts are templates; one that is a single output ending in `| json` becomes the value itself. */
      z.object({ type: z.literal("json"), text: template(20_000).min(1) }),
      z.object({ type: z.literal("form"), fields: pairs }),
      z.object({ type: z.literal("raw"), text: template(20_000), contentType: template(200).default("text/plain") }),
    ])
    .default({ type: "none" }),
});
export type ExternalRequest = z.output<typeof requestSchema>;

/** Where a part of an answer is kept. */
export const answerMappingSchema = resultMappingSchema.safeExtend({
  /** `path` is a JSON path into the body, or a header's name; nothing is looked for in a status. */
  from: z.enum(["body", "status", "header"]).default("body"),
});
export type AnswerMapping = z.output<typeof answerMappingSchema>;

/** What a request is rendered with, kept in the position until its job runs. */
export interface RequestRun {
  readonly request: ExternalRequest;
  /** Every name that templates can use, but for secrets, which are opened where the request is made. */
  readonly names: Json;
  /** Unix milliseconds, IANA zone and seed of the event: a template renders the same whenever it is run again. */
  readonly globals: { readonly now: number; readonly timeZone: string; readonly seed: string };
  readonly timeoutSeconds: number;
  /** Further tries; 0 for what may not be done twice. */
  readonly retries: number;
  /** Whether a try that was cut off may simply be made again. */
  readonly isRepeatable: boolean;
}

/** What came of a request. */
export const requestReportSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("answered"),
    status: z.number(),
    headers: z.record(z.string(), z.string()),
    body: z.string(),
    attempts: z.number(),
  }),
  z.object({ kind: z.literal("timeout"), message: z.string(), attempts: z.number() }),
  z.object({ kind: z.literal("failed"), message: z.string(), attempts: z.number() }),
]);
export type RequestReport = z.output<typeof requestReportSchema>;

/** The request as it goes out. */
export interface RenderedRequest {
  readonly method: RequestMethod;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}
