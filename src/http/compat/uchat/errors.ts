import type { FastifyReply } from "fastify";
import type { z } from "zod";
import { AppError, type ErrorKind, errorTable } from "../../../model/app-error.ts";
import type { RawInput } from "./input.ts";

/** A call that Laravel's validation would refuse. */
export class InvalidInput extends Error {
  override readonly name = "InvalidInput";
  /** Sentences by field, `data.0.tag_ns` as Laravel writes places. */
  readonly errors: Readonly<Record<string, readonly string[]>>;

  constructor(errors: Readonly<Record<string, readonly string[]>>) {
    const sentences = Object.values(errors).flat();
    const more = sentences.length - 1;
    super(
      `${sentences[0] ?? "The given data was invalid."}${more > 0 ? ` (and ${more} more error${more > 1 ? "s" : ""})` : ""}`,
    );
    this.errors = errors;
  }
}

/** One field that does not fit, found by a handler. */
export function invalid(field: string, problem: string): InvalidInput {
  return new InvalidInput({ [field]: [sentence(field, problem)] });
}

export function toInvalidInput(error: z.ZodError, input: RawInput): InvalidInput {
  const errors: Record<string, string[]> = {};
  for (const issue of error.issues) {
    const place = issue.path.join(".");
    const problem = valueAt(input, issue.path) === undefined ? "is required" : problemOf(issue);
    errors[place] = [...(errors[place] ?? []), sentence(place, problem)];
  }
  return new InvalidInput(errors);
}

const nouns: Readonly<Record<string, string>> = { object: "an object", record: "an object", array: "an array" };

/** The sentence's end; what zod says in its own words, as Laravel would. */
function problemOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type" && Object.hasOwn(nouns, issue.expected)) return `must be ${nouns[issue.expected]}`;
  if (issue.code === "too_big" && issue.origin === "array" && issue.message.startsWith("Too big"))
    return `must not have more than ${issue.maximum} items`;
  return issue.message;
}

const sentence = (place: string, problem: string) => `The ${place.replaceAll("_", " ")} field ${problem}.`;

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    input,
  );
}

/** What is not here is 400, as UChat documents all its refusals. */
const statuses: { readonly [K in ErrorKind]?: number } = {
  unauthenticated: 401,
  forbidden: 403,
  method_not_allowed: 405,
  too_large: 413,
  unsupported: 415,
  too_fast: 429,
  internal: 500,
  bad_gateway: 502,
  unavailable: 503,
};

/** UChat's shape of errors: a sentence, and for bad input the fields. */
export async function sendUchatError(reply: FastifyReply, error: AppError | InvalidInput): Promise<FastifyReply> {
  const { message } = error;
  if (error instanceof InvalidInput) return await reply.code(422).send({ message, errors: error.errors });
  const { kind } = errorTable[error.code];
  if (kind === "unavailable") reply.header("retry-after", "1");
  if (kind === "unauthenticated") reply.header("www-authenticate", "Bearer");
  const status = error.code === "request.not_found" ? 404 : (statuses[kind] ?? 400);
  return await reply.code(status).send({ message });
}

/** What UChat has and this product has not; docs/compat/uchat.md lists them. */
export function notOffered(what: string): AppError {
  return new AppError("door.not_offered", what);
}
