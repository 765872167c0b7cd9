import { randomBytes } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { requireObjectId, toObjectId, unknownId } from "../../../engine/object-id.ts";
import { AppError } from "../../../model/app-error.ts";
import { checkOutboundHeaders, checkOutboundUrl } from "../../../shell/outbound-http.ts";
import { challengeReceiver } from "../../../shell/webhook-call.ts";
import { createWebhook, deleteWebhook, findWebhook, listWebhooks, type Webhook } from "../../../store/webhook-store.ts";
import type { HttpDependencies } from "../../dependencies.ts";
import { dateSchema, done, objectIdSchema, toDate } from "./answers.ts";
import { auditedAs } from "./audited-route.ts";
import { readBody } from "./users.ts";

const format = "chatbot";
/** Stands for what whoever made the webhook knows and nobody else has to. */
const mask = "••••••••";

export const listedWebhookSchema = z.strictObject({
  id: objectIdSchema,
  name: z.string(),
  url: z.string(),
  error: z.string(),
});
export const webhookSchema = listedWebhookSchema.extend({
  token: z.string(),
  headers: z.array(z.strictObject({ key: z.string(), value: z.string() })),
  auth: z.strictObject({ username: z.string(), password: z.string() }),
  error: z.union([z.literal(""), z.strictObject({ date: dateSchema, message: z.string() })]),
});

/** Webhooks of ChatBot's format: they are the native API's too, and are called by the same deliveries. */
export function webhookRoutes(app: FastifyInstance, dependencies: HttpDependencies): void {
  const { db, secretKey, now } = dependencies;

  app.get("/webhooks", async ({ caller }) => (await listWebhooks(db, caller, secretKey, format)).map(presentListed));

  app.get("/webhooks/:id", async (request) => presentWebhook(await requireWebhook(dependencies, request)));

  app.post("/webhooks", auditedAs("createWebhook", "webhook"), async (request) => {
    const { caller } = request;
    const receiver = readReceiver(readBody(request));
    const problem = checkOutboundUrl(receiver.url) ?? checkOutboundHeaders(receiver.headers);
    if (problem !== undefined) throw new AppError("webhook.bad_url", problem);
    const silence = await challengeReceiver(dependencies.outbound, receiver);
    if (silence !== undefined) throw new AppError("webhook.challenge_failed", silence);
    const owner = { workspaceId: caller.workspaceId, botId: caller.botId ?? null };
    const values = { ...receiver, format, events: ["message_in"], messageMatch: null, active: true } as const;
    const { id } = await db.transaction().execute((trx) => createWebhook(trx, owner, values, secretKey));
    return { id: toObjectId("webhook", id), ...done(now()) };
  });

  app.delete("/webhooks/:id", auditedAs("deleteWebhook", "webhook"), async (request) => {
    const { id } = await requireWebhook(dependencies, request);
    await db.transaction().execute((trx) => deleteWebhook(trx, request.caller, id));
    return done(now());
  });
}

/** Throws `door.unknown_id`. */
async function requireWebhook(
  { db, secretKey }: HttpDependencies,
  { caller, params }: FastifyRequest,
): Promise<Webhook> {
  const { id: text } = params as { readonly id: string };
  const found = await findWebhook(db, caller, requireObjectId("webhook", text), { secretKey, format });
  if (found === undefined) throw unknownId("webhook", text);
  return found;
}

function presentListed({ id, name, url, error }: Webhook): z.infer<typeof listedWebhookSchema> {
  return { id: toObjectId("webhook", id), name, url, error: error ?? "" };
}

function presentWebhook(webhook: Webhook): z.infer<typeof webhookSchema> {
  const { secret, headers, basicAuth, error, errorAt } = webhook;
  return {
    ...presentListed(webhook),
    token: secret,
    headers: Object.keys(headers).map((key) => ({ key, value: mask })),
    auth: { username: basicAuth?.username ?? "", password: basicAuth === null ? "" : mask },
    error: error === null || errorAt === null ? "" : { date: toDate(errorAt.getTime()), message: error },
  };
}

const bad = (sentence: string) => new AppError("request.invalid", sentence);

function readText(body: Readonly<Record<string, unknown>>, key: string, most: number): string {
  const value = body[key] ?? "";
  if (typeof value === "object" || String(value).length > most) {
    throw bad(`${key} has to be a text of ${most} characters at most`);
  }
  return String(value).trim();
}

/** Throws `request.invalid`. */
function readReceiver(body: Readonly<Record<string, unknown>>) {
  const name = readText(body, "name", 200);
  const url = readText(body, "url", 2000);
  if (name === "" || url === "") throw bad("name and url have to be given");
  const token = readText(body, "token", 200);
  return {
    name,
    url,
    // Whoever gives none checks none; the address is then no secret less.
    secret: token === "" ? randomBytes(24).toString("base64url") : token,
    headers: readHeaders(body.headers),
    basicAuth: readAuth(body.auth),
  };
}

/** `[{"key","value"}]`, with `name` for `key` too, or one object of names and values: ChatBot's documents only show an empty list. */
function readHeaders(given: unknown): Record<string, string> {
  if (given === undefined || given === null || given === "") return {};
  if (typeof given !== "object") throw bad("headers has to be a list of objects with key and value");
  const pairs = Array.isArray(given) ? given.map(readHeader) : Object.entries(given);
  return Object.fromEntries(
    pairs.map(([name, value]) => {
      if (typeof value === "object" || name === "") throw bad("a header has to have a key and a text as value");
      return [name, String(value)];
    }),
  );
}

function readHeader(given: unknown): readonly [string, unknown] {
  if (typeof given !== "object" || given === null) throw bad("a header has to be an object with key and value");
  const { key, name = key, value = "" } = given as Record<string, unknown>;
  if (typeof name !== "string") throw bad("a header has to have a key");
  return [name.trim(), value];
}

function readAuth(given: unknown): Webhook["basicAuth"] {
  if (given === undefined || given === null || given === "") return null;
  if (typeof given !== "object") throw bad("auth has to be an object with username and password");
  const { username = "", password = "" } = given as Record<string, unknown>;
  if (typeof username !== "string" || typeof password !== "string") throw bad("username and password have to be texts");
  return username === "" && password === "" ? null : { username, password };
}
