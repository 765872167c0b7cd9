import { requireBot } from "../../store/bot-store.ts";
import {
  type ClosingNoteDefinition,
  changeClosingNote,
  createClosingNote,
  deleteClosingNote,
  listClosingNotes,
  requireClosingNote,
} from "../../store/closing-note-store.ts";
import { requireContactId } from "../../store/contact-store.ts";
import { listSaidClosingNotes } from "../../store/conversation-store.ts";
import { idParams, listOf, noContent } from "../contract/common.ts";
import { contactParams } from "../contract/contacts.ts";
import {
  closingNoteChangeSchema,
  closingNoteCreateSchema,
  closingNoteSchema,
  saidClosingNoteSchema,
} from "../contract/conversations.ts";
import { ofBotQuery } from "../contract/sequences.ts";
import { writeOnce } from "../idempotency.ts";
import { toInstant } from "./instant.ts";
import { narrowToBot } from "./narrow-to-bot.ts";
import { type ApiResource, route } from "./route.ts";

function presentClosingNote({ createdAt, ...note }: ClosingNoteDefinition) {
  return { ...note, createdAt: toInstant(createdAt) };
}

const tag = "Closing notes";
const read = { tag, scope: "settings:read" } as const;
const write = { tag, scope: "settings:write", writes: true } as const;
const most = 200;

/** What is said when a conversation is closed: how it is set up, and what was said of a contact. */
export const closingNoteResource: ApiResource = (app, dependencies) => {
  const { db } = dependencies;
  app.get(
    "/closing-notes",
    route(
      { ...read, id: "listClosingNotes", summary: "List closing notes" },
      { querystring: ofBotQuery },
      listOf(closingNoteSchema),
    ),
    async ({ caller, query }) => ({
      data: (await listClosingNotes(db, await narrowToBot(db, caller, query.bot))).map(presentClosingNote),
    }),
  );
  app.get(
    "/closing-notes/:id",
    route({ ...read, id: "getClosingNote", summary: "Read a closing note" }, { params: idParams }, closingNoteSchema),
    async ({ caller, params }) => presentClosingNote(await requireClosingNote(db, caller, params.id)),
  );
  app.post(
    "/closing-notes",
    route(
      { ...write, id: "createClosingNote", summary: "Make a closing note", status: 201 },
      { body: closingNoteCreateSchema },
      closingNoteSchema,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        const { bot, ...note } = request.body;
        return presentClosingNote(await createClosingNote(trx, await requireBot(trx, request.caller, bot), note));
      }),
  );
  app.patch(
    "/closing-notes/:id",
    route(
      { ...write, id: "changeClosingNote", summary: "Change a closing note" },
      { params: idParams, body: closingNoteChangeSchema },
      closingNoteSchema,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) =>
        presentClosingNote(await changeClosingNote(trx, request.caller, request.params.id, request.body)),
      ),
  );
  app.delete(
    "/closing-notes/:id",
    route(
      { ...write, id: "deleteClosingNote", summary: "Delete a closing note; what was said stays", status: 204 },
      { params: idParams },
      noContent,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        await deleteClosingNote(trx, request.caller, request.params.id);
        return null;
      }),
  );
  app.get(
    "/contacts/:id/closing-notes",
    route(
      {
        tag,
        scope: "contacts:read",
        id: "listContactClosingNotes",
        summary: "What was said when the contact's conversations were closed, newest first, 200 at most",
      },
      { params: contactParams },
      listOf(saidClosingNoteSchema),
    ),
    async ({ caller, params }) => {
      const notes = await listSaidClosingNotes(db, await requireContactId(db, caller, params.id), most);
      return { data: notes.map(({ createdAt, ...note }) => ({ ...note, createdAt: toInstant(createdAt) })) };
    },
  );
};
