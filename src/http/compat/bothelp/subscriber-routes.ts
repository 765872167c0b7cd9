import type { FastifyInstance, FastifyRequest } from "fastify";
import { AppError, errorTable } from "../../../model/app-error.ts";
import type { Json } from "../../../model/field.ts";
import type { SubmitReply } from "../../../shell/submission.ts";
import { requireContactId, requireContactIdOnChannel } from "../../../store/contact-store.ts";
import type { Database } from "../../../store/database.ts";
import type { Caller } from "../../auth.ts";
import { createCallLog } from "../../call-log.ts";
import type { HttpDependencies } from "../../dependencies.ts";
import { toAppError } from "../../errors.ts";
import { parseRawQuery } from "../../raw-query.ts";
import { bothSlashes } from "./both-slashes.ts";
import { readParameter } from "./parse-action-link.ts";
import { type Refusal, refusedByAction, statusOfRefusal, toRefusal } from "./refusal.ts";
import {
  addToFunnel,
  changeFields,
  changeProfile,
  type ReadChange,
  removeFromFunnel,
  sendMessages,
  startBot,
  stopBot,
} from "./subscriber-changes.ts";

type FindSubscriber = (db: Database, caller: Caller, who: string) => Promise<number>;

/** The three ways in which a subscriber is named. */
const subscribers: Readonly<Record<string, FindSubscriber>> = {
  "/v1/subscribers/:who": async (db, caller, who) => {
    if (!/^\d{1,15}$/.test(who)) throw new AppError("contact.not_found", `"${who}" is not a subscriber's id`);
    return await requireContactId(db, caller, who);
  },
  "/v1/subscribers/cuid/:who": async (db, caller, who) => await requireContactId(db, caller, `cuid:${who}`),
  "/v2/subscribers/messenger/:who": requireContactIdOnChannel,
};

/** Both spellings of custom fields are BotHelp's, one for each version. */
const changes: readonly (readonly ["PATCH" | "POST" | "DELETE", string, ReadChange])[] = [
  ["PATCH", "", changeProfile],
  ["PATCH", "/customFields", changeFields],
  ["PATCH", "/custom-fields", changeFields],
  ["POST", "/messages", sendMessages],
  ["POST", "/bot", startBot],
  ["DELETE", "/bot", stopBot],
  ["POST", "/funnel", addToFunnel],
  ["DELETE", "/funnel", removeFromFunnel],
];

/** What can be done to a subscriber. Every call is in the integration log, also one that was refused. */
export function subscriberRoutes(app: FastifyInstance, dependencies: HttpDependencies): void {
  const { now } = dependencies;
  const keepInLog = createCallLog(dependencies);
  for (const [base, find] of Object.entries(subscribers)) {
    for (const [method, path, read] of changes) {
      for (const url of bothSlashes(base + path)) {
        app.route<{ Params: { who: string } }>({
          method,
          url,
          handler: async (request, reply) => {
            const startedAt = now();
            const { status, body, contactId } = await answer(dependencies, request, { find, read });
            await keepInLog({
              workspaceId: request.caller.workspaceId,
              contactId,
              integration: "bothelp",
              direction: "in",
              ok: status === 200 && !("warning" in body),
              summary: "message" in body ? body.message : "warning" in body ? body.warning : "done",
              request: { method, address: request.url.slice(0, 2000), body: shorten(request.body) },
              response: { status, body: body as unknown as Json },
              durationMs: now() - startedAt,
              at: new Date(startedAt),
            });
            return await reply.code(status).send(body);
          },
        });
      }
    }
  }
}

type Success = { readonly success: true } | { readonly success: true; readonly warning: string };

interface Answer {
  readonly status: number;
  readonly body: Success | Refusal;
  readonly contactId?: number | undefined;
}

/** Expected refusals are answers, since they are logged as well; what broke is thrown on. */
async function answer(
  dependencies: HttpDependencies,
  request: FastifyRequest<{ Params: { who: string } }>,
  { find, read }: { readonly find: FindSubscriber; readonly read: ReadChange },
): Promise<Answer> {
  const { db } = dependencies;
  const { caller, params, body, raw } = request;
  let contactId: number | undefined;
  try {
    contactId = await find(db, caller, params.who);
    const pairs = parseRawQuery(raw.url ?? "");
    const change = await read({ db, caller, body, fromQuery: (key) => readParameter(pairs, key) });
    if ("warning" in change) return { status: 200, body: withWarning(change.warning), contactId };
    if (change.calls.length === 0) return { status: 200, body: { success: true }, contactId };
    const reply = await dependencies.submit({
      target: { contactId },
      happening: { kind: "actions", actions: change.calls },
      source: "bothelp",
    });
    return { status: 200, body: toSuccess(reply), contactId };
  } catch (thrown) {
    const error = toAppError(thrown);
    if (["internal", "unavailable"].includes(errorTable[error.code].kind)) throw thrown;
    return { status: statusOfRefusal(error), body: toRefusal(error), contactId };
  }
}

/** BotHelp answers success where a referral leads nowhere; so do we, and say beside it that nothing was done. */
const unknownReferrals: readonly string[] = ["flow.not_published", "sequence.not_found"];

function toSuccess(reply: SubmitReply): Success {
  if (reply.status === "refused") {
    if (unknownReferrals.includes(reply.code)) return withWarning(reply.message);
    throw refusedByAction(reply);
  }
  for (const result of reply.results ?? []) {
    if (!result.ok) throw refusedByAction(result.error);
  }
  return { success: true };
}

const withWarning = (sentence: string) => ({ success: true, warning: `${sentence}; nothing was done` }) as const;

const longestLogged = 8_000;

/** A body as the log keeps it: long ones as the beginning of their text. */
function shorten(body: unknown): Json {
  const text = JSON.stringify(body) ?? "null";
  if (text.length <= longestLogged) return JSON.parse(text) as Json;
  // Half a surrogate pair at the cut is no text.
  return `${text.slice(0, longestLogged).replace(/[\ud800-\udbff]$/, "")}…`;
}
