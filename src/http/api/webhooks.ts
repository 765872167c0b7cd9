import { randomBytes, randomUUID } from "node:crypto";
import type { FastifyRequest } from "fastify";
import type { z } from "zod";
import { compilePattern } from "../../engine/pattern.ts";
import { AppError } from "../../model/app-error.ts";
import type { Json } from "../../model/field.ts";
import { type Place, say, sayPlaces, toSentence } from "../../model/sentence.ts";
import { eventsOfFormat, findUnheard, type WebhookFormat } from "../../model/webhook.ts";
import { nextTryOf } from "../../shell/jobs/deliver-webhook.ts";
import { checkOutboundHeaders, checkOutboundUrl } from "../../shell/outbound-http.ts";
import { challengeReceiver, findFailure, toWebhookCall } from "../../shell/webhook-call.ts";
import { toDeliveryJob } from "../../shell/webhook-feed.ts";
import { requireBot } from "../../store/bot-store.ts";
import { type Delivery, listDeliveries, requireDelivery, reviveDelivery } from "../../store/delivery-store.ts";
import { openSecrets, sealSecrets } from "../../store/secret-box.ts";
import {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  listWebhooks,
  requireWebhook,
  type Webhook,
} from "../../store/webhook-store.ts";
import { idParams, listOf, noContent, pageOf } from "../contract/common.ts";
import { ofBotQuery } from "../contract/sequences.ts";
import {
  type DeliveryBody,
  deliveryParams,
  deliveryQuery,
  deliverySchema,
  type WebhookBody,
  type WebhookCreatedBody,
  webhookChangeSchema,
  webhookCreatedSchema,
  webhookCreateSchema,
  webhookSchema,
  webhookTestSchema,
} from "../contract/webhooks.ts";
import type { HttpDependencies } from "../dependencies.ts";
import { writeOnce } from "../idempotency.ts";
import { decodeCursor, toPage } from "./cursor.ts";
import { toInstant, toInstantOrNull } from "./instant.ts";
import { narrowToBot } from "./narrow-to-bot.ts";
import { type ApiApp, type ApiResource, route } from "./route.ts";

function presentWebhook(webhook: Webhook): WebhookBody {
  const { id, botId, format, name, url, events, messageMatch, headers, basicAuth, active, error, errorAt, createdAt } =
    webhook;
  return {
    id,
    botId,
    format,
    name,
    url,
    events: [...events],
    messageMatch: messageMatch && { match: messageMatch.match, words: [...messageMatch.words] },
    headerNames: Object.keys(headers),
    hasBasicAuth: basicAuth !== null,
    active,
    error,
    errorAt: toInstantOrNull(errorAt),
    createdAt: toInstant(createdAt),
  };
}

function presentDelivery(delivery: Delivery): DeliveryBody {
  const { body, createdAt, triedAt, place: _place, webhookId: _webhook, ...rest } = delivery;
  const next = nextTryOf(delivery);
  return {
    ...rest,
    body: JSON.parse(body) as Json,
    createdAt: toInstant(createdAt),
    triedAt: toInstantOrNull(triedAt),
    nextTryAt: next === undefined ? null : toInstant(next),
  };
}

/** Throws `webhook.bad_url`, `request.invalid`. */
function checkReceiver({
  url,
  headers,
  messageMatch,
}: {
  readonly url?: string | undefined;
  readonly headers?: Webhook["headers"] | undefined;
  readonly messageMatch?: Webhook["messageMatch"] | undefined;
}) {
  for (const word of messageMatch?.match === "pattern" ? messageMatch.words : []) {
    const pattern = compilePattern(word, { ignoreCase: true });
    if (!pattern.ok) throw new AppError("request.invalid", say`messageMatch.words: ${{ why: toSentence(pattern) }}`);
  }
  const problem = (url === undefined ? undefined : checkOutboundUrl(url)) ?? checkOutboundHeaders(headers ?? {});
  if (problem !== undefined) throw new AppError("webhook.bad_url", problem);
}

/** Puts the values that stay into headers that are changed. Throws `request.invalid` where there is none to keep. */
function keepHeaders(old: Webhook, given: Readonly<Record<string, string | null>>): Record<string, string> {
  const kept = Object.entries(given).map(([name, value]): [string, string] => {
    const now = value ?? (Object.hasOwn(old.headers, name) ? old.headers[name] : undefined);
    if (now !== undefined) return [name, now];
    throw invalid({ path: `headers.${name}`, ...say`has no value that could stay` });
  });
  return Object.fromEntries(kept);
}

/** Throws `request.invalid` where a webhook of this format cannot hear of that. */
function checkHeard(format: WebhookFormat, heard: Parameters<typeof findUnheard>[1]): void {
  const problem = findUnheard(format, heard);
  if (problem !== undefined) throw invalid(problem);
}

/** What a new webhook hears of. Throws `request.invalid`. */
function readEvents(format: WebhookFormat, given: Webhook["events"] | undefined): Webhook["events"] {
  const events = given ?? eventsOfFormat[format];
  if (events === undefined) throw invalid({ path: "events", ...say`is missing: say what the webhook hears of` });
  return events;
}

const invalid = (problem: Place) => new AppError("request.invalid", sayPlaces([problem]), { details: [problem] });

/** ChatBot's receivers have to prove that they know the token. Throws `webhook.challenge_failed`. */
async function challenge(
  { outbound }: HttpDependencies,
  receiver: Pick<Webhook, "format" | "url" | "secret" | "headers" | "basicAuth">,
): Promise<void> {
  if (receiver.format !== "chatbot") return;
  const problem = await challengeReceiver(outbound, receiver);
  if (problem !== undefined) throw new AppError("webhook.challenge_failed", problem);
}

const tag = "Webhooks";
const read = { tag, scope: "settings:read" } as const;
const write = { tag, scope: "settings:write", writes: true } as const;

/** Who hears of what happens; see docs/webhooks.md. */
export const webhookResource: ApiResource = (app, dependencies) => {
  const { db, secretKey } = dependencies;
  app.get(
    "/webhooks",
    route(
      { ...read, id: "listWebhooks", summary: "List webhooks" },
      { querystring: ofBotQuery },
      listOf(webhookSchema),
    ),
    async ({ caller, query }) => ({
      data: (await listWebhooks(db, await narrowToBot(db, caller, query.bot), secretKey)).map(presentWebhook),
    }),
  );
  app.get(
    "/webhooks/:id",
    route({ ...read, id: "getWebhook", summary: "Read a webhook" }, { params: idParams }, webhookSchema),
    async ({ caller, params }) => presentWebhook(await requireWebhook(db, caller, params.id, secretKey)),
  );
  app.post(
    "/webhooks",
    route(
      {
        ...write,
        id: "createWebhook",
        summary: "Make a webhook; its secret is shown in this answer only",
        status: 201,
      },
      { body: webhookCreateSchema },
      webhookCreatedSchema,
    ),
    async (request) => await create(dependencies, request, request.body),
  );
  app.patch(
    "/webhooks/:id",
    route(
      { ...write, id: "changeWebhook", summary: "Change a webhook" },
      { params: idParams, body: webhookChangeSchema },
      webhookSchema,
    ),
    async (request) => {
      const { caller, params } = request;
      const old = await requireWebhook(db, caller, params.id, secretKey);
      const body = { ...request.body, headers: request.body.headers && keepHeaders(old, request.body.headers) };
      checkReceiver(body);
      checkHeard(old.format, body);
      if (body.url !== undefined || body.secret !== undefined) {
        const { url = old.url, secret = old.secret, headers = old.headers, basicAuth = old.basicAuth } = body;
        await challenge(dependencies, { format: old.format, url, secret, headers, basicAuth });
      }
      return await writeOnce(dependencies, request, async (trx) =>
        presentWebhook(await changeWebhook(trx, caller, params.id, body, secretKey)),
      );
    },
  );
  app.delete(
    "/webhooks/:id",
    route(
      { ...write, id: "deleteWebhook", summary: "Delete a webhook with its deliveries", status: 204 },
      { params: idParams },
      noContent,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        await deleteWebhook(trx, request.caller, request.params.id);
        return null;
      }),
  );
  addDeliveryRoutes(app, dependencies);
};

type CreateBody = z.infer<typeof webhookCreateSchema>;

async function create(dependencies: HttpDependencies, request: FastifyRequest, body: CreateBody) {
  const { db, secretKey } = dependencies;
  const { caller } = request;
  const { bot, format, secret = randomBytes(24).toString("base64url"), events, ...given } = body;
  const rest = { ...given, events: readEvents(format, events) };
  checkReceiver(rest);
  checkHeard(format, rest);
  const botId = bot === undefined ? (caller.botId ?? null) : (await requireBot(db, caller, bot)).id;
  await challenge(dependencies, { ...rest, format, secret });
  return await writeOnce<WebhookCreatedBody>(
    dependencies,
    request,
    async (trx) => {
      const owner = { workspaceId: caller.workspaceId, botId };
      return { ...presentWebhook(await createWebhook(trx, owner, { ...rest, format, secret }, secretKey)), secret };
    },
    // The secret must not stand readable among the kept answers.
    {
      close: (answer) => sealSecrets({ answer: answer as unknown as Json }, secretKey),
      open: (kept) => openSecrets(kept as string, secretKey).answer as unknown as WebhookCreatedBody,
    },
  );
}

function addDeliveryRoutes(app: ApiApp, dependencies: HttpDependencies): void {
  const { db, secretKey, outbound, now } = dependencies;
  app.get(
    "/webhooks/:id/deliveries",
    route(
      {
        ...read,
        id: "listWebhookDeliveries",
        summary: "What was sent and what came of it, newest first; kept for 30 days",
      },
      { params: idParams, querystring: deliveryQuery },
      pageOf(deliverySchema),
    ),
    async ({ caller, params, query }) => {
      const { id } = await requireWebhook(db, caller, params.id, secretKey);
      const { status, limit } = query;
      const before = decodeCursor(query.cursor)?.[0];
      const rows = await listDeliveries(db, id, { status }, { before, limit: limit + 1 });
      return toPage(rows, limit, { present: presentDelivery, placeOf: ({ place }) => [place] });
    },
  );
  app.post(
    "/webhooks/:id/deliveries/:delivery/retry",
    route(
      {
        ...write,
        id: "retryWebhookDelivery",
        summary: "Send a dead or a delivered call again, with the same delivery id",
        status: 202,
      },
      { params: deliveryParams },
      deliverySchema,
    ),
    async (request) => {
      const { caller, params } = request;
      const { id } = await requireWebhook(db, caller, params.id, secretKey);
      // Kept for a repetition is nothing of it: a deleted contact's words must not stand among the kept answers.
      await writeOnce(dependencies, request, async (trx) => {
        const revived = await reviveDelivery(trx, id, params.delivery, now());
        await dependencies.enqueueJobs(trx, [toDeliveryJob(revived)]);
        return null;
      });
      return presentDelivery(await requireDelivery(db, id, params.delivery));
    },
  );
  app.post(
    "/webhooks/:id/test",
    route(
      { tag, scope: "settings:write", id: "testWebhook", summary: "Call the receiver now, with the event `ping`" },
      { params: idParams },
      webhookTestSchema,
    ),
    async ({ caller, params }) => {
      const webhook = await requireWebhook(db, caller, params.id, secretKey);
      const deliveryId = randomUUID();
      const at = now();
      const body = JSON.stringify({
        id: deliveryId,
        event: "ping",
        occurredAt: toInstant(at),
        workspace: caller.workspaceId,
        data: {},
      });
      const started = performance.now();
      const result = await outbound(toWebhookCall(webhook, { deliveryId, body, at }));
      const error = findFailure(result) ?? null;
      const status = result.kind === "ok" ? result.status : null;
      return { ok: error === null, status, error, durationMs: Math.round(performance.now() - started) };
    },
  );
}
