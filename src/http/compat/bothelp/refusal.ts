import type { FastifyReply } from "fastify";
import { AppError, errorTable } from "../../../model/app-error.ts";
import { statusOf } from "../../errors.ts";

/** An error as this door says it. BotHelp's own error bodies are not published; this is the action link's. */
export interface Refusal {
  readonly success: false;
  readonly error: string;
  readonly message: string;
}

/** BotHelp knows no 422: what does not fit is a bad request. */
export function statusOfRefusal({ code }: AppError): number {
  return errorTable[code].kind === "invalid" ? 400 : statusOf(code);
}

export function toRefusal({ code, message, details }: AppError): Refusal {
  const error = code === "contact.not_found" ? "subscriber.not_found" : (actionCodeOf(details) ?? code);
  return { success: false, error: error.replaceAll(".", "_"), message };
}

export async function sendRefusal(reply: FastifyReply, error: AppError): Promise<FastifyReply> {
  if (error.code === "service.unavailable") reply.header("retry-after", "1");
  if (errorTable[error.code].kind === "unauthenticated") reply.header("www-authenticate", "Bearer");
  return await reply.code(statusOfRefusal(error)).send(toRefusal(error));
}

/** What an action of the catalogue refused, under the action's own code. */
export function refusedByAction({ code, message }: { readonly code: string; readonly message: string }): AppError {
  if (code === "internal") return new AppError("service.internal", message);
  if (code === "contact.not_found") return new AppError(code, message);
  return new AppError("action.refused", message, { details: { code } });
}

function actionCodeOf(details: unknown): string | undefined {
  if (typeof details !== "object" || details === null || !("code" in details)) return undefined;
  return typeof details.code === "string" ? details.code : undefined;
}
