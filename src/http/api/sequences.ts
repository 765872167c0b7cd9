import { requireBot } from "../../store/bot-store.ts";
import {
  createSequence,
  deleteSequence,
  listSequences,
  renameSequence,
  requireSequence,
  type Sequence,
} from "../../store/sequence-store.ts";
import { listOf, noContent, refParams } from "../contract/common.ts";
import {
  ofBotQuery,
  type SequenceBody,
  sequenceChangeSchema,
  sequenceCreateSchema,
  sequenceSchema,
} from "../contract/sequences.ts";
import { writeOnce } from "../idempotency.ts";
import { toInstant } from "./instant.ts";
import { narrowToBot } from "./narrow-to-bot.ts";
import { type ApiResource, route } from "./route.ts";

function presentSequence({ ref, botId, name, createdAt }: Sequence): SequenceBody {
  return { ref, botId, name, createdAt: toInstant(createdAt) };
}

const tag = "Sequences";
const read = { tag, scope: "flows:read" } as const;
const write = { tag, scope: "flows:write", writes: true } as const;

export const sequenceResource: ApiResource = (app, dependencies) => {
  const { db } = dependencies;
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
    route({ ...read, id: "getSequence", summary: "Read a sequence" }, { params: refParams }, sequenceSchema),
    async ({ caller, params }) => presentSequence(await requireSequence(db, caller, params.ref)),
  );
  app.post(
    "/sequences",
    route(
      { ...write, id: "createSequence", summary: "Make a sequence", status: 201 },
      { body: sequenceCreateSchema },
      sequenceSchema,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) =>
        presentSequence(
          await createSequence(trx, await requireBot(trx, request.caller, request.body.bot), request.body),
        ),
      ),
  );
  app.patch(
    "/sequences/:ref",
    route(
      { ...write, id: "renameSequence", summary: "Rename a sequence" },
      { params: refParams, body: sequenceChangeSchema },
      sequenceSchema,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) =>
        presentSequence(await renameSequence(trx, request.caller, request.params.ref, request.body.name)),
      ),
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
};
