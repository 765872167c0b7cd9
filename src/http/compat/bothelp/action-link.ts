import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Json } from "../../../model/field.ts";
import type { SubmitReply } from "../../../shell/submission.ts";
import { findContactForLink } from "../../../store/contact-store.ts";
import type { IntegrationCall } from "../../../store/integration-log-store.ts";
import { hashToken, listTokenHashes, touchToken } from "../../../store/token-store.ts";
import { type Access, findWorkspace } from "../../../store/workspace-store.ts";
import { holdsScope, scopesOf } from "../../auth.ts";
import { createCallLog } from "../../call-log.ts";
import type { HttpDependencies } from "../../dependencies.ts";
import { doorScope } from "../../door-scopes.ts";
import { logError, statusOf, toAppError, toMissingRoute } from "../../errors.ts";
import { parseRawQuery, type QueryPair } from "../../raw-query.ts";
import { addDataHeaders } from "../../security-headers.ts";
import { bothSlashes } from "./both-slashes.ts";
import { findUnknownFlow } from "./find-unknown-flow.ts";
import { findForeign, findNamedBots } from "./named-bots.ts";
import { findUnreadable, parseActions, readParameter, readPerson } from "./parse-action-link.ts";
import { readBodyPairs } from "./read-body-pairs.ts";

interface LinkAnswer {
  readonly status: number;
  readonly body: {
    readonly success: boolean;
    readonly error?: string;
    readonly message?: string;
    readonly actions?: readonly MissedAction[];
  };
  readonly contactId?: number | undefined;
}

/** An action of a call that was carried out otherwise. */
interface MissedAction {
  readonly action: string;
  readonly success: false;
  readonly error: string;
  readonly message?: string;
}

/** The answer, and the workspace in whose log the call belongs. */
interface HandledLink {
  readonly answer: LinkAnswer;
  readonly workspaceId?: number | undefined;
}

/**
 * GetCourse's action links (requirements/000, BotHelp's gc.bothelp.io). Everything stands in the address for GET and POST alike, since
 * GetCourse sends it so; the body is looked at only where the address has no `domain_name`, and else let run off unread.
 */
export function actionLinkRoutes(app: FastifyInstance, dependencies: HttpDependencies): void {
  addDataHeaders(app);
  app.removeAllContentTypeParsers();
  const contentTypes = new WeakMap<FastifyRequest, string>();
  app.addContentTypeParser("*", async (request: FastifyRequest, payload: IncomingMessage) => {
    const isInAddress = parseRawQuery(request.raw.url ?? "").some(({ key }) => key === "domain_name");
    if (!isInAddress) return await readBodyPairs(contentTypes.get(request) ?? "", payload);
    payload.resume();
    return undefined;
  });
  // A content type that is none, or a body that breaks off, must not matter either.
  app.addHook("onRequest", (request, _reply, done) => {
    contentTypes.set(request, request.headers["content-type"] ?? "");
    delete request.headers["content-type"];
    done();
  });
  app.setErrorHandler(async (thrown, request, reply) => {
    const error = toAppError(thrown);
    logError(error, request);
    return await reply.code(statusOf(error.code)).send(refusal(toVendorCode(error.code), error.message));
  });
  app.setNotFoundHandler(async (request, reply) => {
    const error = toMissingRoute(request, reply);
    return await reply.code(statusOf(error.code)).send(refusal(toVendorCode(error.code), error.message));
  });
  const keepInLog = createCallLog(dependencies);
  // BotHelp's address has nothing behind its host: whoever puts ours there has the slash or not.
  for (const url of bothSlashes("/gc")) {
    app.route({
      method: ["GET", "POST"],
      url,
      // Links carry placeholders as GetCourse fills them in, some of them not at all.
      config: { readsOwnUrl: true },
      handler: async (request, reply) => {
        const startedAt = dependencies.now();
        const fromBody = (request.body ?? []) as readonly QueryPair[];
        const pairs = [...parseRawQuery(request.raw.url ?? ""), ...fromBody];
        const { answer, workspaceId } = await handleLink(dependencies, pairs);
        if (workspaceId !== undefined) {
          const endedAt = dependencies.now();
          await keepInLog(toLogEntry(request, { workspaceId, pairs, answer, startedAt, endedAt }));
        }
        return await reply.code(answer.status).send(answer.body);
      },
    });
  }
}

const refusal = (error: string, message: string) => ({ success: false, error, message });
const refuse = (status: number, error: string, message: string): LinkAnswer => ({
  status,
  body: refusal(error, message),
});

async function handleLink(dependencies: HttpDependencies, pairs: readonly QueryPair[]): Promise<HandledLink> {
  // Domains have small letters here, and none of their own at BotHelp, where they are a host's name.
  const domain = readParameter(pairs, "domain_name")?.toLowerCase();
  const token = readParameter(pairs, "token");
  const workspace = domain === undefined ? undefined : await findWorkspace(dependencies.db, domain);
  const workspaceId = workspace?.id;
  if (domain === undefined || token === undefined) {
    const message = "the link needs domain_name and token; both stand in the workspace's integration settings";
    return { answer: refuse(401, "credentials_missing", message), workspaceId };
  }
  const access = await openDoor(dependencies, workspaceId, token);
  if (access === "expired") {
    return {
      answer: refuse(401, "token_expired", "the token has expired; make another one in the workspace's settings"),
      workspaceId,
    };
  }
  if (access === "not allowed") {
    return { answer: refuse(403, "access_denied", "the token lacks the scope act"), workspaceId };
  }
  if (access === undefined) {
    return { answer: refuse(403, "access_denied", "domain_name and token do not belong together"), workspaceId };
  }
  return { answer: await carryOut(dependencies, access, pairs), workspaceId };
}

/** An unknown domain makes the same queries as a wrong token, and every token is compared to its end. */
async function openDoor(
  { db, now }: HttpDependencies,
  workspaceId: number | undefined,
  token: string,
): Promise<Access | "expired" | "not allowed" | undefined> {
  const given = Buffer.from(hashToken(token), "hex");
  const known = await listTokenHashes(db, workspaceId ?? 0, "action-link");
  const matching = known.filter(({ hash }) => timingSafeEqual(given, Buffer.from(hash, "hex")));
  const [found] = matching;
  if (found === undefined || workspaceId === undefined) return undefined;
  if (found.expiresAt !== null && found.expiresAt.getTime() <= now()) return "expired";
  if (!holdsScope(scopesOf(found), doorScope("action-link", "GET", "/gc"))) return "not allowed";
  await touchToken(db, found.id, new Date(now()));
  return { workspaceId, botId: found.botId ?? undefined };
}

async function carryOut(
  { db, submit }: HttpDependencies,
  access: Access,
  pairs: readonly QueryPair[],
): Promise<LinkAnswer> {
  const unreadable = findUnreadable(pairs);
  if (unreadable !== undefined) return refuse(400, unreadable.error, unreadable.message);
  const actions = parseActions(pairs);
  if ("error" in actions) return refuse(400, actions.error, actions.message);
  const person = readPerson(pairs);
  if (person.cuid === undefined && person.email === undefined) {
    return refuse(
      400,
      "person_missing",
      "say who is meant: idBotHelp (the contact's CUID), or email and perhaps phone",
    );
  }
  const named = await findNamedBots(db, access, actions.calls);
  const contact = await findContactForLink(db, access, { ...person, bots: named.bots });
  if (contact === undefined) {
    return { status: 200, body: { success: false, error: "subscriber_not_found" } };
  }
  const unknown = await findUnknownFlow(db, access, actions.calls);
  if (unknown !== undefined) {
    return { ...refuse(200, "flow_not_found", `there is no flow with the ref "${unknown}"`), contactId: contact.id };
  }
  const foreign = findForeign(named, contact);
  if (foreign !== undefined) return { ...refuse(200, foreign.code, foreign.message), contactId: contact.id };
  const reply = await submit({
    target: { contactId: contact.id },
    happening: { kind: "actions", actions: actions.calls },
    source: "action-link",
  });
  return { ...presentReply(reply, actions.names), contactId: contact.id };
}

/** Business misses are 200: GetCourse would take anything else for a broken link. */
function presentReply(reply: SubmitReply, names: readonly string[]): LinkAnswer {
  if (reply.status === "refused" && reply.code === "internal") return refuse(500, "internal", reply.message);
  if (reply.status === "refused") return refuse(200, toVendorCode(reply.code), reply.message);
  const missed = (reply.results ?? []).flatMap((result, index): MissedAction[] => {
    const reason = result.ok ? whyNothingWasDone(result.result) : toVendorCode(result.error.code);
    if (reason === undefined) return [];
    return [
      {
        action: names[index] ?? "",
        success: false,
        error: reason,
        ...(result.ok ? {} : { message: result.error.message }),
      },
    ];
  });
  return { status: 200, body: { success: true, ...(missed.length === 0 ? {} : { actions: missed }) } };
}

const toVendorCode = (code: string) => code.replaceAll(".", "_");

/** An action that succeeds and yet does nothing says why (a tag that nobody has set up). */
function whyNothingWasDone(result: Json | undefined): string | undefined {
  if (typeof result !== "object" || result === null || Array.isArray(result)) return undefined;
  return typeof result.reason === "string" ? result.reason : undefined;
}

function toLogEntry(
  request: FastifyRequest,
  call: {
    readonly workspaceId: number;
    readonly pairs: readonly QueryPair[];
    readonly answer: LinkAnswer;
    readonly startedAt: number;
    readonly endedAt: number;
  },
): IntegrationCall {
  const { workspaceId, pairs, answer, startedAt, endedAt } = call;
  const { body, status, contactId } = answer;
  const query = pairs.map(({ key, value }) => [key, key === "token" ? maskToken(value) : (value ?? null)]);
  return {
    workspaceId,
    contactId,
    integration: "action-link",
    direction: "in",
    // What was not done has to be found by whoever looks for failures, though GetCourse hears of a success.
    ok: body.success && body.actions === undefined,
    summary: body.message ?? body.error ?? sayMissed(body.actions ?? []),
    request: { method: request.method, query },
    response: { status, body: body as unknown as Json },
    durationMs: endedAt - startedAt,
    at: new Date(startedAt),
  };
}

function sayMissed(missed: readonly MissedAction[]): string {
  if (missed.length === 0) return "done";
  return missed.map(({ action, error, message }) => `${action}: ${message ?? error}`).join("; ");
}

/** Enough to tell one token from another. */
function maskToken(token: string | undefined): string {
  return token === undefined || token.length < 16 ? "…" : `…${token.slice(-4)}`;
}
