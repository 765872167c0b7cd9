import { renderForContact } from "../../shell/render-for-contact.ts";
import { requireContact, requireContactId } from "../../store/contact-store.ts";
import {
  type ConversationChange,
  findWriters,
  listConversationChanges,
} from "../../store/conversation-change-store.ts";
import { listMentions, type Mention, seeMentions } from "../../store/mention-store.ts";
import { listMessages } from "../../store/message-store.ts";
import { deleteNote, listNotesBetween, type Note } from "../../store/note-store.ts";
import { requireMemberId, requireScope } from "../auth.ts";
import { noContent, pageOf } from "../contract/common.ts";
import { contactParams } from "../contract/contacts.ts";
import {
  type ConversationEntryBody,
  conversationEntrySchema,
  noteParams,
  presenceSchema,
  renderedSchema,
  renderSchema,
  seenSchema,
} from "../contract/conversation-entries.ts";
import { eventQuery } from "../contract/events.ts";
import { writeOnce } from "../idempotency.ts";
import { presentNote } from "./contact-history.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { toInstant, toInstantOrNull } from "./instant.ts";
import { presentMessage } from "./present-message.ts";
import { type ApiResource, route } from "./route.ts";

const tag = "Conversations";
const read = { tag, scope: "contacts:read" } as const;
const write = { tag, scope: "contacts:write", writes: true } as const;

function fromNote(note: Note): ConversationEntryBody {
  return { kind: "note", at: toInstant(note.createdAt), by: note.memberId, note: presentNote(note) };
}

function fromMention({ id, memberId, byId, flowRef, comment, createdAt, seenAt }: Mention): ConversationEntryBody {
  const seen = toInstantOrNull(seenAt);
  return {
    kind: "mention",
    at: toInstant(createdAt),
    by: byId,
    id,
    agent: memberId,
    comment,
    flow: flowRef,
    seenAt: seen,
  };
}

function fromChange({ id, source, byId, fact, createdAt }: ConversationChange): ConversationEntryBody {
  return { kind: "change", at: toInstant(createdAt), by: byId, id, source, fact: { ...fact } };
}

/** One conversation as agents see it: what was said, what they told each other, and what they did. */
export const conversationEntryResource: ApiResource = (app, dependencies) => {
  const { db, live, now } = dependencies;
  app.get(
    "/contacts/:id/conversation",
    route(
      {
        ...read,
        id: "readConversation",
        summary: "A contact's conversation: messages, notes, mentions and what agents did, newest first",
        description:
          "A page holds `limit` messages and everything else of the time from the oldest of them on. Needs `messages:read` as well.",
      },
      { params: contactParams, querystring: eventQuery },
      pageOf(conversationEntrySchema),
    ),
    async ({ caller, params, query: { limit, cursor } }) => {
      requireScope(caller, "messages:read");
      const contactId = await requireContactId(db, caller, params.id);
      const [before, end] = decodeCursor(cursor, 2) ?? [];
      const found = await listMessages(db, caller, { contactId }, { before, limit: limit + 1 });
      const messages = found.slice(0, limit);
      const oldest = found.length > limit ? messages.at(-1) : undefined;
      const time = { from: oldest?.createdAt, before: end === undefined ? undefined : new Date(end) };
      const writers = await findWriters(
        db,
        messages.flatMap(({ id, author }) => (author === null ? [] : [id])),
      );
      const entries = [
        ...messages.toReversed().map((message): ConversationEntryBody => {
          const by = writers.get(message.id) ?? null;
          return { kind: "message", at: toInstant(message.createdAt), by, message: presentMessage(message) };
        }),
        ...(await listNotesBetween(db, contactId, time)).map(fromNote),
        ...(await listMentions(db, contactId, time)).map(fromMention),
        ...(await listConversationChanges(db, contactId, time)).map(fromChange),
      ];
      // Of one moment, in the order above: an answer comes before what was noted about it.
      const data = entries.sort((a, b) => Date.parse(a.at) - Date.parse(b.at)).reverse();
      const nextCursor = oldest === undefined ? null : encodeCursor([oldest.id, oldest.createdAt.getTime()]);
      return { data, nextCursor };
    },
  );
  app.post(
    "/contacts/:id/mentions/seen",
    route(
      { ...write, id: "seeMentions", summary: "Say that the member who asks has seen the mentions in a conversation" },
      { params: contactParams },
      seenSchema,
    ),
    async (request) => {
      const memberId = requireMemberId(request.caller);
      const contactId = await requireContactId(db, request.caller, request.params.id);
      const answer = await writeOnce(dependencies, request, async (trx) => ({
        seen: await seeMentions(trx, { contactId, memberId, at: new Date(now()) }),
      }));
      if (answer.seen > 0) live.announce(contactId);
      return answer;
    },
  );
  app.delete(
    "/contacts/:id/notes/:note",
    route(
      {
        ...write,
        id: "deleteNote",
        summary: "Delete a note that the caller wrote",
        description: "A member deletes their own notes; a token those that flows and other systems wrote.",
        status: 204,
      },
      { params: noteParams },
      noContent,
    ),
    async (request) => {
      const contactId = await requireContactId(db, request.caller, request.params.id);
      const memberId = request.caller.member?.id ?? null;
      await writeOnce(dependencies, request, async (trx) => {
        await deleteNote(trx, { contactId, id: request.params.note, memberId });
        return null;
      });
      live.announce(contactId);
      return null;
    },
  );
  app.post(
    "/contacts/:id/render",
    route(
      { ...read, id: "renderTemplate", summary: "What a template says to a contact; nothing is sent" },
      { params: contactParams, body: renderSchema },
      renderedSchema,
    ),
    async ({ caller, params, body: { template } }) => {
      const contact = await requireContact(db, caller, params.id);
      const { text, error = null } = await renderForContact(db, { contact, template, now: now() });
      return { text, problem: error };
    },
  );
  app.post(
    "/contacts/:id/presence",
    route(
      {
        ...read,
        id: "tellPresence",
        summary: "Tell the others that the member who asks looks at a conversation, writes in it, or has left it",
        description:
          "Heard at once by those who follow `/live`, and kept nowhere. Told again every 10 seconds while it is so.",
        status: 204,
      },
      { params: contactParams, body: presenceSchema },
      noContent,
    ),
    async ({ caller, params, body: { state } }) => {
      const memberId = requireMemberId(caller);
      const { id: contactId, botId } = await requireContact(db, caller, params.id);
      live.announcePresence({ workspaceId: caller.workspaceId, botId, contactId, memberId, state });
      return null;
    },
  );
};
