import { setTimeout as sleep } from "node:timers/promises";
import { chat, gatherReplies, type Reply, redeliver, type Said, sayFast, sayTwice, takeReplies } from "./peers/chat.ts";
import { peers } from "./peers/index.ts";
import { install, versionOf } from "./peers/install.ts";
import type { Peer, PreparedPeer } from "./peers/peer.ts";
import { cpuOfAll, weigh } from "./peers/processes.ts";
import { type BenchContext, round } from "./row.ts";
import { startSubject } from "./subject.ts";

const connections = 32;
/** A server runs for weeks: for its first ten seconds under load, V8 spends a sixth of our process's computing on compiling (seen with perf), and on less of what is smaller. */
const warmUpMs = 12_000;
const loadMs = 10_000;
/** How long a peer may take for what it acknowledged before it was killed: BullMQ looks for stalled jobs every 30 s. */
const recoveryMs = 75_000;

/** A peer's line. */
export interface PeerRow {
  readonly peer: string;
  readonly setUp: string;
  /** Replies a second, until the last is out; and acknowledged updates. */
  readonly repliesPerSecond: number;
  readonly ackedPerSecond: number;
  readonly ackP50Ms: number;
  readonly ackP99Ms: number;
  /** From the sending of an update to its reply at the Bot API. */
  readonly replyP50Ms: number;
  readonly replyP99Ms: number;
  /** Acknowledged updates that were never answered though nothing was killed. */
  readonly lost: number;
  /** The most that its processes held under load. */
  readonly memoryMb: number;
  /** Milliseconds of computing for an update: its own processes; PostgreSQL and Redis. */
  readonly cpuMs: number;
  readonly serversCpuMs: number;
  /** Killed under load and started again: acknowledged updates, those never answered, those answered more than once; of these, how many had never been acknowledged before the kill. */
  readonly killed: {
    readonly acked: number;
    readonly lost: number;
    readonly repeated: number;
    readonly repeatedUnacked: number;
  };
  /** Of 20 updates delivered twice, those answered twice. */
  readonly answeredTwice: number;
  /** Of 190 replies that follow another, those that came before it. */
  readonly inversions: number;
}

/**
 * The same work on Repartee and on what else one would take: a Telegram update with a keyword, a tag and a counter kept for the contact, a reply by the Bot API (a stand-in).
 * One after the other in one run; each set up as its documentation says.
 */
export async function measurePeers({ serverUrl, say }: BenchContext, only?: readonly string[]): Promise<PeerRow[]> {
  if (serverUrl === undefined) throw new Error("the peers need a PostgreSQL");
  const port = 19_301;
  const recordUrl = "http://127.0.0.1:19302";
  const botApi = await startSubject(["bench/bot-api.ts"], port, { RECORD_PORT: "19302" });
  const rows: PeerRow[] = [];
  try {
    for (const peer of peers.filter(({ name }) => only === undefined || only.includes(name))) {
      say(`peer ${peer.name}`);
      const folder = await install(peer, say);
      const prepared = await peer.prepare({ serverUrl, botApi: `http://127.0.0.1:${port}`, folder });
      try {
        rows.push(await measurePeer(peer, prepared, recordUrl, say));
      } finally {
        await prepared.remove();
      }
    }
  } finally {
    await botApi.stop();
  }
  return rows;
}

async function measurePeer(
  peer: Peer,
  prepared: PreparedPeer,
  recordUrl: string,
  say: (text: string) => void,
): Promise<PeerRow> {
  let running = await prepared.start();
  try {
    const { target } = prepared;
    say("  speed");
    const warmUp = await chat(target, connections, after(warmUpMs));
    await gatherReplies(recordUrl, warmUp, { stillMs: 10_000, withinMs: recoveryMs });
    const speed = await measureSpeed(prepared, running.pids, recordUrl);
    say("  delivered twice, and in order");
    const twice = await sayTwice(target, 20, 300);
    const twiceReplies = await gatherReplies(recordUrl, twice, { stillMs: 5_000, withinMs: 30_000 });
    const fast = await sayFast(target, 10, 20, 2);
    const fastReplies = await gatherReplies(recordUrl, fast, { stillMs: 5_000, withinMs: 30_000 });
    say("  killed");
    const stopAt = { isOver: false };
    const talk = chat(target, connections, () => stopAt.isOver);
    await sleep(2_000);
    await running.kill();
    stopAt.isOver = true;
    const said = await talk;
    const acked = said.filter(({ ackedAt }) => ackedAt !== undefined);
    running = await prepared.start();
    await redeliver(target, said);
    const replies = await gatherReplies(recordUrl, said, { stillMs: 40_000, withinMs: recoveryMs });
    const repeated = repeatedOf(replies);
    const ackedCounts = new Set(acked.map(({ count }) => count));
    return {
      peer: `${peer.name} ${await versionOf(peer)}`,
      setUp: peer.setUp,
      ...speed,
      killed: {
        acked: acked.length,
        lost: missingOf(acked, replies),
        repeated: repeated.length,
        repeatedUnacked: repeated.filter((count) => !ackedCounts.has(count)).length,
      },
      answeredTwice: repeatedOf(twiceReplies).length,
      inversions: inversionsOf(fastReplies),
    };
  } finally {
    await running.stop();
    await takeReplies(recordUrl);
  }
}

async function measureSpeed(prepared: PreparedPeer, pids: readonly number[], recordUrl: string) {
  const [before, serversBefore] = [await weigh(pids), await cpuOfServers()];
  let memoryMb = before.memoryMb;
  const watch = setInterval(async () => {
    memoryMb = Math.max(memoryMb, (await weigh(pids)).memoryMb);
  }, 500);
  const began = Date.now();
  const said = await chat(prepared.target, connections, after(loadMs));
  const ackedFor = (Date.now() - began) / 1000;
  const replies = await gatherReplies(recordUrl, said, { stillMs: 20_000, withinMs: recoveryMs });
  clearInterval(watch);
  const [afterwards, serversAfter] = [await weigh(pids), await cpuOfServers()];
  const acked = said.filter(({ ackedAt }) => ackedAt !== undefined);
  const lost = missingOf(acked, replies);
  const firstAt = new Map<number, number>();
  for (const { count, at } of replies) firstAt.set(count, Math.min(at, firstAt.get(count) ?? at));
  const lastAt = Math.max(...firstAt.values());
  const ackTimes = acked.map(({ sentAt, ackedAt = sentAt }) => ackedAt - sentAt);
  const replyTimes = acked.map(({ count, sentAt }) => (firstAt.get(count) ?? sentAt) - sentAt);
  return {
    repliesPerSecond: Math.round(acked.length / ((lastAt - began) / 1000)),
    ackedPerSecond: Math.round(acked.length / ackedFor),
    ackP50Ms: at(ackTimes, 0.5),
    ackP99Ms: at(ackTimes, 0.99),
    replyP50Ms: at(replyTimes, 0.5),
    replyP99Ms: at(replyTimes, 0.99),
    memoryMb,
    lost,
    cpuMs: round(((afterwards.cpu - before.cpu) * 1000) / acked.length, 2),
    serversCpuMs: round(((serversAfter - serversBefore) * 1000) / acked.length, 2),
  };
}

const cpuOfServers = async () => (await cpuOfAll("postgres")) + (await cpuOfAll("redis-server"));

function after(ms: number): () => boolean {
  const end = performance.now() + ms;
  return () => performance.now() > end;
}

function at(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function missingOf(acked: readonly Said[], replies: readonly Reply[]): number {
  const answered = new Set(replies.map(({ count }) => count));
  return acked.filter(({ count }) => !answered.has(count)).length;
}

function repeatedOf(replies: readonly Reply[]): readonly number[] {
  const all = Map.groupBy(replies, ({ count }) => count);
  return Array.from(all.entries()).flatMap(([count, list]) => (list.length > 1 ? [count] : []));
}

/** Replies of one person that came after one to a later update: counted by each pair of neighbours. */
function inversionsOf(replies: readonly Reply[]): number {
  const byPerson = Map.groupBy(replies, ({ person }) => person);
  return Array.from(byPerson.values()).reduce((sum, list) => {
    const firsts = list.filter(({ count }, index) => list.findIndex((one) => one.count === count) === index);
    return sum + firsts.filter(({ count }, index) => index > 0 && count < (firsts[index - 1]?.count ?? 0)).length;
  }, 0);
}
