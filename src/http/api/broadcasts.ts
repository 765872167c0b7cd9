import type { ActionCall } from "../../model/action-call.ts";
import type { RecipientStatus } from "../../model/broadcast.ts";
import { requireBot } from "../../store/bot-store.ts";
import {
  type Broadcast,
  countReasons,
  countRecipients,
  deleteBroadcast,
  listBroadcasts,
  listRecipients,
  moveBroadcast,
  requireBroadcast,
} from "../../store/broadcast-store.ts";
import { makeBroadcast, startBroadcast, toAudience } from "../broadcasts.ts";
import {
  type BroadcastBody,
  type BroadcastCreate,
  broadcastCreateSchema,
  broadcastSchema,
  reasonSchema,
  recipientQuery,
  recipientSchema,
} from "../contract/broadcasts.ts";
import { idParams, listOf, noContent, pageOf } from "../contract/common.ts";
import { writeOnce } from "../idempotency.ts";
import { decodeCursor, toPage } from "./cursor.ts";
import { toInstant, toInstantOrNull } from "./instant.ts";
import { type ApiResource, route } from "./route.ts";
import { readCondition } from "./segments.ts";

type Counts = Readonly<Record<RecipientStatus, number>>;
const nobody: Counts = { waiting: 0, sending: 0, sent: 0, failed: 0, skipped: 0 };

function presentBroadcast(broadcast: Broadcast, recipients: Counts, now: number): BroadcastBody {
  const { id, botId, name, status, perMinute, startAt, createdAt, startedAt, endedAt, actions } = broadcast;
  const left = recipients.waiting + recipients.sending;
  const isTimed = status === "running" && perMinute !== null;
  return {
    id,
    botId,
    name,
    status,
    perMinute,
    startAt: toInstantOrNull(startAt),
    createdAt: toInstant(createdAt),
    startedAt: toInstantOrNull(startedAt),
    endedAt: toInstantOrNull(endedAt),
    recipients: { ...recipients },
    expectedEnd: isTimed ? toInstant(new Date(now + (left / perMinute) * 60_000)) : null,
    actions: [...actions],
  };
}

/** What each recipient gets. */
function toActions({ content, flow, step, actions }: BroadcastCreate): readonly ActionCall[] {
  if (actions !== undefined) return actions;
  if (content !== undefined) return [{ action: "send_message", args: { content } }];
  return [{ action: "start_flow", args: { flow, ...(step === undefined ? {} : { step }) } }];
}

const tag = "Broadcasts";
const read = { tag, scope: "messages:read" } as const;
const write = { tag, scope: "messages:write", writes: true } as const;

export const broadcastResource: ApiResource = (app, dependencies) => {
  const { db, now } = dependencies;
  const present = async (broadcast: Broadcast, from = db) =>
    presentBroadcast(broadcast, (await countRecipients(from, [broadcast.id])).get(broadcast.id) ?? nobody, now());

  app.get(
    "/broadcasts",
    route(
      { ...read, id: "listBroadcasts", summary: "List broadcasts, newest first" },
      { querystring: recipientQuery.omit({ status: true }) },
      pageOf(broadcastSchema),
    ),
    async ({ caller, query: { limit, cursor } }) => {
      const before = decodeCursor(cursor)?.[0];
      const rows = await listBroadcasts(db, caller, { before, limit: limit + 1 });
      const ids = rows.map(({ id }) => id);
      const counts = await countRecipients(db, ids);
      return toPage(rows, limit, {
        present: (one) => presentBroadcast(one, counts.get(one.id) ?? nobody, now()),
        placeOf: ({ id }) => [id],
      });
    },
  );
  app.get(
    "/broadcasts/:id",
    route(
      { ...read, id: "getBroadcast", summary: "Read a broadcast and how far it is" },
      { params: idParams },
      broadcastSchema,
    ),
    async ({ caller, params }) => await present(await requireBroadcast(db, caller, params.id)),
  );
  app.get(
    "/broadcasts/:id/recipients",
    route(
      { ...read, id: "listRecipients", summary: "What became of each recipient" },
      { params: idParams, querystring: recipientQuery },
      pageOf(recipientSchema),
    ),
    async ({ caller, params, query: { status, limit, cursor } }) => {
      const { id } = await requireBroadcast(db, caller, params.id);
      const after = decodeCursor(cursor)?.[0];
      const rows = await listRecipients(db, id, status, { after, limit: limit + 1 });
      return toPage(rows, limit, {
        present: ({ at, ...one }) => ({ ...one, at: toInstantOrNull(at) }),
        placeOf: ({ contactId }) => [contactId],
      });
    },
  );
  app.get(
    "/broadcasts/:id/reasons",
    route(
      { ...read, id: "listReasons", summary: "Why recipients were left out or failed, and how many for each reason" },
      { params: idParams },
      listOf(reasonSchema),
    ),
    async ({ caller, params }) => {
      const { id } = await requireBroadcast(db, caller, params.id);
      return { data: await countReasons(db, id) };
    },
  );
  app.post(
    "/broadcasts",
    route(
      { ...write, id: "createBroadcast", summary: "Make a broadcast, and start it where wanted", status: 201 },
      { body: broadcastCreateSchema },
      broadcastSchema,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        const { caller, body } = request;
        const bot = await requireBot(trx, caller, body.bot);
        const access = { workspaceId: caller.workspaceId, botId: bot.id };
        const { name, perMinute, start } = body;
        const { condition, ...asked } = body.audience;
        const audience = await toAudience(trx, caller, {
          ...asked,
          ...(condition === undefined ? {} : { condition: readCondition(condition) }),
        });
        const startAt = body.startAt === undefined ? null : new Date(body.startAt);
        const wanted = { access, botId: bot.id, name, audience, actions: toActions(body), perMinute, startAt, start };
        return await present(await makeBroadcast(dependencies, trx, wanted), trx);
      }),
  );
  for (const step of ["start", "resume", "pause", "cancel"] as const) {
    app.post(
      `/broadcasts/:id/${step}`,
      route({ ...write, id: `${step}Broadcast`, summary: summaries[step] }, { params: idParams }, broadcastSchema),
      async (request) =>
        await writeOnce(dependencies, request, async (trx) => {
          const { caller, params } = request;
          if (step === "start" || step === "resume") {
            return await present(await startBroadcast(dependencies, trx, caller, params.id, step), trx);
          }
          return await present(await moveBroadcast(trx, caller, params.id, step, new Date(now())), trx);
        }),
    );
  }
  app.delete(
    "/broadcasts/:id",
    route(
      { ...write, id: "deleteBroadcast", summary: "Delete a draft, or one that is over with its ledger", status: 204 },
      { params: idParams },
      noContent,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        await deleteBroadcast(trx, request.caller, request.params.id);
        return null;
      }),
  );
};

const summaries = {
  start: "Start a draft; a second start changes nothing and is told so",
  resume: "Let a paused broadcast go on",
  pause: "Pause a broadcast; who has it already, has it",
  cancel: "End a broadcast; who has not got it is skipped",
} as const;
