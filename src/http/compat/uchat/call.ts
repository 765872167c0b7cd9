import type { ActionCall } from "../../../model/action-call.ts";
import { AppError } from "../../../model/app-error.ts";
import type { ActionResult } from "../../../model/outcome.ts";
import type { SubmitReply } from "../../../shell/submission.ts";
import { listBots } from "../../../store/bot-store.ts";
import { findBotsWorkspace, findContactByUserId, findContactPlace } from "../../../store/place-store.ts";
import type { Caller } from "../../auth.ts";
import type { HttpDependencies } from "../../dependencies.ts";
import type { Call, ContactPlace } from "./endpoint.ts";
import { type NsKind, parseNs } from "./ns.ts";

/** Where a contact or a bot belongs never changes while it exists, so it is asked once. What is deleted is refused further on. */
interface Places {
  contact(id: number): Promise<{ readonly workspaceId: number; readonly botId: number } | undefined>;
  workspaceOfBot(id: number): Promise<number | undefined>;
}

const placesKept = 50_000;

export function createPlaces({ db }: Pick<HttpDependencies, "db">): Places {
  return {
    contact: rememberFound((id) => findContactPlace(db, id)),
    workspaceOfBot: rememberFound((id) => findBotsWorkspace(db, id)),
  };
}

/** What was not found is asked again: it may be made in the next moment. */
function rememberFound<T>(find: (id: number) => Promise<T | undefined>): (id: number) => Promise<T | undefined> {
  const known = new Map<number, T>();
  return async (id) => {
    const kept = known.get(id);
    if (kept !== undefined) return kept;
    const found = await find(id);
    if (found === undefined) return undefined;
    if (known.size >= placesKept) known.clear();
    known.set(id, found);
    return found;
  };
}

const nouns: Readonly<Record<NsKind, string>> = {
  contact: "subscriber",
  tag: "tag",
  flow: "sub flow",
  segment: "segment",
  closingNote: "closing note",
  customEvent: "custom event",
  webhook: "webhook",
  field: "user field",
  variable: "bot field",
};

/** The refusal for an ns that leads nowhere. */
export function unknownNs(kind: NsKind, ns: string): AppError {
  return new AppError("door.unknown_id", `there is no ${nouns[kind]} "${ns}"`);
}

export function createCall(dependencies: HttpDependencies, places: Places, caller: Caller): Call {
  const { db } = dependencies;
  const unknownContact = (who: string) => new AppError("contact.not_found", `there is no subscriber "${who}"`);

  async function findContact(userNs: string, find: Places["contact"]): Promise<ContactPlace> {
    const ns = parseNs("contact", userNs);
    if (ns === undefined) throw unknownContact(userNs);
    if (caller.botId !== undefined && caller.botId !== ns.bot) throw unknownContact(userNs);
    const place = await find(ns.id);
    if (place?.workspaceId !== caller.workspaceId || place.botId !== ns.bot) throw unknownContact(userNs);
    return { id: ns.id, botId: ns.bot };
  }

  return {
    db,
    dependencies,
    caller,

    async botId() {
      if (caller.botId !== undefined) return caller.botId;
      const [first] = await listBots(db, caller);
      if (first === undefined) throw new AppError("bot.not_found", "the workspace has no bot yet; make one first");
      return first.id;
    },

    async requireNs(kind, ns) {
      const parsed = parseNs(kind, ns);
      if (parsed === undefined) throw unknownNs(kind, ns);
      const isForeign = caller.botId !== undefined && caller.botId !== parsed.bot;
      if (isForeign || (await places.workspaceOfBot(parsed.bot)) !== caller.workspaceId) throw unknownNs(kind, ns);
      return parsed;
    },

    requireContact: async (userNs) => await findContact(userNs, (id) => findContactPlace(db, id)),
    addressContact: async (userNs) => await findContact(userNs, places.contact),

    botOfContact: async (id) => (await places.contact(id))?.botId ?? 0,

    async requireContactByUserId(userId) {
      const contact = await findContactByUserId(db, caller, userId);
      if (contact === undefined) throw unknownContact(userId);
      return contact;
    },

    act: async (contact, actions) => await act(dependencies, contact, actions),
  };
}

async function act(
  { submit }: HttpDependencies,
  contact: ContactPlace,
  actions: readonly ActionCall[],
): Promise<readonly ActionResult[]> {
  const reply = await submit({
    target: { contactId: contact.id },
    happening: { kind: "actions", actions },
    source: "uchat",
  });
  return requireDone(reply);
}

/** The results of actions. Throws what was refused, whole or in part. */
export function requireDone(reply: SubmitReply): readonly ActionResult[] {
  if (reply.status === "refused") {
    throw new AppError(reply.code === "internal" ? "service.internal" : "action.refused", reply.message);
  }
  const results = reply.results ?? [];
  const refused = results.find((result) => !result.ok);
  if (refused?.ok === false) throw new AppError("action.refused", refused.error.message);
  return results;
}
