import { randomBytes } from "node:crypto";
import type { Advance } from "../engine/advance.ts";
import type { Event } from "../model/event.ts";
import type { FieldValue } from "../model/field.ts";
import type { MessageStatus, OutgoingMessage } from "../model/message.ts";
import type { Answer, JobRequest, Outcome } from "../model/outcome.ts";
import type { BotSnapshot } from "../model/world.ts";
import type { ContactChange, HandledOutcome } from "../store/batch.ts";
import type { Database } from "../store/database.ts";
import { type NewDelivery, writeDeliveries } from "../store/delivery-store.ts";
import { isRetryKey } from "../store/event-store.ts";
import { type StoredMessage, writeBatch } from "../store/outcome-store.ts";
import { loadVariables } from "../store/snapshot-store.ts";
import type { Unfinished } from "../store/transact.ts";
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
import { type Attempt, attempt } from "./attempt.ts";
import { createDesks } from "./desks.ts";
import { carryOutMerge, secondaryOf } from "./merging.ts";
import type { Snapshots } from "./snapshots.ts";
import type { Submission, SubmitReply } from "./submission.ts";
import { feedWebhooks, toDeliveryJob } from "./webhook-feed.ts";

/** A submission with what the shell adds when it arrives. */
export interface Arrival {
  readonly submission: Submission;
  readonly eventId: number;
  readonly at: number;
  readonly seed: number;
}

export interface BatchDependencies {
  readonly advance: Advance;
  readonly snapshots: Snapshots;
  /** Messages of these channel kinds are fetched by the person's page: they are sent once they are stored. */
  readonly isPullChannel: (channelKind: string) => boolean;
  readonly enqueueJobs: (trx: Database, jobs: readonly JobRequest[]) => Promise<void>;
  readonly leaseOwner: () => number | null;
}

/** What a batch leaves behind once it is committed. */
export interface BatchResult {
  /** One a submission, in their order. */
  readonly replies: readonly SubmitReply[];
  readonly messages: readonly StoredMessage[];
  /** Contacts that somebody who looks at them should see anew. */
  readonly touched: readonly number[];
  /** Kinds of the jobs that may run at once. */
  readonly jobKinds: readonly string[];
}

/** What was decided about a batch, before it is known to be committed. */
export interface Decided extends Unfinished<BatchResult> {
  /** The same without the messages. */
  readonly result: BatchResult;
}

/**
 * Handles a batch inside the given transaction: lock and load all worlds, advance each contact's events in order, write everything. The only
 * place where events become changes. `inDoubt`: what an earlier attempt decided whose commit lost its answer; it stands if that was committed.
 */
export async function handleBatch(
  trx: Database,
  arrivals: readonly Arrival[],
  dependencies: BatchDependencies,
  inDoubt?: BatchResult,
): Promise<Decided> {
  const merging = arrivals.flatMap(({ submission }) => secondaryOf(submission) ?? []);
  if (merging.length > 0 && arrivals.length > 1) throw new Error("a merge is a batch of its own");
  const { people, handledBefore } = await meet(trx, arrivals);
  if (inDoubt !== undefined && arrivals.some(({ eventId }) => handledBefore.has(`#${eventId}`))) {
    return { result: inDoubt, last: Promise.resolve(inDoubt) };
  }
  await people.makeAskedFor(arrivals.filter((arrival) => findRepetition(handledBefore, arrival) === undefined));
  const desk = createDesk(trx, dependencies);
  const replies: SubmitReply[] = [];
  for (const arrival of arrivals) {
    const repetition = findRepetition(handledBefore, arrival);
    const loaded = people.of(arrival);
    if (repetition !== undefined) replies.push(toDuplicate(repetition));
    else if (loaded === undefined) replies.push(whyNobody(arrival, people));
    else {
      const isNew = people.isNew(loaded);
      const reply = await desk.handle(arrival, loaded, { isNew, secondary: people.secondaryOf(arrival) });
      replies.push(reply);
      remember(handledBefore, arrival, reply);
    }
  }
  const { handled, contacts, variables, jobs, deliveries, desks } = desk.result();
  await people.discardUnused(new Set(contacts.map(({ after }) => after.id)));
  const jobKinds = [...new Set(jobs.flatMap(({ kind, startAt }) => (startAt === undefined ? [kind] : [])))];
  const touched = [...contacts.map(({ after }) => after.id), ...merging];
  const result = { replies, messages: [], touched, jobKinds };
  if (handled.length === 0) return { result, last: Promise.resolve(result) };
  await desks.write();
  if (deliveries.length > 0) await writeDeliveries(trx, deliveries);
  if (jobs.length > 0) await dependencies.enqueueJobs(trx, jobs);
  const leaseOwner = dependencies.leaseOwner();
  const { last } = await writeBatch(trx, { handled, contacts, variables, leaseOwner });
  return { result, last: last.then((messages) => ({ ...result, messages })) };
}

const identityKey = ({ channelId, externalId }: IdentityKey) => `${channelId}:${externalId}`;

/** Who is meant, and what was handled before: asked together, and of the latter once more where somebody had to be made. */
async function meet(trx: Database, arrivals: readonly Arrival[]) {
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

function findRepetition(handled: ReadonlyMap<string, HandledEvent>, arrival: Arrival): HandledEvent | undefined {
  const { dedupeKey } = arrival.submission;
  return handled.get(`#${arrival.eventId}`) ?? (dedupeKey === undefined ? undefined : handled.get(dedupeKey));
}

/** A second delivery may stand in the same batch. */
function remember(handled: Map<string, HandledEvent>, arrival: Arrival, reply: SubmitReply): void {
  const { dedupeKey } = arrival.submission;
  if (dedupeKey === undefined || reply.contactId === undefined || reply.eventId === undefined) return;
  const answer = "results" in reply && reply.results !== undefined ? { results: [...reply.results] } : {};
  handled.set(dedupeKey, { id: arrival.eventId, dedupeKey, contactId: reply.contactId, answer: answer as never });
}

function toDuplicate({ id, contactId, answer }: HandledEvent): SubmitReply {
  const { results } = (answer ?? {}) as { results?: Extract<Answer, { status: "done" }>["results"] };
  return { status: "duplicate", contactId, eventId: id, ...(results === undefined ? {} : { results }) };
}

function whyNobody(arrival: Arrival, people: { isKnown(arrival: Arrival): boolean }): SubmitReply {
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

/** Advances event after event and gathers what is to be written. */
function createDesk(trx: Database, { advance, snapshots, isPullChannel }: BatchDependencies) {
  const handled: HandledOutcome[] = [];
  const changes = new Map<number, ContactChange>();
  const variableValues = new Map<number, Readonly<Record<string, FieldValue>>>();
  const lockedBots = new Set<number>();
  const variables = new Map<number, Record<string, FieldValue | null>>();
  const jobs: JobRequest[] = [];
  const deliveries: NewDelivery[] = [];
  const desks = createDesks(trx);

  async function variablesOf(bot: BotSnapshot): Promise<Readonly<Record<string, FieldValue>>> {
    const known = variableValues.get(bot.id);
    if (known !== undefined || bot.variableDefinitions.size === 0) return known ?? {};
    const loaded = (await loadVariables(trx, [bot.id])).get(bot.id) ?? {};
    variableValues.set(bot.id, loaded);
    return loaded;
  }

  /** Who sets a variable decides over what stands until the commit: another process may have set it since it was read. */
  async function lockVariablesOf(bot: BotSnapshot): Promise<Readonly<Record<string, FieldValue>>> {
    lockedBots.add(bot.id);
    const loaded = (await loadVariables(trx, [bot.id], { lock: true })).get(bot.id) ?? {};
    variableValues.set(bot.id, loaded);
    return loaded;
  }

  function keepVariables(
    bot: BotSnapshot,
    before: Readonly<Record<string, FieldValue>>,
    changed: Outcome["variables"],
  ) {
    if (Object.keys(changed).length === 0) return;
    variables.set(bot.id, { ...variables.get(bot.id), ...changed });
    const merged = { ...before, ...changed };
    const set = Object.entries(merged).filter((entry): entry is [string, FieldValue] => entry[1] !== null);
    variableValues.set(bot.id, Object.fromEntries(set));
  }

  return {
    async handle(
      arrival: Arrival,
      loaded: LoadedContact,
      { isNew, secondary }: { readonly isNew: boolean; readonly secondary: LoadedContact | undefined },
    ): Promise<SubmitReply> {
      const contact = changes.get(loaded.contact.id)?.after ?? loaded.contact;
      const bot = await snapshots.get(trx, contact.botId, loaded.revision);
      if (bot === undefined) return { status: "refused", code: "bot.not_found", message: "the bot is gone" };
      const event = toEvent(arrival);
      const first = isNew && !changes.has(contact.id);
      const owner = { contactId: contact.id, botId: bot.id, workspaceId: bot.workspaceId };
      const decide = async (variables: Readonly<Record<string, FieldValue>>): Promise<Attempt> => {
        for (;;) {
          const world = {
            bot,
            variables,
            contact,
            isNew: first,
            secondary: secondary?.contact,
            ...desks.viewOf(owner),
          };
          const decided = attempt(advance, world, event);
          if (!("needs" in decided)) return decided;
          await desks.read(owner, decided.needs);
        }
      };
      let before = await variablesOf(bot);
      let { outcome, failed } = await decide(before);
      if (Object.keys(outcome.variables).length > 0 && !lockedBots.has(bot.id)) {
        before = await lockVariablesOf(bot);
        ({ outcome, failed } = await decide(before));
      }
      // Refused whole: nothing is written, not even that it was asked, so that the same request may come again and be right.
      if (outcome.answer.status === "refused" && failed === undefined) return outcome.answer;
      keepVariables(bot, before, outcome.variables);
      desks.keep(owner, outcome);
      const { dedupeKey } = arrival.submission;
      const isRetry = dedupeKey !== undefined && isRetryKey(dedupeKey);
      const told = feedWebhooks(bot, event, outcome, { isRetry });
      deliveries.push(...told);
      jobs.push(...outcome.jobs, ...told.map(toDeliveryJob));
      // A timer that another process was quicker with, a job that ran twice: nothing happened, so nothing is told.
      const mayBeNothing = event.kind === "timer" || event.kind === "job_result";
      if (mayBeNothing && outcome.contact === contact && outcome.facts.length === 0)
        return { ...outcome.answer, contactId: contact.id, eventId: event.id };
      const stored =
        event.kind === "merge" && secondary !== undefined && failed === undefined
          ? await carryOutMerge(trx, event, { primary: loaded, secondary, outcome })
          : loaded;
      changes.set(contact.id, { before: stored.contact, after: outcome.contact, bot, at: event.at });
      const answered = findAnswered(arrival.submission, outcome.messages);
      const isThere = (message: OutgoingMessage) =>
        answered.has(message) || isPullChannel(bot.channels.get(message.channelId) ?? "");
      const messages = outcome.messages.map((message) => ({
        ...message,
        status: (isThere(message) ? "sent" : "queued") as MessageStatus,
      }));
      handled.push({
        event,
        contactId: contact.id,
        workspaceId: loaded.workspaceId,
        dedupeKey,
        facts: outcome.facts,
        answer: outcome.answer,
        messages,
        notes: outcome.notes,
        failed,
      });
      return { ...outcome.answer, contactId: contact.id, eventId: event.id };
    },
    result: () => ({ handled, contacts: [...changes.values()], variables, jobs, deliveries, desks }),
  };
}

/** The messages that the person sees in the answer to the call itself. */
function findAnswered(
  { target, countInAnswer }: Submission,
  messages: readonly OutgoingMessage[],
): ReadonlySet<OutgoingMessage> {
  if (countInAnswer === undefined || !("channelId" in target)) return new Set();
  const own = messages.filter(
    ({ channelId, recipient }) => channelId === target.channelId && recipient === target.externalId,
  );
  return new Set(own.slice(0, countInAnswer(own.map(({ content }) => content))));
}

function toEvent({ submission, eventId, at, seed }: Arrival): Event {
  const { target, happening, source, by, profile, username } = submission;
  return {
    ...happening,
    id: eventId,
    at,
    seed,
    source,
    ...(by === undefined ? {} : { by }),
    ...("channelId" in target ? { channelId: target.channelId, externalId: target.externalId } : {}),
    ...(profile === undefined ? {} : { profile }),
    ...(username === undefined ? {} : { username }),
  };
}
