import { randomUUID } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { toLiteral } from "../../../engine/literal-text.ts";
import { requireObjectId, toObjectId, unknownId } from "../../../engine/object-id.ts";
import type { ActionCall } from "../../../model/action-call.ts";
import { AppError } from "../../../model/app-error.ts";
import type { Contact } from "../../../model/contact.ts";
import type { SubmitReply } from "../../../shell/submission.ts";
import { listBots } from "../../../store/bot-store.ts";
import { listContacts, loadVisibleContacts } from "../../../store/contact-store.ts";
import { listFields } from "../../../store/field-store.ts";
import { tagStore } from "../../../store/tag-store.ts";
import { countUsers, searchUsers } from "../../../store/user-search-store.ts";
import type { HttpDependencies } from "../../dependencies.ts";
import { done } from "./answers.ts";
import { keepAttributes, requireAttributes } from "./attributes.ts";
import { noteContact } from "./call-notes.ts";
import { readSearchInput, toSearch } from "./search-input.ts";
import { presentUser } from "./user.ts";

type Body = Readonly<Record<string, unknown>>;

/** A body as an object; none at all is an empty one. Throws `request.invalid`. */
export function readBody({ body }: FastifyRequest): Body {
  if (body === undefined || body === null) return {};
  if (typeof body !== "object" || Array.isArray(body)) {
    throw new AppError("request.invalid", "send the body as a JSON object");
  }
  return body as Body;
}

/** Contacts, as ChatBot.com's users. */
export function userRoutes(app: FastifyInstance, dependencies: HttpDependencies): void {
  const { db, now } = dependencies;

  async function present(request: FastifyRequest, contacts: readonly Contact[]) {
    const { workspaceId } = request.caller;
    const [fields, tags] = [await listFields(db, workspaceId), await tagStore.list(db, workspaceId)];
    const tagIds = new Map(tags.map(({ id, name }) => [name, id]));
    return contacts.map((contact) => presentUser(contact, fields, tagIds));
  }

  const search = async (request: FastifyRequest) => {
    const { caller } = request;
    const [fields, tags] = [await listFields(db, caller.workspaceId), await tagStore.list(db, caller.workspaceId)];
    const wanted = toSearch(readSearchInput(request.raw.url ?? "", request.body), {
      tagIds: new Map(tags.map(({ id, name }) => [name, id])),
      fieldIds: new Map([
        ...fields.map(({ id, key }) => [key, id] as const),
        ...fields.map(({ id, name }) => [name, id] as const),
      ]),
    });
    const contacts = await loadVisibleContacts(db, caller, await searchUsers(db, caller, wanted));
    return { data: await present(request, contacts), count: await countUsers(db, caller, wanted) };
  };
  app.get("/users", search);

  app.get("/users/:id", async (request) => {
    const contact = await requireUser(dependencies, request);
    return (await present(request, [contact]))[0];
  });

  app.post("/users", async (request) => {
    const body = readBody(request);
    const attributes = requireAttributes(body.attributes);
    const userId = readUserId(body.userId, attributes);
    const botId = await chooseBot(dependencies, request);
    const access = { workspaceId: request.caller.workspaceId, botId };
    const isTaken = () =>
      new AppError("request.invalid", `there is already a user with the userId "${userId.slice(0, 80)}"`);
    if ((await listContacts(db, access, { clientExternalId: userId }, { limit: 1 })).length > 0) throw isTaken();
    // Looked up before fields are made: what is refused leaves nothing behind.
    const segments = await toSegmentCalls(dependencies, request, body.segments);
    const calls = [
      { action: "set_profile", args: { key: "clientExternalId", value: toLiteral(userId) } },
      ...(await keepAttributes(db, access.workspaceId, attributes)),
      ...segments,
    ];
    const reply = await dependencies.submit({
      target: { create: { botId, unlessKnown: { clientExternalId: userId } } },
      happening: { kind: "actions", actions: calls },
      source: "chatbot",
    });
    // Somebody else asked for the same one at the same moment.
    if (reply.status === "refused" && reply.code === "contact.exists") throw isTaken();
    const contactId = requireDone(reply);
    noteContact(request, contactId);
    return { id: toObjectId("user", contactId), ...done(now()) };
  });

  app.put("/users/:id", async (request) => {
    const { id } = await requireUser(dependencies, request);
    const attributes = requireAttributes(readBody(request).attributes);
    await act(dependencies, id, await keepAttributes(db, request.caller.workspaceId, attributes));
    return done(now());
  });

  app.put("/users/:id/ban", async (request) => {
    const { id } = await requireUser(dependencies, request);
    // A scenario's field gives the word.
    const banned = readBanned(readBody(request).banned);
    await act(dependencies, id, [{ action: banned ? "ban" : "unban", args: {} }]);
    return done(now());
  });

  segmentRoutes(app, dependencies);
}

/** Segments: our tags. */
function segmentRoutes(app: FastifyInstance, dependencies: HttpDependencies): void {
  const { db, now } = dependencies;

  app.get("/users/segments", async ({ caller }) => {
    const tags = await tagStore.list(db, caller.workspaceId);
    return tags.map(({ id, name }) => ({ id: toObjectId("segment", id), name }));
  });

  app.post("/users/segments", async (request) => {
    const { name: given } = readBody(request);
    const name = typeof given === "number" ? String(given) : given;
    if (typeof name !== "string" || name.trim() === "" || name.trim().length > 200) {
      throw new AppError("request.invalid", "name has to be a text of 1 to 200 characters");
    }
    const { workspaceId } = request.caller;
    const known = (await tagStore.list(db, workspaceId)).find((tag) => tag.name === name.trim());
    const tag = known ?? (await db.transaction().execute((trx) => tagStore.create(trx, workspaceId, name.trim())));
    return { id: toObjectId("segment", tag.id), ...done(now()) };
  });

  app.post("/users/:id/segments", async (request) => {
    const { id } = await requireUser(dependencies, request);
    await act(dependencies, id, await toSegmentCalls(dependencies, request, readSegmentIds(request)));
    return done(now());
  });

  app.put("/users/:id/segments", async (request) => {
    const contact = await requireUser(dependencies, request);
    const added = await toSegmentCalls(dependencies, request, readSegmentIds(request));
    const kept = new Set(added.map(({ args }) => args.tag));
    const gone = contact.tags.filter((tag) => !kept.has(tag));
    await act(dependencies, contact.id, [...gone.map((tag) => ({ action: "remove_tag", args: { tag } })), ...added]);
    return done(now());
  });
}

/** Throws `door.unknown_id`. */
async function requireUser({ db }: HttpDependencies, request: FastifyRequest): Promise<Contact> {
  const { id: text } = request.params as { readonly id: string };
  const [contact] = await loadVisibleContacts(db, request.caller, [requireObjectId("user", text)]);
  if (contact === undefined) throw unknownId("user", text);
  noteContact(request, contact.id);
  return contact;
}

/** Throws `request.invalid`. */
function readBanned(given: unknown): boolean {
  const word = String(given).trim().toLowerCase();
  if (["true", "1", "yes"].includes(word)) return true;
  if (["false", "0", "no"].includes(word)) return false;
  throw new AppError("request.invalid", "banned has to be true or false");
}

/** A contact belongs to one bot: the token's, or the workspace's first. */
async function chooseBot({ db }: HttpDependencies, { caller }: FastifyRequest): Promise<number> {
  const [bot] = await listBots(db, caller);
  if (bot === undefined) throw new AppError("bot.not_found", "the workspace has no bot yet; make one first");
  return bot.id;
}

/** Given, or made: not required where there is an e-mail, and by default a UUID, as ChatBot's document has it. */
function readUserId(given: unknown, attributes: ReadonlyMap<string, string | null>): string {
  if (given === undefined || given === null || given === "") return attributes.get("default_email") ?? randomUUID();
  const text = String(given).trim();
  if (typeof given === "object" || text === "" || text.length > 256) {
    throw new AppError("request.invalid", "userId has to be a text of 1 to 256 characters");
  }
  return text;
}

/** What segments are called here differs from where a user is made; both words are taken. To say nothing would take all of them away. Throws `request.invalid`. */
function readSegmentIds(request: FastifyRequest): unknown {
  const { segmentIds, segments = segmentIds } = readBody(request);
  if (segments === undefined || segments === null) {
    throw new AppError("request.invalid", "segmentIds has to be a list of segments' ids");
  }
  return segments;
}

/** One id or several; by name too, which is no id. Throws `door.unknown_id`. */
async function toSegmentCalls(
  { db }: HttpDependencies,
  { caller }: FastifyRequest,
  given: unknown,
): Promise<(ActionCall & { readonly args: { readonly tag: string } })[]> {
  if (given === undefined || given === null || given === "") return [];
  const tags = await tagStore.list(db, caller.workspaceId);
  return (Array.isArray(given) ? given : [given]).map((item: unknown) => {
    const text = String(item);
    const id = /^[0-9a-f]{24}$/i.test(text) ? requireObjectId("segment", text) : undefined;
    const tag = tags.find((one) => (id === undefined ? one.name === text : one.id === id));
    if (tag === undefined) throw unknownId("segment", text);
    return { action: "add_tag", args: { tag: tag.name } };
  });
}

async function act({ submit }: HttpDependencies, contactId: number, actions: readonly ActionCall[]): Promise<void> {
  if (actions.length === 0) return;
  requireDone(await submit({ target: { contactId }, happening: { kind: "actions", actions }, source: "chatbot" }));
}

/** The contact's id. Throws what was refused. */
function requireDone(reply: SubmitReply): number {
  if (reply.status === "refused") {
    throw new AppError(reply.code === "internal" ? "service.internal" : "action.refused", reply.message);
  }
  const refused = (reply.results ?? []).find((result) => !result.ok);
  if (refused?.ok === false) throw new AppError("action.refused", refused.error.message);
  return reply.contactId ?? 0;
}
