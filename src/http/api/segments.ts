import { checkCondition } from "../../engine/check-condition.ts";
import { AppError } from "../../model/app-error.ts";
import {
  type ConditionGroup,
  conditionSchema,
  isDeeperThan,
  maxConditionDepth as maxDepth,
} from "../../model/condition.ts";
import type { Json } from "../../model/field.ts";
import { type Sentence, say, sayPlaces, toPlaces } from "../../model/sentence.ts";
import { requireBot } from "../../store/bot-store.ts";
import { loadVisibleContacts, requireContactId } from "../../store/contact-store.ts";
import { countSegment, isInSegment, listSegmentIds, type SegmentQuestion } from "../../store/segment-member-store.ts";
import {
  changeSegment,
  createSegment,
  deleteSegment,
  listSegments,
  requireSegment,
  type Segment,
} from "../../store/segment-store.ts";
import type { Access } from "../../store/workspace-store.ts";
import { idParams, listOf, noContent, pageOf } from "../contract/common.ts";
import { contactSchema } from "../contract/contacts.ts";
import {
  type SegmentBody,
  segmentChangeSchema,
  segmentContactParams,
  segmentCountSchema,
  segmentCreateSchema,
  segmentPageQuery,
  segmentSchema,
  segmentTestSchema,
} from "../contract/segments.ts";
import { ofBotQuery } from "../contract/sequences.ts";
import type { HttpDependencies } from "../dependencies.ts";
import { writeOnce } from "../idempotency.ts";
import { decodeCursor, toPage } from "./cursor.ts";
import { toInstant } from "./instant.ts";
import { narrowToBot } from "./narrow-to-bot.ts";
import { presentContact } from "./present-contact.ts";
import { type ApiApp, type ApiResource, route } from "./route.ts";

function presentSegment({ id, botId, name, condition, createdAt }: Segment): SegmentBody {
  return { id, botId, name, condition: condition as unknown as Json, createdAt: toInstant(createdAt) };
}

const maxComparisons = 200;

/** Throws `segment.bad_condition`. */
export function readCondition(value: Json): ConditionGroup {
  if (isDeeperThan(value, maxDepth)) throw badCondition([say`a condition goes at most ${{ maxDepth }} groups deep`]);
  const parsed = conditionSchema.safeParse(value);
  if (!parsed.success) throw badCondition(toPlaces(parsed.error.issues).map((place) => sayPlaces([place])));
  const problems = [...checkCondition(parsed.data), ...checkSubjects(parsed.data)];
  if (countComparisons(parsed.data) > maxComparisons)
    problems.push(say`a segment has at most ${{ maxComparisons }} comparisons`);
  if (problems.length > 0) throw badCondition(problems);
  return parsed.data;
}

const badCondition = (problems: readonly Sentence[]) =>
  new AppError("segment.bad_condition", problems[0] ?? say`this is no condition`, {
    details: { problems: problems.map(({ message }) => message) },
  });

function countComparisons({ rules }: ConditionGroup): number {
  return rules.reduce((sum, rule) => sum + ("rules" in rule ? countComparisons(rule) : 1), 0);
}

/** A segment is asked without a message at hand. */
function checkSubjects({ rules }: ConditionGroup): Sentence[] {
  return rules.flatMap((rule) => {
    if ("rules" in rule) return checkSubjects(rule);
    return rule.subject === "message" ? [say`a segment cannot look at a message: there is none when it is asked`] : [];
  });
}

const tag = "Segments";
const read = { tag, scope: "contacts:read" } as const;
const write = { tag, scope: "segments:write", writes: true } as const;

/** Saved conditions, and who they hold for. */
export const segmentResource: ApiResource = (app, dependencies) => {
  const { db } = dependencies;
  app.get(
    "/segments",
    route(
      { ...read, id: "listSegments", summary: "List segments" },
      { querystring: ofBotQuery },
      listOf(segmentSchema),
    ),
    async ({ caller, query }) => ({
      data: (await listSegments(db, await narrowToBot(db, caller, query.bot))).map(presentSegment),
    }),
  );
  app.get(
    "/segments/:id",
    route({ ...read, id: "getSegment", summary: "Read a segment" }, { params: idParams }, segmentSchema),
    async ({ caller, params }) => presentSegment(await requireSegment(db, caller, params.id)),
  );
  app.post(
    "/segments",
    route(
      { ...write, id: "createSegment", summary: "Save a condition as a segment", status: 201 },
      { body: segmentCreateSchema },
      segmentSchema,
    ),
    async (request) => {
      const { caller, body } = request;
      const condition = readCondition(body.condition);
      const botId = body.bot === undefined ? (caller.botId ?? null) : (await requireBot(db, caller, body.bot)).id;
      const owner = { workspaceId: caller.workspaceId, botId };
      return await writeOnce(dependencies, request, async (trx) =>
        presentSegment(await createSegment(trx, owner, { name: body.name, condition })),
      );
    },
  );
  app.patch(
    "/segments/:id",
    route(
      { ...write, id: "changeSegment", summary: "Change a segment's name or condition" },
      { params: idParams, body: segmentChangeSchema },
      segmentSchema,
    ),
    async (request) => {
      const { caller, params, body } = request;
      const condition = body.condition === undefined ? undefined : readCondition(body.condition);
      return await writeOnce(dependencies, request, async (trx) =>
        presentSegment(await changeSegment(trx, caller, params.id, { name: body.name, condition })),
      );
    },
  );
  app.delete(
    "/segments/:id",
    route({ ...write, id: "deleteSegment", summary: "Delete a segment", status: 204 }, { params: idParams }, noContent),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        await deleteSegment(trx, request.caller, request.params.id);
        return null;
      }),
  );
  addMemberRoutes(app, dependencies);
};

function addMemberRoutes(app: ApiApp, { db, now }: HttpDependencies): void {
  const ask = async (caller: Access, id: number): Promise<SegmentQuestion> => {
    const { condition, workspaceId, botId } = await requireSegment(db, caller, id);
    return { access: { workspaceId, botId: botId ?? caller.botId }, condition, now: now() };
  };
  app.get(
    "/segments/:id/count",
    route(
      { ...read, id: "countSegment", summary: "How many contacts are in a segment now" },
      { params: idParams },
      segmentCountSchema,
    ),
    async ({ caller, params }) => ({ count: await countSegment(db, await ask(caller, params.id)) }),
  );
  app.get(
    "/segments/:id/contacts",
    route(
      { ...read, id: "listSegmentContacts", summary: "The contacts that are in a segment now" },
      { params: idParams, querystring: segmentPageQuery },
      pageOf(contactSchema),
    ),
    async ({ caller, params, query: { limit, cursor } }) => {
      const question = await ask(caller, params.id);
      const ids = await listSegmentIds(db, question, { after: decodeCursor(cursor)?.[0], limit: limit + 1 });
      const contacts = await loadVisibleContacts(db, question.access, ids);
      return toPage(contacts, limit, { present: presentContact, placeOf: ({ id }) => [id] });
    },
  );
  app.get(
    "/segments/:id/contacts/:contact",
    route(
      { ...read, id: "testSegmentContact", summary: "Whether a contact is in a segment now" },
      { params: segmentContactParams },
      segmentTestSchema,
    ),
    async ({ caller, params }) => {
      const question = await ask(caller, params.id);
      const contactId = await requireContactId(db, question.access, params.contact);
      return { isMember: await isInSegment(db, question, contactId) };
    },
  );
}
