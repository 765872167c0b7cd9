import type { FastifyReply } from "fastify";
import { z } from "zod";
import type { AppError } from "../../../model/app-error.ts";
import { statusOf } from "../../errors.ts";

/** What every change answers. */
export function done(now: number) {
  return { timestamp: new Date(now).toISOString(), status: { code: 200, type: "success" as const } };
}

export const doneSchema = z.strictObject({
  timestamp: z.iso.datetime(),
  status: z.strictObject({ code: z.literal(200), type: z.literal("success") }),
});
export const objectIdSchema = z.string().regex(/^[0-9a-f]{24}$/);
export const createdSchema = doneSchema.extend({ id: objectIdSchema });
export const errorSchema = z.strictObject({
  timestamp: z.iso.datetime(),
  status: z.strictObject({ code: z.number().int(), type: z.string(), details: z.string().min(1) }),
});

/** ChatBot's documents write dates with a space; `2019-01-23 13:32:30.163Z`. */
export const dateSchema = z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z$/);
export const toDate = (at: number) => new Date(at).toISOString().replace("T", " ");

const types: Readonly<Record<number, string>> = {
  400: "bad_request",
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  405: "method_not_allowed",
  413: "payload_too_large",
  429: "too_many_requests",
};

/** What does not fit is a bad request there; ids that lead nowhere are 404. */
function statusFor(error: AppError): number {
  if (error.code === "door.unknown_id") return 404;
  // The receiver is the caller's: to call again without another one is no use.
  if (error.code === "webhook.challenge_failed") return 400;
  const status = statusOf(error.code);
  return [409, 415, 422].includes(status) ? 400 : status;
}

/** ChatBot's shape of errors: the details stand in the status. */
export async function sendChatbotError(reply: FastifyReply, error: AppError, now: number): Promise<FastifyReply> {
  const code = statusFor(error);
  if (code === 503) reply.header("retry-after", "1");
  const type = types[code] ?? (code >= 500 ? "internal_error" : "bad_request");
  return await reply
    .code(code)
    .send({ timestamp: new Date(now).toISOString(), status: { code, type, details: error.message } });
}
