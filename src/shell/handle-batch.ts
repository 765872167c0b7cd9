import type { Advance } from "../engine/advance.ts";
import { goesOnSoon, isSilentTo } from "../engine/listening.ts";
import type { Contact } from "../model/contact.ts";
import type { Event } from "../model/event.ts";
import type { FieldValue } from "../model/field.ts";
import type { OutgoingMessage } from "../model/message.ts";
import type { JobRequest, Outcome } from "../model/outcome.ts";
import type { BotSnapshot } from "../model/world.ts";
import type { ContactChange, HandledOutcome, StoringMessage } from "../store/batch.ts";
import type { Database } from "../store/database.ts";
import { writeDeliveries } from "../store/delivery-store.ts";
import { isRetryKey } from "../store/event-store.ts";
import { type StoredMessage, writeBatch } from "../store/outcome-store.ts";
import { loadVariables } from "../store/snapshot-store.ts";
import type { Unfinished } from "../store/transact.ts";
import type { LoadedContact } from "../store/world-store.ts";
import { type Attempt, attempt } from "./attempt.ts";
import { findRepetition, meet, remember, toDuplicate, whyNobody } from "./batch-people.ts";
import type { BatchStages } from "./batch-stages.ts";
import type { Departing } from "./departures.ts";
import { createDesks } from "./desks.ts";
import type { Jobs } from "./jobs.ts";
import { carryOutMerge, secondaryOf } from "./merging.ts";
import type { Snapshots } from "./snapshots.ts";
import type { Arrival, Submission, SubmitReply } from "./submission.ts";
import { completeDeliveries, type DecidedDelivery, feedWebhooks, isReady, toDeliveryJob } from "./webhook-feed.ts";

export interface BatchDependencies {
  readonly advance: Advance;
  readonly snapshots: Snapshots;
  /** Messages of these channel kinds are fetched by the person's page: they are sent once they are stored. */
  readonly isPullChannel: (channelKind: string) => boolean;
  readonly enqueueJobs: (trx: Database, jobs: readonly JobRequest[]) => Promise<void>;
  /** Gives one contact's jobs to another. */
  readonly moveJobs: Jobs["move"];
  readonly leaseOwner: (lane: "live" | "bulk") => number | null;
  /** For one batch: until when (by `performance.now`) a message leaves on its commit; undefined: it waits for its turn (`outbox.ts`). */
  readonly planDepartures: () => (message: Departing) => number | undefined;
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
 * place where events become changes. `stages` is told where each part begins. `inDoubt`: what an earlier attempt decided whose commit lost its answer; it stands if that was committed.
 */
export async function handleBatch(
  trx: Database,
  arrivals: readonly Arrival[],
  dependencies: BatchDependencies,
  { inDoubt, stages }: { readonly inDoubt?: BatchResult | undefined; readonly stages?: BatchStages } = {},
): Promise<Decided> {
  stages?.enter("load");
  const merging = arrivals.flatMap(({ submission }) => secondaryOf(submission) ?? []);
  if (merging.length > 0 && arrivals.length > 1) throw new Error("a merge is a batch of its own");
  const { people, handledBefore } = await meet(trx, arrivals);
  if (inDoubt !== undefined && arrivals.some(({ eventId }) => handledBefore.has(`#${eventId}`))) {
    return { result: inDoubt, last: Promise.resolve(inDoubt) };
  }
  await people.makeAskedFor(arrivals.filter((arrival) => findRepetition(handledBefore, arrival) === undefined));
  stages?.enter("advance");
  // Asked together: what leaves at the commit has to be ours.
  const leaseOwner = { live: dependencies.leaseOwner("live"), bulk: dependencies.leaseOwner("bulk") };
  const desk = createDesk(trx, dependencies);
  const replies: SubmitReply[] = [];
  for (const arrival of arrivals) {
    const repetition = findRepetition(handledBefore, arrival);
    const loaded = people.of(arrival);
    if (repetition !== undefined) replies.push({ ...toDuplicate(repetition), ...desk.silenceTo(loaded, arrival.at) });
    else if (loaded === undefined) replies.push(whyNobody(arrival, people));
    else {
      const isNew = people.isNew(loaded);
      const reply = await desk.handle(arrival, loaded, { isNew, secondary: people.secondaryOf(arrival) });
      replies.push(reply);
      remember(handledBefore, arrival, reply);
    }
  }
  stages?.enter("write");
  const { handled, contacts, variables, jobs, deliveries, desks } = desk.result();
  await people.discardUnused(new Set(contacts.map(({ after }) => after.id)));
  const jobKinds = [...new Set(jobs.flatMap(({ kind, startAt }) => (startAt === undefined ? [kind] : [])))];
  const touched = [...contacts.map(({ after }) => after.id), ...merging];
  const result = { replies, messages: [], touched, jobKinds };
  if (handled.length === 0) return { result, last: Promise.resolve(result) };
  await desks.write();
  const ready = deliveries.filter(isReady);
  if (ready.length > 0) await writeDeliveries(trx, ready);
  if (jobs.length > 0) await dependencies.enqueueJobs(trx, jobs);
  const { last, heardIds } = await writeBatch(trx, { handled, contacts, variables, leaseOwner });
  if (ready.length < deliveries.length) await writeDeliveries(trx, completeDeliveries(deliveries, await heardIds()));
  return { result, last: last.then((messages) => ({ ...result, messages })) };
}

/** Advances event after event and gathers what is to be written. */
function createDesk(trx: Database, { advance, snapshots, isPullChannel, moveJobs, planDepartures }: BatchDependencies) {
  const handled: HandledOutcome[] = [];
  const changes = new Map<number, ContactChange>();
  const variableValues = new Map<number, Readonly<Record<string, FieldValue>>>();
  const lockedBots = new Set<number>();
  const variables = new Map<number, Record<string, FieldValue | null>>();
  const jobs: JobRequest[] = [];
  const deliveries: DecidedDelivery[] = [];
  const desks = createDesks(trx);
  const leavesUntil = planDepartures();

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

  const currentOf = ({ contact }: LoadedContact) => changes.get(contact.id)?.after ?? contact;

  return {
    /** `at`: Unix milliseconds. */
    silenceTo: (loaded: LoadedContact | undefined, at: number) =>
      loaded === undefined ? {} : silenceTo(currentOf(loaded), at),
    async handle(
      arrival: Arrival,
      loaded: LoadedContact,
      { isNew, secondary }: { readonly isNew: boolean; readonly secondary: LoadedContact | undefined },
    ): Promise<SubmitReply> {
      const contact = currentOf(loaded);
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
      const told = feedWebhooks(bot, event, outcome, { isRetry, before: contact });
      deliveries.push(...told);
      jobs.push(...outcome.jobs.map((job) => ({ ...job, contactId: contact.id })), ...told.map(toDeliveryJob));
      // A timer that another process was quicker with, a job that ran twice: nothing happened, so nothing is told.
      const reply = {
        ...outcome.answer,
        contactId: contact.id,
        eventId: event.id,
        ...(answersSoon(event, outcome) ? {} : silent),
      };
      const mayBeNothing = event.kind === "timer" || event.kind === "job_result" || event.kind === "sequence_changed";
      if (mayBeNothing && outcome.contact === contact && outcome.facts.length === 0) return reply;
      const stored =
        event.kind === "merge" && secondary !== undefined && failed === undefined
          ? await carryOutMerge(trx, event, { primary: loaded, secondary, outcome, moveJobs })
          : loaded;
      changes.set(contact.id, { before: stored.contact, after: outcome.contact, bot, at: event.at });
      const answered = findAnswered(arrival.submission, outcome.messages);
      const isThere = (message: OutgoingMessage) =>
        answered.has(message) || isPullChannel(bot.channels.get(message.channelId) ?? "");
      const messages = outcome.messages.map((message): StoringMessage => {
        if (isThere(message)) return { ...message, status: "sent" };
        return { ...message, status: "queued", leavesUntil: leavesUntil({ ...message, contactId: contact.id }) };
      });
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
      return reply;
    },
    result: () => ({ handled, contacts: [...changes.values()], variables, jobs, deliveries, desks }),
  };
}

const silent = { isSilent: true as const };
const silenceTo = (contact: Contact, at: number) => (isSilentTo(contact, at) ? silent : {});

/** Whether whoever wrote on a channel gets something there by what was decided, or by what it waits for. */
function answersSoon({ channelId, at }: Event, { contact, messages }: Outcome): boolean {
  if (isSilentTo(contact, at)) return false;
  return (
    channelId === undefined || messages.some((message) => message.channelId === channelId) || goesOnSoon(contact, at)
  );
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
