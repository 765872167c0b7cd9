import { AppError } from "../../model/app-error.ts";
import { requireContactId } from "../../store/contact-store.ts";
import {
  findMessagesByMids,
  listMessages,
  listMessagesOfEvent,
  requireMessage,
  retryMessage,
} from "../../store/message-store.ts";
import { idParams, pageOf } from "../contract/common.ts";
import { contactParams } from "../contract/contacts.ts";
import { messageQuery, messageSchema, messageSendSchema, messagesSentSchema } from "../contract/messages.ts";
import { submitOnce, writeOnce } from "../idempotency.ts";
import { decodeCursor, toPage } from "./cursor.ts";
import { presentMessage } from "./present-message.ts";
import { type ApiResource, route } from "./route.ts";

const tag = "Messages";
const read = { tag, scope: "messages:read" } as const;
const write = { tag, scope: "messages:write", writes: true } as const;

export const messageResource: ApiResource = (app, dependencies) => {
  const { db } = dependencies;
  app.get(
    "/messages",
    route(
      {
        ...read,
        id: "listMessages",
        summary: "List messages, newest first; `status` finds what failed, waits or is uncertain",
      },
      { querystring: messageQuery },
      pageOf(messageSchema),
    ),
    async ({ caller, query }) => {
      const { contact: contactId, status: statuses, limit, mid: mids } = query;
      if (mids !== undefined) {
        const found = await findMessagesByMids(db, caller, mids);
        return { data: found.map(presentMessage), nextCursor: null };
      }
      const before = decodeCursor(query.cursor)?.[0];
      const messages = await listMessages(db, caller, { contactId, statuses }, { before, limit: limit + 1 });
      return toPage(messages, limit, { present: presentMessage, placeOf: ({ id }) => [id] });
    },
  );
  app.get(
    "/messages/:id",
    route({ ...read, id: "getMessage", summary: "Read a message" }, { params: idParams }, messageSchema),
    async ({ caller, params }) => presentMessage(await requireMessage(db, caller, params.id)),
  );
  app.post(
    "/messages/:id/retry",
    route(
      { ...write, id: "retryMessage", summary: "Send a failed or uncertain message again", status: 202 },
      { params: idParams },
      messageSchema,
    ),
    async (request) => {
      // Kept for a repetition is the id alone: a deleted contact's words must not stand among the kept answers.
      const { id } = await writeOnce(dependencies, request, async (trx) => {
        const { id } = await retryMessage(trx, request.caller, request.params.id);
        return { id };
      });
      return presentMessage(await requireMessage(db, request.caller, id));
    },
  );
  app.post(
    "/contacts/:id/messages",
    route(
      { ...write, id: "sendMessage", summary: "Send a message to a contact", status: 202 },
      { params: contactParams, body: messageSendSchema },
      messagesSentSchema,
    ),
    async (request) => {
      const { channelId, author, ...content } = request.body;
      const contactId = await requireContactId(db, request.caller, request.params.id);
      const args = {
        content,
        ...(channelId === undefined ? {} : { channelId }),
        ...(author === "agent" ? { author } : {}),
      };
      const call = { action: "send_message", args };
      const reply = await submitOnce(dependencies, request, {
        target: { contactId },
        happening: { kind: "actions", actions: [call] },
      });
      const [result] = reply.results ?? [];
      if (result?.ok === false) {
        throw new AppError("action.refused", result.error, { details: { code: result.error.code } });
      }
      const messages = await listMessagesOfEvent(db, request.caller, { contactId, eventId: reply.eventId ?? 0 });
      return { repeated: reply.status === "duplicate", messages: messages.map(presentMessage) };
    },
  );
};
