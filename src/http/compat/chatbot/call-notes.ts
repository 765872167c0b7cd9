import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Json } from "../../../model/field.ts";
import { createCallLog } from "../../call-log.ts";
import type { HttpDependencies } from "../../dependencies.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The contact that the call is about, for the integration log. */
    notedContact: number | undefined;
  }
}

export function noteContact(request: FastifyRequest, contactId: number): void {
  request.notedContact = contactId;
}

/** Writes every call that may change something into the integration log, with its answer. */
export function addCallLog(app: FastifyInstance, dependencies: HttpDependencies): void {
  const keepInLog = createCallLog(dependencies);
  app.decorateRequest("notedContact", undefined);
  app.addHook("onSend", async (request, reply, payload) => {
    if (request.method === "GET" || request.caller === null) return payload;
    const answer = typeof payload === "string" && payload.startsWith("{") ? (JSON.parse(payload) as Json) : null;
    const endedAt = dependencies.now();
    const isGood = reply.statusCode < 400;
    await keepInLog({
      workspaceId: request.caller.workspaceId,
      contactId: request.notedContact,
      integration: "chatbot",
      direction: "in",
      ok: isGood,
      summary: isGood ? "done" : sentenceOf(answer),
      request: { method: request.method, path: request.url, body: withoutSecrets(request) },
      response: { status: reply.statusCode, body: answer },
      durationMs: reply.elapsedTime,
      at: new Date(endedAt),
    });
    return payload;
  });
}

const secretKeys = ["token", "headers", "auth"];

/** What a webhook's receiver proves itself with stays out of the log. */
function withoutSecrets({ body = null, routeOptions }: FastifyRequest): Json {
  const isWebhook = /\/webhooks\/?$/.test(routeOptions.url ?? "");
  if (!isWebhook || typeof body !== "object" || body === null) return body as Json;
  return Object.fromEntries(Object.entries(body).filter(([key]) => !secretKeys.includes(key))) as Json;
}

function sentenceOf(answer: Json): string {
  const { status } = (answer ?? {}) as { readonly status?: { readonly details?: string } };
  return status?.details ?? "refused";
}
