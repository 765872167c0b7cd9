import { randomBytes } from "node:crypto";
import type { Answer } from "../model/outcome.ts";
import type { Database } from "../store/database.ts";
import {
  createContacts,
  findHandledEvents,
  findKnownNewcomers,
  type HandledEvent,
  type IdentityKey,
  type LoadedContact,
  lockAndLoadContacts,
  lockNewIdentities,
} from "../store/world-store.ts";
import { secondaryOf } from "./merging.ts";
import type { Arrival, Submission, SubmitReply } from "./submission.ts";

const identityKey = ({ channelId, externalId }: IdentityKey) => `${channelId}:${externalId}`;

/** Who is meant, and what was handled before: asked together, and of the latter once more where somebody had to be made. */
export async function meet(trx: Database, arrivals: readonly Arrival[]) {
  const finding = findPeople(trx, arrivals);
  const early = findRepetitions(trx, arrivals);
  early.catch(() => undefined);
  const people = await finding;
  const handledBefore = people.isLate ? await findRepetitions(trx, arrivals) : await early;
  return { people, handledBefore };
}

/** Finds, or makes, the contact of every arrival. */
async function findPeople(trx: Database, arrivals: readonly Arrival[]) {
  const byId = new Map<number, LoadedContact>();
  const byIdentity = new Map<string, LoadedContact>();
  const byEvent = new Map<number, LoadedContact>();
  const created = new Set<number>();
  const known = new Set<number>();
  const keep = (loaded: LoadedContact) => {
    byId.set(loaded.contact.id, loaded);
    for (const identity of loaded.contact.identities) byIdentity.set(identityKey(identity), loaded);
    return loaded;
  };
  const identities = new Map<string, Arrival & { readonly identity: IdentityKey }>();
  const contactIds = arrivals.flatMap(({ submission }) => secondaryOf(submission) ?? []);
  const askedKeys: IdentityKey[] = [];
  for (const arrival of arrivals) {
    const { target } = arrival.submission;
    if ("contactId" in target) contactIds.push(target.contactId);
    else if ("create" in target) askedKeys.push(...keyOfAsked(arrival));
    else if (!identities.has(identityKey(target)))
      identities.set(identityKey(target), { ...arrival, identity: target });
  }
  const wanted = [...identities.values()];
  for (const loaded of await lockAndLoadContacts(
    trx,
    wanted.map(({ identity }) => identity),
    contactIds,
  ))
    keep(loaded);
  // Locks taken from here on come after the look for repetitions that went out with the first statements.
  let isLate = askedKeys.length > 0;
  let missing = wanted.filter(({ identity }) => !byIdentity.has(identityKey(identity)));
  if (missing.length > 0) {
    isLate = true;
    const keys = missing.map(({ identity }) => identity);
    await lockNewIdentities(trx, keys);
    for (const loaded of await lockAndLoadContacts(trx, keys, [])) keep(loaded);
    missing = missing.filter(({ identity }) => !byIdentity.has(identityKey(identity)));
  }
  const made = missing.map(({ at, identity }) => ({ cuid: createCuid(), at, identity }));
  for (const loaded of made.length > 0 ? await createContacts(trx, made) : []) created.add(keep(loaded).contact.id);
  // Held before anybody looks for repetitions: of two processes that got the same request, one makes the contact.
  if (askedKeys.length > 0) await lockNewIdentities(trx, askedKeys);
  return {
    isLate,
    of({ eventId, submission: { target } }: Arrival): LoadedContact | undefined {
      if ("contactId" in target) return byId.get(target.contactId);
      return "create" in target ? byEvent.get(eventId) : byIdentity.get(identityKey(target));
    },
    secondaryOf: ({ submission }: Arrival) => byId.get(secondaryOf(submission) ?? 0),
    isNew: (loaded: LoadedContact) => created.has(loaded.contact.id),
    /** Whether somebody else made the contact first. */
    isKnown: ({ eventId }: Arrival) => known.has(eventId),
    /** Makes the contacts that these arrivals ask for. */
    async makeAskedFor(fresh: readonly Arrival[]): Promise<void> {
      for (const eventId of await findKnown(trx, fresh)) known.add(eventId);
      const wishes = fresh.flatMap(({ submission: { target }, at, eventId }) =>
        "create" in target && !known.has(eventId)
          ? [{ cuid: createCuid(), at, eventId, botId: target.create.botId }]
          : [],
      );
      const eventIds = new Map(wishes.map(({ cuid, eventId }) => [cuid, eventId]));
      for (const loaded of wishes.length > 0 ? await createContacts(trx, wishes) : []) {
        created.add(keep(loaded).contact.id);
        byEvent.set(eventIds.get(loaded.contact.cuid) ?? 0, loaded);
      }
    },
    /** Takes back contacts that were made for what was then refused, or turned out to repeat a request in the same batch. */
    async discardUnused(used: ReadonlySet<number>): Promise<void> {
      const unused = [...created].filter((id) => !used.has(id));
      if (unused.length > 0) await trx.deleteFrom("contacts").where("id", "in", unused).execute();
    },
  };
}

/** 20 characters of a 32-letter alphabet without look-alikes: 100 random bits. */
function createCuid(): string {
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  return Array.from(randomBytes(20), (byte) => alphabet[byte & 31]).join("");
}

/** A request that makes a contact, and what the person is known by, as something to lock; no channel has the id 0. */
function keyOfAsked(arrival: Arrival): IdentityKey[] {
  const { dedupeKey } = arrival.submission;
  const keys = [...(dedupeKey === undefined ? [] : [dedupeKey]), ...namesOfNew(arrival)];
  return keys.map((externalId) => ({ channelId: 0, externalId }));
}

function namesOfNew({ submission: { target } }: Arrival): string[] {
  if (!("create" in target) || target.create.unlessKnown === undefined) return [];
  const { botId, unlessKnown } = target.create;
  const { phone, email, clientExternalId } = unlessKnown;
  const names = [phone, email?.toLowerCase(), clientExternalId === undefined ? undefined : `id ${clientExternalId}`];
  return names.flatMap((name) => (name === undefined ? [] : [`new:${botId}:${name}`]));
}

/** Which of these ask for somebody who is there by now, or asked for twice in this batch. Whoever else would make them waits for the lock. */
async function findKnown(trx: Database, fresh: readonly Arrival[]): Promise<number[]> {
  const asked = fresh.flatMap((arrival) => {
    const { target } = arrival.submission;
    if (!("create" in target) || target.create.unlessKnown === undefined) return [];
    const { botId, unlessKnown } = target.create;
    return [{ ...unlessKnown, botId, key: arrival.eventId, names: namesOfNew(arrival) }];
  });
  if (asked.length === 0) return [];
  const known = await findKnownNewcomers(trx, asked);
  const seen = new Set<string>();
  return asked.flatMap(({ key, names }) => {
    if (known.has(key) || names.some((name) => seen.has(name))) return [key];
    // Only of whom is made: what a refused request named besides is still free.
    for (const name of names) seen.add(name);
    return [];
  });
}

async function findRepetitions(trx: Database, arrivals: readonly Arrival[]): Promise<Map<string, HandledEvent>> {
  const keys = arrivals.flatMap(({ submission }) => submission.dedupeKey ?? []);
  const handled = await findHandledEvents(
    trx,
    keys,
    arrivals.map(({ eventId }) => eventId),
  );
  return new Map(
    handled.flatMap((event) => [
      ...(event.dedupeKey === null ? [] : [[event.dedupeKey, event] as const]),
      [`#${event.id}`, event] as const,
    ]),
  );
}

export function findRepetition(handled: ReadonlyMap<string, HandledEvent>, arrival: Arrival): HandledEvent | undefined {
  const { dedupeKey } = arrival.submission;
  return handled.get(`#${arrival.eventId}`) ?? (dedupeKey === undefined ? undefined : handled.get(dedupeKey));
}

/** A second delivery may stand in the same batch. */
export function remember(handled: Map<string, HandledEvent>, arrival: Arrival, reply: SubmitReply): void {
  const { dedupeKey } = arrival.submission;
  if (dedupeKey === undefined || reply.contactId === undefined || reply.eventId === undefined) return;
  const answer = "results" in reply && reply.results !== undefined ? { results: [...reply.results] } : {};
  handled.set(dedupeKey, { id: arrival.eventId, dedupeKey, contactId: reply.contactId, answer: answer as never });
}

export function toDuplicate({ id, contactId, answer }: HandledEvent): SubmitReply {
  const { results } = (answer ?? {}) as { results?: Extract<Answer, { status: "done" }>["results"] };
  return { status: "duplicate", contactId, eventId: id, ...(results === undefined ? {} : { results }) };
}

export function whyNobody(arrival: Arrival, people: { isKnown(arrival: Arrival): boolean }): SubmitReply {
  if (!people.isKnown(arrival)) return whoIsMissing(arrival.submission);
  return { status: "refused", code: "contact.exists", message: "a contact with this phone or e-mail is there by now" };
}

function whoIsMissing({ target }: Submission): SubmitReply {
  if ("contactId" in target) {
    return { status: "refused", code: "contact.not_found", message: `there is no contact ${target.contactId}` };
  }
  return "create" in target
    ? { status: "refused", code: "bot.not_found", message: `there is no bot ${target.create.botId}` }
    : { status: "refused", code: "channel.not_found", message: `there is no channel ${target.channelId}` };
}
