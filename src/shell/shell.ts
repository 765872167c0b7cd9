import type { Logger } from "pino";
import type { Advance } from "../engine/advance.ts";
import type { ChannelCatalogue, ChannelPorts, FindAddresses } from "../engine/channel-type.ts";
import type { OutboundHttp } from "../engine/outbound.ts";
import type { CallPlatform } from "../engine/platform-call.ts";
import type { PublishedFlow } from "../engine/prepare-flow.ts";
import { toError } from "../engine/to-error.ts";
import type { PreparedFlow } from "../model/flow.ts";
import type { OpenDatabase } from "../store/database.ts";
import { hasNewsReaders } from "../store/live-news-store.ts";
import {
  beat,
  forgetAllProcesses,
  hasOtherSenders,
  type ProcessTraits,
  reapProcesses,
  registerProcess,
  unregisterProcess,
} from "../store/outbox-store.ts";
import type { SecretKey } from "../store/secret-key.ts";
import { vacuumWhereWorth } from "../store/vacuum-store.ts";
import type { PostMail } from "./account-mail/account-mail.ts";
import { createBulkRoom } from "./bulk-room.ts";
import { createChannelLocks } from "./channel-locks.ts";
import { type ChannelRuntime, createChannelRuntime } from "./channel-runtime.ts";
import { createFileFetcher } from "./file-fetcher.ts";
import { type JobCatalogue, type JobContext, type Jobs, type Keep, startJobs } from "./jobs.ts";
import { createLocalLive, type Live } from "./live.ts";
import { createPostgresLive } from "./live-postgres.ts";
import { createOutbox } from "./outbox.ts";
import { startReceivers } from "./receivers.ts";
import type { RunScript } from "./scripts/script-pool.ts";
import { createSeldomWarning } from "./seldom-warning.ts";
import { createSnapshots } from "./snapshots.ts";
import type { Submit } from "./submission.ts";
import { startTimers } from "./timers.ts";
import { createTrackedLinks } from "./tracked-links.ts";
import { createWaist } from "./waist.ts";

export interface ShellOptions {
  readonly database: OpenDatabase;
  readonly advance: Advance;
  readonly prepareFlow: (flow: PublishedFlow) => PreparedFlow;
  readonly channelTypes: ChannelCatalogue;
  readonly jobKinds: JobCatalogue;
  readonly secretKey: SecretKey;
  /** Absent: by default. */
  readonly keep?: Keep | undefined;
  readonly outbound: OutboundHttp;
  readonly callPlatform: CallPlatform;
  readonly findAddresses: FindAddresses;
  readonly runScript: RunScript;
  /** Absent: people get no mail about their accounts. */
  readonly postMail?: PostMail | undefined;
  readonly log: Logger;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Where the world reaches this server, without a trailing slash; absent: nobody is asked to come by it. */
  readonly publicUrl?: () => string;
  /** Whether this process sends, keeps time and runs jobs. */
  readonly isWorker: boolean;
  /** What others see of it; absent: what `isWorker` says. */
  readonly roles?: readonly string[];
  /** Of the program; absent: it does not say. */
  readonly release?: string;
}

/** The running waist and its exits. */
export interface Shell {
  readonly submit: Submit;
  readonly enqueueJobs: Jobs["enqueue"];
  readonly forgetJobs: Jobs["forget"];
  readonly channels: ChannelRuntime;
  readonly live: Live;
  /** Whether the database has answered lately. */
  isAlive(): boolean;
  /** Takes no more events, finishes those taken, lets sends under way end. */
  stop(): Promise<void>;
}

/** On the embedded database the beat tells only this process that the database answers. */
const beatMs = { embedded: 1_000, postgres: 500 };
/** Without a beat for so long, the database has not answered. */
const aliveMs = 5_000;
/** Back at the database after a gap, a process takes nobody for dead for so long: the others may be finding their way back too. */
const graceMs = 2_000;
const claimMs = 500;
const vacuumMs = 60_000;
/** Transactions at a time on a server: while some wait for the database or its disk, others are decided. Five gave a third more than two, six no more. */
const serverConcurrency = 5;

/** Starts the shell on an open, migrated database. */
export async function startShell(options: ShellOptions): Promise<Shell> {
  const { database, log, now, isWorker, channelTypes, publicUrl, roles = isWorker ? ["worker"] : ["web"] } = options;
  const { db } = database;
  const hasSession = database.kind === "embedded" || database.sessionString !== undefined;
  const traits: ProcessTraits = { roles, hasSession, release: options.release };
  if (database.kind === "embedded") await forgetAllProcesses(db);
  const processId = await registerProcess(db, traits);
  const local = createLocalLive();
  // Another process may have stored messages that it does not send itself. Its news come as soon as the connection stands: before there is an outbox.
  let whenForeignNews: (() => void) | undefined;
  const onForeignNews = () => whenForeignNews?.();
  let wakeJobs: Jobs["wake"] | undefined;
  const shared =
    database.kind === "embedded"
      ? undefined
      : createPostgresLive({
          db,
          sessionString: database.sessionString,
          local,
          processId,
          hasReaders: () => pulse.hasNewsReaders(),
          onForeignNews,
          onForeignJobs: (kinds) => wakeJobs?.(kinds),
          log,
        });
  const live: Live = shared ?? local;
  const channels = createChannelRuntime({ db, catalogue: channelTypes, secretKey: options.secretKey, log, now });
  const { outbound, callPlatform, findAddresses } = options;
  const fetchFile = createFileFetcher({ outbound, now });
  const ports: ChannelPorts = { callPlatform, announce: live.announce, findAddresses, fetchFile, outbound, log };
  // Jobs may run before the waist stands, which takes the jobs' queue.
  const waistStands = Promise.withResolvers<Submit>();
  const submitLater: Submit = async (submission) => await (await waistStands.promise)(submission);
  const jobs: Jobs = await startJobs({
    ...{ database, isWorker, outbound, log, now },
    catalogue: options.jobKinds,
    submit: submitLater,
    runScript: options.runScript,
    lookUpProfile: lookUpOn(channels, ports),
    signOffChannel: signOffOn(channels, ports),
    bulkRoom: createBulkRoom({ db, channels }),
    announceBroadcast: live.announceBroadcast,
    postMail: options.postMail,
    secretKey: options.secretKey,
    keep: options.keep,
  });
  wakeJobs = jobs.wake;
  const waist = createWaist({
    db: database.hot,
    transact: database.transact,
    log,
    now,
    advance: options.advance,
    snapshots: createSnapshots(options.prepareFlow),
    isPullChannel: (kind) => channelTypes[kind]?.capabilities.pull === true,
    enqueueJobs: jobs.enqueue,
    moveJobs: jobs.move,
    leaseOwner: (lane) => (isWorker && outbox.hasRoom(lane) ? processId : null),
    planDepartures: () => (isWorker && outbox.hasRoom("live") ? outbox.planDepartures() : () => undefined),
    onCommitted: ({ messages, touched, jobKinds }) => {
      if (jobKinds.length === 0) {
        // Most batches ask for none.
      } else if (isWorker) jobs.wake(jobKinds);
      else shared?.announceJobs(jobKinds);
      if (isWorker) outbox.take(messages.filter(({ leased }) => leased));
      for (const contactId of touched) live.announce(contactId);
    },
    onDoubt: () => outbox.doubt(),
    concurrency: database.kind === "embedded" ? 1 : serverConcurrency,
  });
  waistStands.resolve(waist.submit);
  const outbox = createOutbox({
    db: database.hot,
    channels,
    ports,
    submit: waist.submit,
    log,
    now,
    processId,
    sharesChannels: database.kind === "postgres",
    hasPeers: () => pulse.hasPeers(),
    ...(publicUrl === undefined ? {} : { trackLinks: createTrackedLinks(options.secretKey, publicUrl).track }),
  });
  if (isWorker) whenForeignNews = () => void outbox.claim().catch(() => undefined);
  const pulse = startPulse({ database, processId, traits, isWorker, claim: outbox.claim, log });
  const timers = isWorker ? startTimers({ db, submit: waist.submit, now, log }) : undefined;
  const locks = createChannelLocks(database, log);
  const receivers = isWorker
    ? startReceivers({ db, channels, ports, submit: waist.submit, log, acquire: locks.acquire, release: locks.release })
    : undefined;
  return {
    submit: waist.submit,
    enqueueJobs: jobs.enqueue,
    forgetJobs: jobs.forget,
    channels,
    live,
    isAlive: pulse.isAlive,
    async stop() {
      await receivers?.stop();
      await timers?.stop();
      await jobs.rest();
      await waist.stop();
      await outbox.stop();
      pulse.stop();
      await jobs.stop();
      await locks.close();
      await unregisterProcess(db, processId).catch((thrown) =>
        log.warn({ err: toError(thrown) }, "could not sign off"),
      );
      await shared?.stop();
    },
  };
}

/** What a person is called on a channel that can be asked. */
function lookUpOn(channels: ChannelRuntime, ports: ChannelPorts): JobContext["lookUpProfile"] {
  return async (channelId, person) => {
    const channel = await channels.find(channelId);
    return channel?.status === "connected" ? await channel.type.lookUpProfile?.(person, channel, ports) : undefined;
  };
}

function signOffOn(channels: ChannelRuntime, ports: ChannelPorts): NonNullable<JobContext["signOffChannel"]> {
  return async (channelId) => {
    const channel = await channels.find(channelId);
    await channel?.type.disconnect?.(channel, ports);
  };
}

/** The heartbeat that keeps this process's leases, and the look for those of the dead. */
function startPulse(options: {
  readonly database: OpenDatabase;
  readonly processId: number;
  readonly traits: ProcessTraits;
  readonly isWorker: boolean;
  readonly claim: () => Promise<void>;
  readonly log: Logger;
}) {
  const { database, processId, traits, isWorker, claim, log } = options;
  const { db } = database;
  let lastBeat = performance.now();
  let backSince = lastBeat - graceMs;
  let hasPeers = false;
  // Until the first beat says otherwise: news that nobody reads cost a row.
  let isReadByOthers = database.kind === "postgres";
  const every = (ms: number, what: () => Promise<void>) => {
    let isRunning = false;
    const warn = createSeldomWarning(log, "the database is away; trying again");
    return setInterval(() => {
      if (isRunning) return;
      isRunning = true;
      what()
        .catch((thrown) => warn(thrown))
        .finally(() => {
          isRunning = false;
        });
    }, ms);
  };
  const heart = every(beatMs[database.kind], async () => {
    await beat(db, processId, traits);
    const now = performance.now();
    if (now - lastBeat > graceMs) backSince = now;
    lastBeat = now;
    if (database.kind === "embedded") return;
    isReadByOthers = await hasNewsReaders(db);
    if (!isWorker) return;
    const dead = now - backSince < graceMs ? 0 : await reapProcesses(db);
    if (dead > 0) await claim();
    hasPeers = await hasOtherSenders(db, processId);
  });
  const claiming = isWorker ? every(claimMs, claim) : undefined;
  const cleaning = database.kind === "embedded" ? every(vacuumMs, () => vacuumWhereWorth(db)) : undefined;
  if (isWorker) void claim().catch(() => undefined);
  return {
    isAlive: () => performance.now() - lastBeat < aliveMs,
    hasPeers: () => hasPeers,
    hasNewsReaders: () => isReadByOthers,
    stop() {
      clearInterval(heart);
      clearInterval(claiming);
      clearInterval(cleaning);
    },
  };
}
