import { z } from "zod";
import { toNs } from "../../../engine/uchat-ns.ts";
import { requireBot } from "../../../store/bot-store.ts";
import {
  type ClosingNoteDefinition,
  changeClosingNote,
  createClosingNote,
  deleteClosingNote,
  listClosingNotes,
  requireClosingNote,
} from "../../../store/closing-note-store.ts";
import { ok, okSchema, pageOf } from "./answers.ts";
import { type AnyEndpoint, type Call, endpoint } from "./endpoint.ts";
import { InvalidInput } from "./errors.ts";
import { integer, text } from "./input.ts";
import { listInput, pageOfNamed } from "./named-lists.ts";

/** 0: no, 1: may, 2: must. */
const demand = integer({ min: 0, max: 2 }).transform((given) => given as 0 | 1 | 2);

const noteSchema = z.strictObject({
  id: z.number().int(),
  note_ns: z.string().regex(/^f\d+cn\d+$/),
  name: z.string(),
  description: z.string(),
  require_attachment: z.number().int(),
  require_summary: z.number().int(),
});
const withStatus = z.strictObject({ data: noteSchema, status: z.literal("ok") });

const present = (note: ClosingNoteDefinition): z.infer<typeof noteSchema> => ({
  id: note.id,
  note_ns: toNs("closingNote", note.botId, note.id),
  name: note.name,
  description: note.description,
  require_attachment: note.requireAttachment,
  require_summary: note.requireSummary,
});

const values = { description: text(2000), require_attachment: demand, require_summary: demand };
/** UChat's document does not say how a note is named in a change: by either. */
const which = { id: integer({ min: 1 }).optional(), note_ns: text(60).optional() };

async function idOf(call: Call, { id, note_ns }: { id?: number | undefined; note_ns?: string | undefined }) {
  if (note_ns !== undefined) return (await call.requireNs("closingNote", note_ns)).id;
  if (id !== undefined) return id;
  throw new InvalidInput({ id: ["The id field is required when note ns is not present."] });
}

/** What conversations can be closed with. */
export const closingNoteEndpoints: readonly AnyEndpoint[] = [
  endpoint({
    method: "GET",
    path: "/flow/closing-notes",
    scope: "flow",
    summary: "Get list of closing notes",
    input: z.object(listInput),
    answer: pageOf(noteSchema),
    async handle(call, input) {
      const access = { workspaceId: call.caller.workspaceId, botId: await call.botId() };
      return await pageOfNamed(call, await listClosingNotes(call.db, access), input, present);
    },
  }),
  endpoint({
    method: "GET",
    path: "/flow/closing-notes/{id}",
    scope: "flow",
    summary: "Get closing note info",
    input: z.object({ id: integer({ min: 1 }) }),
    answer: withStatus,
    handle: async ({ db, caller }, { id }) => ({ data: present(await requireClosingNote(db, caller, id)), ...ok }),
  }),
  endpoint({
    method: "POST",
    path: "/flow/create-closing-note",
    scope: "flow",
    summary: "Create new closing note",
    input: z.object({
      name: text(200),
      description: values.description.default(""),
      require_attachment: demand.default(0),
      require_summary: demand.default(0),
    }),
    answer: withStatus,
    async handle(call, { name, description, require_attachment, require_summary }) {
      const bot = await requireBot(call.db, call.caller, await call.botId());
      const note = { name, description, requireAttachment: require_attachment, requireSummary: require_summary };
      const made = await call.db.transaction().execute(async (trx) => await createClosingNote(trx, bot, note));
      return { data: present(made), ...ok };
    },
  }),
  endpoint({
    method: "PUT",
    path: "/flow/update-closing-note",
    scope: "flow",
    summary: "Update closing note, named by id or note_ns",
    input: z.object({
      ...which,
      name: text(200).optional(),
      description: values.description.optional(),
      require_attachment: demand.optional(),
      require_summary: demand.optional(),
    }),
    answer: withStatus,
    async handle(call, { id, note_ns, name, description, require_attachment, require_summary }) {
      const noteId = await idOf(call, { id, note_ns });
      const change = { name, description, requireAttachment: require_attachment, requireSummary: require_summary };
      const changed = await call.db
        .transaction()
        .execute(async (trx) => await changeClosingNote(trx, call.caller, noteId, change));
      return { data: present(changed), ...ok };
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/flow/delete-closing-note",
    scope: "flow",
    summary: "Delete closing note, named by id or note_ns",
    input: z.object(which),
    answer: okSchema,
    async handle(call, input) {
      const noteId = await idOf(call, input);
      await call.db.transaction().execute(async (trx) => await deleteClosingNote(trx, call.caller, noteId));
      return ok;
    },
  }),
];
