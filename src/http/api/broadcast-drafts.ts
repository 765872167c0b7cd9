import { z } from "zod";
import { toLiteral } from "../../engine/literal-text.ts";
import type { ActionCall } from "../../model/action-call.ts";
import { AppError } from "../../model/app-error.ts";
import { requireBot } from "../../store/bot-store.ts";
import { changeBroadcast, createBroadcast } from "../../store/broadcast-draft-store.ts";
import { type Broadcast, requireBroadcast } from "../../store/broadcast-store.ts";
import { countContactPart } from "../../store/contact-list-store.ts";
import { requireContactId } from "../../store/contact-store.ts";
import type { Database } from "../../store/database.ts";
import type { Access } from "../../store/workspace-store.ts";
import { makeBroadcast, toAudience } from "../broadcasts.ts";
import {
  audienceCountAnswerSchema,
  audienceCountSchema,
  type BroadcastAudience,
  broadcastChangeSchema,
  broadcastCreateSchema,
  broadcastDetailSchema,
  broadcastDuplicateSchema,
  broadcastTestAnswerSchema,
  broadcastTestSchema,
} from "../contract/broadcasts.ts";
import { idParams } from "../contract/common.ts";
import type { HttpDependencies } from "../dependencies.ts";
import { claimDedupeKey, writeOnce } from "../idempotency.ts";
import { presentAudience, presentBroadcast, toActions, toSplit } from "./present-broadcast.ts";
import { type ApiApp, route } from "./route.ts";
import { readCondition } from "./segments.ts";

/** What was asked, and whom that means. Throws `segment.not_found`, `segment.bad_condition`. */
async function readAudience(trx: Database, caller: Access, { condition, ...rest }: BroadcastAudience) {
  const asked = { ...rest, ...(condition === undefined ? {} : { condition: readCondition(condition) }) };
  return { asked, audience: await toAudience(trx, caller, asked) };
}

const tag = "Broadcasts";
const write = { tag, scope: "messages:write", writes: true } as const;

/** What is done with a broadcast before it is started, or to do it again. */
export function addBroadcastDraftRoutes(app: ApiApp, dependencies: HttpDependencies): void {
  const { now } = dependencies;
  app.post(
    "/broadcasts",
    route(
      { ...write, id: "createBroadcast", summary: "Make a broadcast, and start it where wanted", status: 201 },
      { body: broadcastCreateSchema },
      broadcastDetailSchema,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        const { caller, body } = request;
        const bot = await requireBot(trx, caller, body.bot);
        const access = { workspaceId: caller.workspaceId, botId: bot.id };
        const { name, perMinute, start, plan } = body;
        const { asked, audience } = await readAudience(trx, caller, body.audience);
        const startAt = body.startAt === undefined ? null : new Date(body.startAt);
        const split = body.split === undefined ? null : toSplit(body.split);
        const actions = split?.variants[0]?.actions ?? toActions(body) ?? [];
        const wanted = {
          access,
          botId: bot.id,
          name,
          audience,
          asked,
          actions,
          perMinute,
          startAt,
          plan,
          split,
          start,
        };
        return await presentBroadcast(trx, await makeBroadcast(dependencies, trx, wanted), now());
      }),
  );
  app.patch(
    "/broadcasts/:id",
    route(
      { ...write, id: "changeBroadcast", summary: "Change a draft, unless somebody changed it meanwhile" },
      { params: idParams, body: broadcastChangeSchema },
      broadcastDetailSchema,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        const { caller, params, body } = request;
        const { revision, name, perMinute, plan } = body;
        const whom = body.audience && (await readAudience(trx, caller, body.audience));
        const split = body.split === undefined ? undefined : toSplit(body.split);
        const actions = split?.variants[0]?.actions ?? toActions(body);
        const changed = await changeBroadcast(trx, caller, params.id, {
          ...{ revision, name, perMinute, plan, ...whom, actions },
          // Who names one thing that everybody gets wants no versions any more.
          split: split ?? (actions === undefined ? undefined : null),
          startAt: plan?.local === undefined ? toDate(body.startAt) : null,
        });
        return await presentBroadcast(trx, changed, now());
      }),
  );
  app.post(
    "/broadcasts/:id/duplicate",
    route(
      { ...write, id: "duplicateBroadcast", summary: "Make a draft that is the same as this broadcast", status: 201 },
      { params: idParams, body: broadcastDuplicateSchema.nullish() },
      broadcastDetailSchema,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        const { caller, params, body } = request;
        const old = await requireBroadcast(trx, caller, params.id);
        const { workspaceId, botId, audience, actions, perMinute, plan, split } = old;
        const at = new Date(now());
        // A time that has passed would start the copy at once.
        const startAt = plan.local === undefined && old.startAt !== null && old.startAt > at ? old.startAt : null;
        const values = { workspaceId, botId, name: body?.name ?? old.name, audience, actions, perMinute, plan, split };
        const made = await createBroadcast(trx, { ...values, asked: presentAudience(old), startAt, at });
        return await presentBroadcast(trx, made, now());
      }),
  );
  addTryRoutes(app, dependencies);
}

const toDate = (instant: string | null | undefined) => (typeof instant === "string" ? new Date(instant) : instant);

/** What can be seen of a broadcast before anybody gets it. */
function addTryRoutes(app: ApiApp, dependencies: HttpDependencies): void {
  const { db, now, submit } = dependencies;
  app.post(
    "/broadcasts/audience",
    route(
      { tag, scope: "messages:read", id: "countAudience", summary: "How many contacts an audience is, now" },
      { body: audienceCountSchema },
      audienceCountAnswerSchema,
    ),
    async ({ caller, body }) => {
      const { id: botId } = await requireBot(db, caller, body.bot);
      const access = { workspaceId: caller.workspaceId, botId };
      const { audience } = await readAudience(db, caller, body.audience);
      if ("contacts" in audience) return { count: audience.contacts.length, isEstimate: false };
      const question = { access, ...audience, now: now() };
      const { count, share } = await countContactPart(db, question, { after: 0, forMs: countForMs });
      return { count: Math.round(count / Math.max(share, 0.001)), isEstimate: share < 1 };
    },
  );
  app.post(
    "/broadcasts/:id/test",
    route(
      {
        ...write,
        id: "testBroadcast",
        summary: "Send a broadcast to some contacts as a test, beside its ledger",
        description:
          "A message of its own says first that it is a test. They get it whatever the broadcast's audience, time and quiet hours are; who opted out or is banned gets nothing all the same.",
      },
      { params: idParams, body: broadcastTestSchema },
      broadcastTestAnswerSchema,
    ),
    async (request) => {
      const { caller, params, body } = request;
      const { contacts, variant = 1, note } = body;
      const broadcast = await requireBroadcast(db, caller, params.id);
      const access = { workspaceId: broadcast.workspaceId, botId: broadcast.botId };
      const actions = toTest(broadcast, variant, note);
      const ids = [...new Set(contacts)];
      for (const id of ids) await requireContactId(db, access, String(id));
      const key = await claimDedupeKey(dependencies, request);
      const data = await Promise.all(
        ids.map(async (contactId) => {
          const happening = { kind: "actions", actions } as const;
          const dedupeKey = key === undefined ? undefined : `${key}:${contactId}`;
          const reply = await submit({
            target: { contactId },
            happening,
            source: "api",
            by: caller.member?.id,
            dedupeKey,
          });
          if (reply.status === "refused") return { contactId, status: "failed" as const, reason: reply.message };
          const refused = reply.results?.find((result) => !result.ok);
          if (refused?.ok === false) return { contactId, status: "failed" as const, reason: refused.error.message };
          return { contactId, ...(await whatCameOfIt(db, reply.eventId)) };
        }),
      );
      return { data };
    },
  );
}

/** An audience whose condition no SQL can say is looked at for so long, and the rest taken to be like it. */
const countForMs = 400;

/** What says that it is a test, and what the recipients will get. */
function toTest({ name, actions, split }: Broadcast, variant: number, note: string): ActionCall[] {
  const chosen = split === null ? undefined : split.variants[variant - 1];
  if (split !== null && chosen === undefined) {
    throw new AppError("request.invalid", `there is no variant ${variant}`, {
      details: [{ path: "variant", message: "there is no such variant" }],
    });
  }
  const label = chosen === undefined ? name : `${name}, ${chosen.name}`;
  return [
    { action: "send_message", args: { content: toLiteral(`${note}: ${label}`) } },
    ...(chosen?.actions ?? actions),
  ];
}

const factsSchema = z.array(z.looseObject({ kind: z.string(), reason: z.string().optional() }));

/** Whether the event's messages were made; else why not. */
async function whatCameOfIt(db: Database, eventId: number | undefined) {
  const event = await db
    .selectFrom("events")
    .select("facts")
    .where("id", "=", eventId ?? 0)
    .executeTakeFirst();
  const skipped = factsSchema.parse(event?.facts ?? []).find(({ kind }) => kind === "message_skipped");
  if (skipped === undefined) return { status: "sent" as const, reason: null };
  return { status: "skipped" as const, reason: skipped.reason ?? null };
}
