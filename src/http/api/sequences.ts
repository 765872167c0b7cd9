import { checkSequence } from "../../engine/check-sequence.ts";
import { toSource } from "../../engine/sequence-wake.ts";
import type { SequenceSettings, SequenceStep } from "../../model/sequence.ts";
import { toSettleJob } from "../../shell/jobs/settle-sequence.ts";
import { preparePublishedFlow } from "../../steps/advance.ts";
import { requireBot } from "../../store/bot-store.ts";
import { requireContact } from "../../store/contact-store.ts";
import type { Database } from "../../store/database.ts";
import { createRef } from "../../store/ref.ts";
import {
  changeSequence,
  createSequence,
  deleteSequence,
  listSequences,
  requireSequence,
  type Sequence,
} from "../../store/sequence-store.ts";
import { loadSnapshot } from "../../store/snapshot-store.ts";
import { listStepMetrics } from "../../store/step-metric-store.ts";
import { countSequenceWaits, countSubscriptions, listSubscribers } from "../../store/subscription-store.ts";
import { listOf, noContent, pageOf, refParams } from "../contract/common.ts";
import { contactParams } from "../contract/contacts.ts";
import {
  contactSequenceSchema,
  ofBotQuery,
  type SequenceDetailBody,
  type SequenceWish,
  sequenceChangeSchema,
  sequenceCreateSchema,
  sequenceDetailSchema,
  sequenceNumbersQuery,
  sequenceNumbersSchema,
  sequenceSchema,
  subscriberQuery,
  subscriberSchema,
} from "../contract/sequences.ts";
import { writeOnce } from "../idempotency.ts";
import { decodeCursor, toPage } from "./cursor.ts";
import { narrowToBot } from "./narrow-to-bot.ts";
import { presentContactSequences, presentSequence, presentStepNumbers, presentSubscriber } from "./present-sequence.ts";
import { type ApiApp, type ApiResource, route } from "./route.ts";

const tag = "Sequences";
const read = { tag, scope: "flows:read" } as const;
const write = { tag, scope: "flows:write", writes: true } as const;

export const sequenceResource: ApiResource = (app, dependencies) => {
  const { db, enqueueJobs } = dependencies;
  app.get(
    "/sequences",
    route(
      { ...read, id: "listSequences", summary: "List sequences" },
      { querystring: ofBotQuery },
      listOf(sequenceSchema),
    ),
    async ({ caller, query }) => ({
      data: (await listSequences(db, await narrowToBot(db, caller, query.bot))).map(presentSequence),
    }),
  );
  app.get(
    "/sequences/:ref",
    route(
      { ...read, id: "getSequence", summary: "Read a sequence with its steps" },
      { params: refParams },
      sequenceDetailSchema,
    ),
    async ({ caller, params }) => await presentDetail(db, await requireSequence(db, caller, params.ref)),
  );
  app.post(
    "/sequences",
    route(
      { ...write, id: "createSequence", summary: "Make a sequence", status: 201 },
      { body: sequenceCreateSchema },
      sequenceDetailSchema,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        const { bot, name, ref, ...wish } = request.body;
        const made = await createSequence(trx, await requireBot(trx, request.caller, bot), {
          name,
          ref,
          ...readWish(wish),
        });
        return await presentDetail(trx, made);
      }),
  );
  app.patch(
    "/sequences/:ref",
    route(
      {
        ...write,
        id: "changeSequence",
        summary: "Change a sequence, unless somebody changed it meanwhile",
        description:
          "It counts at once, also for those who are inside: whoever waits gets the first step behind the one that they had last which they have not had yet, counted from the time when their wait began.",
      },
      { params: refParams, body: sequenceChangeSchema },
      sequenceDetailSchema,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        const { revision, name, ...wish } = request.body;
        const change = { revision, name, ...readWish(wish) };
        const { sequence, movesWaits } = await changeSequence(trx, request.caller, request.params.ref, change);
        if (movesWaits) await enqueueJobs(trx, [toSettleJob(sequence)]);
        return await presentDetail(trx, sequence);
      }),
  );
  app.delete(
    "/sequences/:ref",
    route(
      { ...write, id: "deleteSequence", summary: "Delete a sequence, with the subscriptions to it", status: 204 },
      { params: refParams },
      noContent,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        await deleteSequence(trx, request.caller, request.params.ref);
        return null;
      }),
  );
  addReports(app, dependencies);
};

/** Who is inside, and what came of each step. */
function addReports(app: ApiApp, { db, now }: Parameters<ApiResource>[1]): void {
  app.get(
    "/sequences/:ref/subscribers",
    route(
      {
        tag,
        scope: "contacts:read",
        id: "listSubscribers",
        summary: "Who is subscribed, where they stand and when next",
      },
      { params: refParams, querystring: subscriberQuery },
      pageOf(subscriberSchema),
    ),
    async ({ caller, params, query: { step, limit, cursor } }) => {
      const sequence = await requireSequence(db, caller, params.ref);
      const after = decodeCursor(cursor)?.[0] ?? 0;
      const rows = await listSubscribers(db, sequence, { step, after, limit: limit + 1 });
      return toPage(rows, limit, { present: presentSubscriber, placeOf: ({ contactId }) => [contactId] });
    },
  );
  app.get(
    "/sequences/:ref/numbers",
    route(
      { ...read, id: "getSequenceNumbers", summary: "What came of each step, and of the subscriptions" },
      { params: refParams, querystring: sequenceNumbersQuery },
      sequenceNumbersSchema,
    ),
    async ({ caller, params, query }) => {
      const { id, ref, steps } = await requireSequence(db, caller, params.ref);
      const since = new Date(now() - query.days * 86_400_000);
      const metrics = await listStepMetrics(db, toSource(ref), { since });
      const waiting = await countSequenceWaits(db, ref);
      const counts = await countSubscriptions(db, id, since);
      return { ...counts, steps: presentStepNumbers(steps, metrics, waiting) };
    },
  );
  app.get(
    "/contacts/:id/sequences",
    route(
      { tag, scope: "contacts:read", id: "listContactSequences", summary: "Where a contact stands in its sequences" },
      { params: contactParams },
      listOf(contactSequenceSchema),
    ),
    async ({ caller, params }) => {
      const contact = await requireContact(db, caller, params.id);
      const sequences = await listSequences(db, { workspaceId: caller.workspaceId, botId: contact.botId });
      return { data: presentContactSequences(contact, sequences) };
    },
  );
}

async function presentDetail(db: Database, sequence: Sequence): Promise<SequenceDetailBody> {
  const bot = await loadSnapshot(db, sequence.botId, preparePublishedFlow);
  const problems = bot === undefined ? [] : checkSequence(sequence.steps, bot.snapshot);
  return { ...presentSequence(sequence), steps: [...sequence.steps], problems };
}

/** What of a body is steps and settings, with a ref for each step. */
function readWish({ steps, ...settings }: SequenceWish): {
  readonly steps?: readonly SequenceStep[] | undefined;
  readonly settings: Partial<SequenceSettings>;
} {
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  return {
    steps: steps?.map((step) => ({ ...step, ref: step.ref ?? createRef() })),
    settings: Object.fromEntries(given) as Partial<SequenceSettings>,
  };
}
