import { isScheduled, type ScheduledMessage, toScheduledMessage } from "../../engine/scheduled.ts";
import { requireContact, requireContactId } from "../../store/contact-store.ts";
import { listEvents, listSentTexts, type StoredEvent } from "../../store/event-store.ts";
import { listMessages } from "../../store/message-store.ts";
import { listNotes, type Note } from "../../store/note-store.ts";
import { listOf, pageOf } from "../contract/common.ts";
import { contactParams, noteSchema, positionSchema, scheduledMessageSchema } from "../contract/contacts.ts";
import { contactEventQuery, eventQuery, eventSchema } from "../contract/events.ts";
import { messageSchema } from "../contract/messages.ts";
import { decodeCursor, toPage } from "./cursor.ts";
import { toInstant } from "./instant.ts";
import { presentPositions } from "./present-contact.ts";
import { placeOfEvent, presentEvent } from "./present-event.ts";
import { presentMessage } from "./present-message.ts";
import { type ApiResource, route } from "./route.ts";

const read = { tag: "Contacts", scope: "contacts:read" } as const;
const page = { params: contactParams, querystring: eventQuery } as const;

export function presentNote({ id, text, author, memberId, createdAt }: Note) {
  return { id, text, author, by: memberId, createdAt: toInstant(createdAt) };
}

function presentScheduled({ id, content, at, channelId, author }: ScheduledMessage) {
  const who = author ?? ("bot" as const);
  return { id, content: { ...content }, at: toInstant(at), channelId: channelId ?? null, author: who };
}

export const contactHistoryResource: ApiResource = (app, { db, now }) => {
  app.get(
    "/contacts/:id/scheduled-messages",
    route(
      {
        ...read,
        id: "listScheduledMessages",
        summary: "Messages that wait for their time, the next first",
        description:
          "They are made by the action `schedule_message` and removed by `remove_scheduled_message` and `remove_all_scheduled_messages`.",
      },
      { params: contactParams },
      listOf(scheduledMessageSchema),
    ),
    async ({ caller, params }) => {
      const { positions } = await requireContact(db, caller, params.id);
      const scheduled = positions.filter(isScheduled).map(toScheduledMessage);
      return { data: scheduled.sort((a, b) => a.at - b.at).map(presentScheduled) };
    },
  );
  app.get(
    "/contacts/:id/events",
    route(
      {
        ...read,
        id: "listContactEvents",
        summary: "A contact's history, newest first: what happened and what followed",
      },
      { params: contactParams, querystring: contactEventQuery },
      pageOf(eventSchema),
    ),
    async ({ caller, params, query }) => {
      const contactId = await requireContactId(db, caller, params.id);
      const [at, id] = decodeCursor(query.cursor, 2) ?? [];
      const before = at === undefined || id === undefined ? undefined : { at, id };
      const events = await listEvents(db, caller, { contactId, kinds: query.kind }, { before, limit: query.limit + 1 });
      const ofActions = events.filter(({ kind }) => kind === "actions").map((event) => event.id);
      const sent = await listSentTexts(db, contactId, ofActions);
      const present = (event: StoredEvent) => {
        const texts = sent.get(event.id);
        return texts === undefined ? presentEvent(event) : { ...presentEvent(event), sent: [...texts] };
      };
      return toPage(events, query.limit, { present, placeOf: placeOfEvent });
    },
  );
  app.get(
    "/contacts/:id/messages",
    route(
      { ...read, id: "listContactMessages", summary: "A contact's conversation, newest first" },
      page,
      pageOf(messageSchema),
    ),
    async ({ caller, params, query }) => {
      const contactId = await requireContactId(db, caller, params.id);
      const before = decodeCursor(query.cursor)?.[0];
      const messages = await listMessages(db, caller, { contactId }, { before, limit: query.limit + 1 });
      return toPage(messages, query.limit, { present: presentMessage, placeOf: ({ id }) => [id] });
    },
  );
  app.get(
    "/contacts/:id/notes",
    route(
      { ...read, id: "listContactNotes", summary: "The notes on a contact, newest first" },
      page,
      pageOf(noteSchema),
    ),
    async ({ caller, params, query }) => {
      const contactId = await requireContactId(db, caller, params.id);
      const before = decodeCursor(query.cursor)?.[0];
      const notes = await listNotes(db, contactId, { before, limit: query.limit + 1 });
      return toPage(notes, query.limit, { present: presentNote, placeOf: ({ id }) => [id] });
    },
  );
  app.get(
    "/contacts/:id/positions",
    route(
      { ...read, id: "listContactPositions", summary: "Where a contact stands in flows, and what for" },
      { params: contactParams },
      listOf(positionSchema),
    ),
    async ({ caller, params }) => {
      return { data: presentPositions(await requireContact(db, caller, params.id), now()) };
    },
  );
};
