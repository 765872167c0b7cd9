import type { FastifyRequest } from "fastify";
import type { ActionCall } from "../../model/action-call.ts";
import { AppError } from "../../model/app-error.ts";
import { say } from "../../model/sentence.ts";
import { findSecondary } from "../../shell/merging.ts";
import type { Submission, SubmitReply } from "../../shell/submission.ts";
import { requireBot } from "../../store/bot-store.ts";
import { deleteContact, listContacts, requireContact, requireContactId } from "../../store/contact-store.ts";
import { listFields } from "../../store/field-store.ts";
import { isHeard } from "../../store/webhook-store.ts";
import { noContent, pageOf } from "../contract/common.ts";
import {
  actionsAnswerSchema,
  actionsSchema,
  type ContactBody,
  contactChangeSchema,
  contactCreateSchema,
  contactMergeSchema,
  contactParams,
  contactQuery,
  contactSchema,
} from "../contract/contacts.ts";
import type { HttpDependencies } from "../dependencies.ts";
import { submitOnce, writeOnce } from "../idempotency.ts";
import { toCalls } from "./contact-calls.ts";
import { decodeCursor, toPage } from "./cursor.ts";
import { presentContact } from "./present-contact.ts";
import { type ApiApp, type ApiResource, route } from "./route.ts";

const tag = "Contacts";
const read = { tag, scope: "contacts:read" } as const;
const write = { tag, scope: "contacts:write", writes: true } as const;

export const contactResource: ApiResource = (app, dependencies) => {
  const { db } = dependencies;
  app.get(
    "/contacts",
    route(
      { ...read, id: "listContacts", summary: "List contacts, or find some" },
      { querystring: contactQuery },
      pageOf(contactSchema),
    ),
    async ({ caller, query }) => {
      const { limit, cursor, bot, tag: tags, label: labels, q: search, ...rest } = query;
      const botId = bot === undefined ? undefined : (await requireBot(db, caller, bot)).id;
      const filter = { ...rest, bot: botId, tags, labels, search, fields: readFieldFilters(query) };
      const page = { after: decodeCursor(cursor)?.[0], limit: limit + 1 };
      const contacts = await listContacts(db, caller, filter, page);
      return toPage(contacts, limit, { present: presentContact, placeOf: ({ id }) => [id] });
    },
  );
  app.get(
    "/contacts/:id",
    route({ ...read, id: "getContact", summary: "Read a contact" }, { params: contactParams }, contactSchema),
    async ({ caller, params }) => presentContact(await requireContact(db, caller, params.id)),
  );
  app.post(
    "/contacts",
    route(
      { ...write, id: "createContact", summary: "Make a contact", status: 201 },
      { body: contactCreateSchema },
      contactSchema,
    ),
    async (request) => {
      const { bot: reference, tags = [], labels = [], ...change } = request.body;
      const bot = await requireBot(db, request.caller, reference);
      const calls = [
        ...toCalls(change, await listFields(db, request.caller.workspaceId)),
        ...tags.map((name) => ({ action: "add_tag", args: { tag: name } })),
        ...labels.map((name) => ({ action: "add_label", args: { label: name } })),
      ];
      return await changeContact(dependencies, request, { create: { botId: bot.id } }, calls);
    },
  );
  app.patch(
    "/contacts/:id",
    route(
      { ...write, id: "changeContact", summary: "Change a contact's profile and fields" },
      { params: contactParams, body: contactChangeSchema },
      contactSchema,
    ),
    async (request) => {
      const contactId = await requireContactId(db, request.caller, request.params.id);
      const calls = toCalls(request.body, await listFields(db, request.caller.workspaceId));
      if (calls.length === 0) throw new AppError("contact.nothing_to_change", say`name at least one thing to change`);
      return await changeContact(dependencies, request, { contactId }, calls);
    },
  );
  app.delete(
    "/contacts/:id",
    route(
      {
        ...write,
        id: "deleteContact",
        summary: "Delete a contact for good, with its history and messages",
        status: 204,
      },
      { params: contactParams },
      noContent,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        const at = new Date(dependencies.now());
        await deleteContact(trx, request.caller, request.params.id, { at, forgetJobs: dependencies.forgetJobs });
        return null;
      }),
  );
  app.post(
    "/contacts/:id/merge",
    route(
      {
        ...write,
        id: "mergeContacts",
        summary: "Merge another contact of the same bot into this one",
        description:
          "Identities, messages, history, notes, tags, labels, sequences and positions move over; fields and profile values where this contact lacks them. Where both stand in the same flow, this contact goes on and the other's walk ends.",
      },
      { params: contactParams, body: contactMergeSchema },
      contactSchema,
    ),
    async (request) => {
      const { secondary, deleteSecondary } = request.body;
      const contactId = await requireContactId(db, request.caller, request.params.id);
      const secondaryId = await findSecondary(db, request.caller, String(secondary));
      const happening = { kind: "merge", secondaryId, deleteSecondary } as const;
      await submitOnce(dependencies, request, { target: { contactId }, happening });
      return presentContact(await requireContact(db, request.caller, String(contactId)));
    },
  );
  app.post(
    "/contacts/:id/actions",
    route(
      {
        ...write,
        id: "runActions",
        summary: "Run actions of the catalogue on a contact, all of them or (where one cannot be) none",
      },
      { params: contactParams, body: actionsSchema },
      actionsAnswerSchema,
    ),
    async (request) => {
      const contactId = await requireContactId(db, request.caller, request.params.id);
      const actions = "actions" in request.body ? request.body.actions : [request.body];
      const reply = await submitOnce(dependencies, request, {
        target: { contactId },
        happening: { kind: "actions", actions },
      });
      return { repeated: reply.status === "duplicate", results: presentResults(reply) };
    },
  );
  addViewRoute(app, dependencies);
};

function addViewRoute(app: ApiApp, dependencies: HttpDependencies): void {
  const { db } = dependencies;
  app.post(
    "/contacts/:id/view",
    route(
      {
        ...write,
        id: "viewContact",
        summary: "Say that somebody looks at the profile",
        description: "Told to webhooks with the event `profile_viewed`. Where none listens, nothing is written.",
        status: 204,
      },
      { params: contactParams },
      noContent,
    ),
    async (request) => {
      const { caller, params } = request;
      const contactId = await requireContactId(db, caller, params.id);
      if (!(await isHeard(db, caller.workspaceId, "profile_viewed"))) return null;
      const args = caller.member === undefined ? {} : { agent: caller.member.id };
      const happening = { kind: "actions", actions: [{ action: "view_profile", args }] } as const;
      await submitOnce(dependencies, request, { target: { contactId }, happening });
      return null;
    },
  );
}

function readFieldFilters(query: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(query).flatMap(([key, value]) =>
      key.startsWith("field.") ? [[key.slice("field.".length), String(value)]] : [],
    ),
  );
}

/** What is written comes back as it is after the commit. */
async function changeContact(
  dependencies: HttpDependencies,
  request: FastifyRequest,
  target: Submission["target"],
  actions: readonly ActionCall[],
): Promise<ContactBody> {
  const reply = await submitOnce(dependencies, request, { target, happening: { kind: "actions", actions } });
  return presentContact(await requireContact(dependencies.db, request.caller, String(reply.contactId)));
}

function presentResults(reply: SubmitReply) {
  const results = reply.status === "refused" ? [] : (reply.results ?? []);
  return results.map((result) => ({ ...result }));
}
