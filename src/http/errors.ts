import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { AppError, type ErrorCode, type ErrorKind, errorTable } from "../model/app-error.ts";
import { type Sentence, say, sayIssue, sayPlaces, toSentence } from "../model/sentence.ts";
import { Unavailable } from "../shell/submission.ts";
import { isBrokenReference, isPassingFault } from "../store/passing-fault.ts";
import { allowedMethods } from "./allowed-methods.ts";

/** The only place where a kind of error becomes a status. */
const statuses: Readonly<Record<ErrorKind, number>> = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  too_large: 413,
  unsupported: 415,
  invalid: 422,
  internal: 500,
  bad_gateway: 502,
  unavailable: 503,
  too_fast: 429,
};

export function statusOf(code: ErrorCode): number {
  return statuses[errorTable[code].kind];
}

/** The one shape of our errors. */
export function toErrorBody(error: AppError, requestId: string) {
  const { code, sentence, details } = error;
  return { error: { code, ...toSentence(sentence), ...(details === undefined ? {} : { details }), requestId } };
}

/** What Fastify itself refuses, in our codes. */
const fastifyCodes: Readonly<Record<string, readonly [ErrorCode, Sentence]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [
    "request.too_large",
    say`the body is larger than 1 MiB (a file: than 10 MiB); send less at once`,
  ],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ["request.unsupported_media_type", say`send the body as application/json`],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ["request.malformed", say`the body is not as long as its Content-Length says`],
  FST_ERR_MAX_PARAM_LENGTH: ["request.not_found", say`a part of the address is longer than 300 characters`],
  FST_ERR_BAD_URL: ["request.bad_encoding", say`the address is not percent-encoded UTF-8`],
};

/** Any thrown thing as one of our errors. What is no expected no becomes `service.internal`, or `service.unavailable` where it may pass. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (hasZodFastifySchemaValidationErrors(thrown)) return toInvalid(thrown);
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const known = fastifyCodes[(error as Partial<FastifyError>).code ?? ""];
  if (known !== undefined) return new AppError(known[0], known[1], { cause: error });
  if (error instanceof Unavailable || isPassingFault(error)) {
    return new AppError("service.unavailable", say`the server cannot do this at the moment; try again shortly`, {
      cause: error,
    });
  }
  if (isBrokenReference(error)) {
    const what = say`what this names was deleted at the same moment, or is still in use; look again, and repeat it`;
    return new AppError("request.overtaken", what, { cause: error });
  }
  return new AppError("service.internal", say`something broke on our side; it is logged under the request id`, {
    cause: error,
  });
}

type Issue = Parameters<typeof sayIssue>[0];

function toInvalid(error: FastifyError): AppError {
  const place = error.validationContext === "body" ? "" : `${error.validationContext ?? ""}.`;
  const details = (error.validation ?? []).map(({ instancePath, keyword, params, message }) => ({
    path: `${place}${instancePath.slice(1).replaceAll("/", ".")}`.replace(/\.$/, ""),
    ...sayIssue({ ...params, code: keyword, path: [], message: message ?? "does not fit" } as unknown as Issue),
  }));
  return new AppError("request.invalid", sayPlaces(details), { details });
}

/** Logs what is our fault, and only that: a caller's mistake is in the answer. */
export function logError(error: AppError, request: FastifyRequest): void {
  if (error.code === "service.internal") request.log.error({ err: error.cause ?? error }, "a request broke");
  else if (error.code === "service.unavailable")
    request.log.warn({ err: error.cause ?? error }, "a request was put off");
  else if (error.code === "request.overtaken")
    request.log.warn({ err: error.cause ?? error }, "a request was overtaken by another");
}

export async function sendError(reply: FastifyReply, error: AppError): Promise<FastifyReply> {
  if (error.code === "service.unavailable") reply.header("retry-after", "1");
  if (errorTable[error.code].kind === "too_fast") reply.header("retry-after", String(secondsToWait(error)));
  if (errorTable[error.code].kind === "unauthenticated") reply.header("www-authenticate", "Bearer");
  return reply.code(statusOf(error.code)).send(toErrorBody(error, reply.request.id));
}

/** Until a request that came too fast may come again. */
export function secondsToWait({ details }: AppError): number {
  const waitMs = (details as { readonly waitMs?: number } | undefined)?.waitMs ?? 1_000;
  return Math.max(1, Math.ceil(waitMs / 1_000));
}

/** For an address that no route took: the wrong method, or nothing there at all. */
export function toMissingRoute(request: FastifyRequest, reply: FastifyReply): AppError {
  const allowed = allowedMethods(request.server, request.url);
  // The right method, and a slash too many at the end, or a file of an older release that an open page asks for.
  const isNothing = allowed.length === 0 || allowed.includes(request.method);
  if (isNothing) return new AppError("request.not_found", say`there is nothing at this address`);
  reply.header("allow", allowed.join(", "));
  return new AppError(
    "request.method_not_allowed",
    say`${{ method: request.method }} is not possible here; this address takes ${{ allowed: allowed.join(", ") }}`,
  );
}

export function addErrorHandling(app: FastifyInstance): void {
  app.setErrorHandler(async (thrown, request, reply) => {
    const error = toAppError(thrown);
    logError(error, request);
    return await sendError(reply, error);
  });
  app.setNotFoundHandler(async (request, reply) => await sendError(reply, toMissingRoute(request, reply)));
}
