import { type Ns, type NsKind, parseNs } from "../../../engine/uchat-ns.ts";
import type { ActionCall } from "../../../model/action-call.ts";
import { AppError } from "../../../model/app-error.ts";
import type { ActionResult } from "../../../model/outcome.ts";
import type { SubmitReply } from "../../../shell/submission.ts";
import { listBots } from "../../../store/bot-store.ts";
import { findContactByUserId, findContactPlace } from "../../../store/place-store.ts";
import type { Caller } from "../../auth.ts";
import type { HttpDependencies } from "../../dependencies.ts";
import type { Call, ContactPlace } from "./endpoint.ts";
import type { Memory } from "./memory.ts";

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

export function createCall(
  dependencies: HttpDependencies,
  memory: Memory,
  { caller, path }: { readonly caller: Caller; readonly path: string },
): Call {
  const { db } = dependencies;
  const unknownContact = (who: string) => new AppError("contact.not_found", `there is no subscriber "${who}"`);

  async function findContact(userNs: string, find: Memory["contact"]): Promise<ContactPlace> {
    const ns = parseNs("contact", userNs);
    if (ns === undefined) throw unknownContact(userNs);
    if (caller.botId !== undefined && caller.botId !== ns.bot) throw unknownContact(userNs);
    const place = await find(ns.id);
    if (place?.workspaceId !== caller.workspaceId || place.botId !== ns.bot) throw unknownContact(userNs);
    return { id: ns.id, botId: ns.bot };
  }

  async function requireNs(kind: NsKind, ns: string): Promise<Ns> {
    const parsed = parseNs(kind, ns);
    if (parsed === undefined) throw unknownNs(kind, ns);
    const isForeign = caller.botId !== undefined && caller.botId !== parsed.bot;
    if (isForeign || (await memory.workspaceOfBot(parsed.bot)) !== caller.workspaceId) throw unknownNs(kind, ns);
    return parsed;
  }

  return {
    db,
    dependencies,
    caller,
    address: `${dependencies.publicUrl}${path}`,

    async botId() {
      if (caller.botId !== undefined) return caller.botId;
      const [first] = await listBots(db, caller);
      if (first === undefined) throw new AppError("bot.not_found", "the workspace has no bot yet; make one first");
      return first.id;
    },

    requireNs,
    requireContact: async (userNs) => await findContact(userNs, (id) => findContactPlace(db, id)),
    addressContact: async (userNs) => await findContact(userNs, memory.contact),

    async readCard(userNs) {
      const ns = parseNs("contact", userNs);
      const { workspaceId, botId } = caller;
      if (ns === undefined || (botId !== undefined && botId !== ns.bot)) throw unknownContact(userNs);
      const card = await memory.card({ id: ns.id, workspaceId, botId: ns.bot });
      if (card === undefined) throw unknownContact(userNs);
      return card;
    },

    botOfContact: async (id) => (await memory.contact(id))?.botId ?? 0,

    async requireNamed(kind, list, fresh = false) {
      const ids: number[] = [];
      for (const ns of list) ids.push((await requireNs(kind, ns)).id);
      const names = await memory.names(kind, caller.workspaceId, ids, fresh);
      return ids.map((id, index) => {
        const name = names.get(id);
        if (name === undefined) throw unknownNs(kind, list[index] ?? "");
        return { id, name };
      });
    },

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
