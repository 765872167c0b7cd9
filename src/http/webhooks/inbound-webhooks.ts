import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { AppError } from "../../model/app-error.ts";
import type { Json } from "../../model/field.ts";
import type { SubmitReply } from "../../shell/submission.ts";
import { submitToKnown } from "../../shell/submit-known.ts";
import { findContactForInbound } from "../../store/contact-store.ts";
import { findInboundWebhookByUid, type InboundWebhook } from "../../store/inbound-webhook-store.ts";
import { createCallLog } from "../call-log.ts";
import type { HttpDependencies } from "../dependencies.ts";
import { statusOf, toAppError } from "../errors.ts";
import { addFormParsers } from "../form-bodies.ts";
import { type InboundCall, readInboundCall, toContactCalls } from "./read-inbound-call.ts";

/** Of one address, in each process. */
const callsPerSecond = 20;

/**
 * Where other systems tell a bot of a contact (WIRE-FORMATS 1.5). Who is meant: the contact named by `user_ns`, `contact_id` or `cuid`; else who has the phone or
 * the e-mail; else somebody new, where one of these is valid; else nobody, and the answer says so.
 */
export async function inboundWebhookRoutes(app: FastifyInstance, dependencies: HttpDependencies): Promise<void> {
  const keepInLog = createCallLog(dependencies);
  const silent = { "x-ratelimit-limit": false, "x-ratelimit-remaining": false, "x-ratelimit-reset": false };
  await app.register(rateLimit, {
    max: callsPerSecond,
    timeWindow: 1_000,
    keyGenerator: ({ params }) => (params as { uid?: string }).uid ?? "",
    addHeaders: silent,
    addHeadersOnExceeding: silent,
    errorResponseBuilder: () =>
      new AppError("inbound_webhook.too_fast", `more than ${callsPerSecond} calls a second; try again in a second`),
  });
  addFormParsers(app);
  const take = async (request: FastifyRequest<{ Params: { uid: string } }>) => {
    const startedAt = dependencies.now();
    const hook = await findInboundWebhookByUid(dependencies.db, request.params.uid);
    if (hook === undefined)
      throw new AppError("inbound_webhook.not_found", "there is no inbound webhook at this address");
    const log = async (entry: { contactId?: number | undefined; ok: boolean; summary: string; response: Json }) =>
      await keepInLog({
        workspaceId: hook.workspaceId,
        integration: "inbound_webhook",
        direction: "in",
        request: { webhook: hook.id, name: hook.name, body: shorten(request.body) },
        durationMs: dependencies.now() - startedAt,
        at: new Date(startedAt),
        ...entry,
      });
    try {
      const answer = await carryOut(dependencies, hook, request);
      const { contactId } = answer;
      await log({ contactId, ok: answer.problems.length === 0, summary: summaryOf(answer), response: { ...answer } });
      return answer;
    } catch (thrown) {
      const error = toAppError(thrown);
      await log({ ok: false, summary: error.message, response: { code: error.code, status: statusOf(error.code) } });
      throw thrown;
    }
  };
  app.post("/webhooks/in/:uid", take);
  app.post("/webhooks/in/:uid/", take);
}

interface InboundAnswer {
  readonly status: "done" | "duplicate";
  readonly contactId: number;
  /** Whether the contact was made for this call. */
  readonly created: boolean;
  readonly problems: string[];
}

const summaryOf = ({ status, created, problems }: InboundAnswer) =>
  problems.length > 0
    ? `taken, but: ${problems[0]}`
    : `${status === "done" ? "taken" : "taken before"}${created ? "; the contact is new" : ""}`;

async function carryOut(
  dependencies: HttpDependencies,
  hook: InboundWebhook,
  request: FastifyRequest,
): Promise<InboundAnswer> {
  const { body } = request;
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new AppError("request.invalid", "the body has to be a JSON object");
  }
  const call = readInboundCall(body as Readonly<Record<string, Json>>, hook);
  const dedupeKey = readDedupeKey(hook, request);
  const { reply, isNew } = await submitToKnown(() => tellBot(dependencies, hook, { call, dedupeKey }));
  return toAnswer(reply, call, isNew);
}

async function tellBot(
  { db, submit }: HttpDependencies,
  hook: InboundWebhook,
  { call, dedupeKey }: { readonly call: InboundCall; readonly dedupeKey: string | undefined },
): Promise<{ readonly reply: SubmitReply; readonly isNew: boolean }> {
  const { person } = call;
  const { phone, email } = person;
  const known = await findContactForInbound(db, { workspaceId: hook.workspaceId, botId: hook.botId }, person);
  if (known === undefined && phone === undefined && email === undefined) {
    const sentence =
      "nobody is meant: give user_ns, contact_id or cuid of a contact that there is, or a valid phone or email";
    throw new AppError("inbound_webhook.nobody", sentence);
  }
  const reply = await submit({
    target:
      known === undefined ? { create: { botId: hook.botId, unlessKnown: { phone, email } } } : { contactId: known },
    happening: { kind: "actions", actions: toActions(hook, call, known === undefined) },
    source: "api",
    dedupeKey,
  });
  return { reply, isNew: known === undefined };
}

function toActions(hook: InboundWebhook, { person, actions }: InboundCall, isNew: boolean) {
  const start = { flow: hook.flow ?? "", step: hook.step ?? undefined, fallbackToStart: true };
  return [
    ...(isNew ? toContactCalls(person) : []),
    ...actions,
    ...(hook.flow === null ? [] : [{ action: "start_flow", args: start }]),
  ];
}

function toAnswer(reply: SubmitReply, call: InboundCall, isNew: boolean): InboundAnswer {
  if (reply.status === "refused") {
    if (reply.code === "internal") throw new AppError("service.internal", reply.message);
    throw new AppError("action.refused", reply.message, { details: { code: reply.code } });
  }
  const refused = (reply.results ?? []).flatMap((result) => (result.ok ? [] : [result.error.message]));
  return {
    status: reply.status,
    contactId: reply.contactId ?? 0,
    created: isNew && reply.status === "done",
    problems: [...call.problems, ...refused],
  };
}

/** Undefined: the caller gave none, and every call is a new one. Throws `request.invalid`. */
function readDedupeKey({ id }: InboundWebhook, { headers }: FastifyRequest): string | undefined {
  const key = headers["idempotency-key"];
  if (key === undefined) return undefined;
  if (typeof key !== "string" || !/^[\x21-\x7e]{1,200}$/.test(key)) {
    throw new AppError("request.invalid", "an Idempotency-Key has 1 to 200 visible ASCII characters");
  }
  return `i${id}:${key}`;
}

/** The log keeps what can be looked at. */
function shorten(body: unknown): Json {
  const text = JSON.stringify(body) ?? "";
  return text.length <= 4_000 ? ((body ?? null) as Json) : `${text.slice(0, 4_000)}…`;
}
