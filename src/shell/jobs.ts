import { setTimeout } from "node:timers/promises";
import { sql } from "kysely";
import { fromKysely, PgBoss } from "pg-boss";
import type { Logger } from "pino";
import type { OutboundHttp } from "../engine/outbound.ts";
import type { Profile } from "../model/contact.ts";
import type { Json } from "../model/field.ts";
import type { JobRequest } from "../model/outcome.ts";
import { deleteContactJobs, holdContacts, moveContactJobs, prepareContactJobs } from "../store/contact-job-store.ts";
import type { Database, OpenDatabase } from "../store/database.ts";
import type { SecretKey } from "../store/secret-key.ts";
import type { PostMail } from "./account-mail/account-mail.ts";
import type { BulkRoom } from "./bulk-room.ts";
import { type Hands, startHands } from "./job-hands.ts";
import { bossDatabase } from "./job-tables.ts";
import type { LeftResult } from "./jobs/hand-in-result.ts";
import type { BroadcastNews } from "./live.ts";
import type { RunScript } from "./scripts/script-pool.ts";
import { createSeldomWarning } from "./seldom-warning.ts";
import { LeftToNewer, type Submit } from "./submission.ts";
import { inSpan, tracing } from "./tracing.ts";

/** For how many days things are kept that only serve looking back; 0: for ever. */
export interface Keep {
  readonly messageDays: number;
  readonly historyDays: number;
  readonly deliveryDays: number;
  readonly logDays: number;
}

export const keepByDefault: Keep = { messageDays: 0, historyDays: 0, deliveryDays: 30, logDays: 90 };

/** What a job may use. */
export interface JobContext {
  readonly db: Database;
  /** Hands an event to the waist: what a job found out comes back to the contact this way. */
  readonly submit: Submit;
  /** Jobs that follow from this one: where it is about a contact they are too; throws once that is gone. */
  readonly enqueue: Jobs["enqueue"];
  /** For addresses that users gave. */
  readonly outbound: OutboundHttp;
  readonly runScript: RunScript;
  readonly lookUpProfile: LookUpProfile;
  /** Tells a channel's platform that nothing is to come here any more, whatever its state here; absent: nobody is told. */
  readonly signOffChannel?: ((channelId: number) => Promise<void>) | undefined;
  /** Takes jobs about contacts out of the queue; absent: there is none. */
  readonly forgetJobs?: Jobs["forget"] | undefined;
  /** What the channels of a bot have room for, of what is sent to many. */
  readonly bulkRoom: (botId: number) => Promise<BulkRoom>;
  readonly announceBroadcast: (news: BroadcastNews) => void;
  /** To people about their accounts; absent: this process has no mail server for that. */
  readonly postMail?: PostMail | undefined;
  readonly secretKey: SecretKey;
  /** Absent: by default. */
  readonly keep?: Keep | undefined;
  readonly log: Logger;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** What a channel's platform tells of a person; undefined: nothing. Rejects where it cannot be asked at the moment. */
export type LookUpProfile = (channelId: number, person: string) => Promise<Profile | undefined>;

/** A job kind: one file in `shell/jobs/`, one line in the registry there. */
export interface JobKind {
  /** Also its queue's name and its key in the registry. */
  readonly kind: string;
  /** When it runs by itself, as a cron line in UTC; absent: only when it is asked for. */
  readonly cron?: string;
  readonly retryLimit: number;
  /** How many a process runs at the same time; default 1. Each ends for itself. */
  readonly atOnce?: number;
  /** How many of one group at the same time, over all processes: no slow one holds up those of other groups. */
  readonly perGroup?: number;
  /**
   * What it hands in may be a newer release's (`LeftToNewer`): then the job comes again, for ever, and none of that counts as a try. Only where doing it again does nothing outside of the
   * database.
   */
  readonly isLeftToNewer?: true;
  run(data: Json, context: JobContext): Promise<void>;
}

export type JobCatalogue = Readonly<Record<string, JobKind>>;

export interface Jobs {
  /** Enqueues within the given transaction: the job exists if and only if that commits. */
  enqueue(trx: Database, jobs: readonly JobRequest[]): Promise<void>;
  /** Takes all jobs about contacts out of the queue, in their deletion's own transaction, after everything that jobs are made of. */
  forget(trx: Database, contactIds: Parameters<typeof deleteContactJobs>[2]): Promise<void>;
  /** Gives one contact's jobs to another that it becomes a part of. */
  move(trx: Database, from: number, to: number): Promise<void>;
  /** There are new jobs of these kinds, and they are committed: they are taken up now instead of at the next look. A hint that may get lost. */
  wake(kinds: readonly string[]): void;
  /** Takes up no more jobs, and lets those under way end (they may still submit); enqueuing goes on. What takes too long comes again later. */
  rest(): Promise<void>;
  stop(): Promise<void>;
}

/** pg-boss's least, of what it lets one ask for. */
const leastHeartbeatSeconds = 10;
/**
 * Seconds without a sign of life after which a job of a killed worker is handed to another. With the look for such jobs, the first retry's delay and the poll it
 * has to run again within 10 s of the kill.
 */
const heartbeatSeconds = 5;
const beatMs = 1_000;
const superviseSeconds = 1;
const pollMs = 500;
/** How long a stop waits for jobs under way. */
const longestRestMs = 10_000;
/** Until a result, or a job, that is left to a newer release is handed in again. */
const leftMs = 3_000;

/** A result that is for a newer release is kept until that takes it; the job which brought it is done. */
function keepResults(submit: Submit, keep: (left: LeftResult, contactId: number | undefined) => Promise<void>): Submit {
  return async (submission) => {
    try {
      return await submit(submission);
    } catch (thrown) {
      const { happening, target } = submission;
      if (!(thrown instanceof LeftToNewer) || happening.kind !== "job_result") throw thrown;
      const contactId = "contactId" in target ? target.contactId : undefined;
      await keep({ positionId: happening.positionId, result: happening.result }, contactId);
      return { status: "done" };
    }
  };
}

/** Runs a job, or puts it back as a new one where it is for a newer release. */
async function runOrLeave(
  job: JobKind,
  { data, group }: { readonly data: Json; readonly group: string | undefined },
  context: JobContext,
): Promise<void> {
  try {
    await job.run(data, context);
  } catch (thrown) {
    if (job.isLeftToNewer !== true || !(thrown instanceof LeftToNewer)) throw thrown;
    const { kind } = job;
    context.log.info({ err: thrown, kind }, "a job is left to a newer release");
    const startAt = context.now() + leftMs;
    await context.enqueue(context.db, [{ kind, data, startAt, ...(group === undefined ? {} : { group }) }]);
  }
}

/** A way into the queue for a process that does no jobs. */
export interface JobEntry {
  readonly enqueue: Jobs["enqueue"];
  close(): Promise<void>;
}

/** Opens the queue only to put jobs in, which a worker does as soon as there is one. Not within a transaction: the embedded database has one connection. */
export async function openJobEntry(database: OpenDatabase, catalogue: JobCatalogue, log: Logger): Promise<JobEntry> {
  const { boss, enqueue } = await openQueue(database, catalogue, { isWorker: false, log });
  return { enqueue, close: async () => await boss.stop({ graceful: false, close: true }) };
}

/** The queue of each kind, made where it is missing. */
async function openQueue(
  database: OpenDatabase,
  catalogue: JobCatalogue,
  { isWorker, log }: { readonly isWorker: boolean; readonly log: Logger },
) {
  const boss = new PgBoss({
    ...bossDatabase(database),
    schema: database.jobSchema,
    supervise: isWorker,
    superviseIntervalSeconds: superviseSeconds,
    monitorIntervalSeconds: superviseSeconds,
    schedule: isWorker,
  });
  const enqueue: Jobs["enqueue"] = async (trx, jobs) => {
    const trace = tracing()?.current();
    const byKind = Map.groupBy(jobs, ({ kind }) => kind);
    for (const [kind, requests] of byKind) {
      if (!Object.hasOwn(catalogue, kind)) throw new Error(`there is no job kind "${kind}"`);
      const rows = requests.map(({ data, startAt, group, contactId }) => ({
        data: {
          value: data,
          ...(trace === undefined ? {} : { trace }),
          ...(contactId === undefined ? {} : { contact: String(contactId) }),
        },
        ...(startAt === undefined ? {} : { startAfter: new Date(startAt) }),
        ...(group === undefined ? {} : { group: { id: group } }),
      }));
      await boss.insert(kind, rows, { db: fromKysely(trx as never) });
    }
  };
  // Without a listener an error on pg-boss's own connections would end the process.
  const warn = createSeldomWarning(log, "the job queue has a problem; it goes on by itself");
  boss.on("error", (error) => warn(error));
  await boss.start();
  for (const [key, job] of Object.entries(catalogue)) {
    if (key !== job.kind) throw new Error(`job "${key}" is registered under another name than its own, "${job.kind}"`);
    await boss.createQueue(job.kind, {
      retryLimit: job.retryLimit,
      retryBackoff: true,
      heartbeatSeconds: leastHeartbeatSeconds,
    });
    await sql`update ${sql.table(`${database.jobSchema}.queue`)} set heartbeat_seconds = ${heartbeatSeconds} where name = ${job.kind}`.execute(
      database.db,
    );
    // pg-boss reads what it knows of a queue when it is first needed, on its own connection: within a transaction on the embedded database it would wait for ever for the only one.
    await boss.insert(job.kind, []);
  }
  await prepareContactJobs(database.db, database.jobSchema);
  return { boss, enqueue };
}

/** The contact of a job is no more. Deleted, the job went with them, and nobody tries it again; become a part of another, it is tried again as theirs. */
class ContactGone extends Error {
  override readonly name = "ContactGone";
  constructor() {
    super("the contact of this job was deleted, or became a part of another");
  }
}

/** Of a job about a contact: what follows from it is about them, and is made only while they are there. */
function enqueueFor(enqueue: Jobs["enqueue"], contactId: number | undefined): Jobs["enqueue"] {
  if (contactId === undefined) return enqueue;
  return async (db, jobs) => {
    const add = async (trx: Database) => {
      if (!(await holdContacts(trx, [contactId])).has(contactId)) throw new ContactGone();
      await enqueue(
        trx,
        jobs.map((job) => ({ contactId, ...job })),
      );
    };
    await (db.isTransaction ? add(db) : db.transaction().execute(add));
  };
}

/** Starts the job queue on the same database. `isWorker: false` only enqueues. */
export async function startJobs(options: {
  readonly database: OpenDatabase;
  readonly catalogue: JobCatalogue;
  readonly isWorker: boolean;
  readonly submit: Submit;
  readonly outbound: OutboundHttp;
  readonly runScript: RunScript;
  readonly lookUpProfile: LookUpProfile;
  readonly signOffChannel?: JobContext["signOffChannel"];
  readonly bulkRoom: JobContext["bulkRoom"];
  readonly announceBroadcast: JobContext["announceBroadcast"];
  readonly postMail?: PostMail | undefined;
  readonly secretKey: SecretKey;
  /** Absent: by default. */
  readonly keep?: Keep | undefined;
  readonly log: Logger;
  readonly now: () => number;
}): Promise<Jobs> {
  const { database, catalogue, isWorker, log, ...given } = options;
  const { boss, enqueue } = await openQueue(database, catalogue, { isWorker, log });
  const submit = keepResults(given.submit, (left, contactId) =>
    enqueueFor(enqueue, contactId)(database.db, [
      { kind: "hand-in-result", data: left as unknown as Json, startAt: given.now() + leftMs },
    ]),
  );
  const forget: Jobs["forget"] = (trx, contactIds) => deleteContactJobs(trx, database.jobSchema, contactIds);
  const context: JobContext = { db: database.db, enqueue, log, ...given, submit, forgetJobs: forget };
  const hands = new Map<string, Hands>();
  // One for all queues: they are away together.
  const warnOfLook = createSeldomWarning(log, "no jobs could be taken up; trying again");
  for (const job of isWorker ? Object.values(catalogue) : []) {
    hands.set(
      job.kind,
      startHands({
        queue: boss,
        kind: job.kind,
        atOnce: job.atOnce ?? 1,
        perGroup: job.perGroup,
        run: (given, group) => {
          const data = given as { readonly value?: Json; readonly trace?: string; readonly contact?: string } | null;
          const contactId = data?.contact === undefined ? undefined : Number(data.contact);
          const own = { ...context, enqueue: enqueueFor(enqueue, contactId) };
          const span = { name: `job ${job.kind}`, kind: "consumer", parent: data?.trace } as const;
          return inSpan(span, () => runOrLeave(job, { data: data?.value ?? null, group }, own));
        },
        log,
        warnOfLook,
        pollMs,
        beatMs,
      }),
    );
    if (job.cron !== undefined) await boss.schedule(job.kind, job.cron);
  }
  return {
    enqueue,
    forget,
    move: (trx, from, to) => moveContactJobs(trx, database.jobSchema, from, to),
    wake(kinds) {
      for (const kind of kinds) hands.get(kind)?.wake();
    },
    async rest() {
      const ended = Promise.all([...hands.values()].map((each) => each.rest()));
      await Promise.race([ended, setTimeout(longestRestMs, undefined, { ref: false })]);
    },
    async stop() {
      for (const each of hands.values()) each.stop();
      await boss.stop({ graceful: true, close: true, timeout: longestRestMs });
    },
  };
}
