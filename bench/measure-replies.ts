import { freePort } from "../test/crash/server-process.ts";
import { load } from "./load.ts";
import { createDatabase, setUpRepartee } from "./repartee.ts";
import { type BenchContext, type Row, round } from "./row.ts";
import { startSubject } from "./subject.ts";
import { priceUpdate } from "./updates.ts";

const connections = 32;
const seconds = 6;
const longestDrainMs = 60_000;

/** The same with the replies sent to a stand-in for the Bot API, until the last is out; and grammY with one upsert a message. */
export async function measureReplies(context: BenchContext): Promise<Row[]> {
  const rows: Row[] = [];
  for (const serverUrl of context.serverUrl === undefined ? [undefined] : [context.serverUrl, undefined]) {
    rows.push(await measureOurs(context, serverUrl));
  }
  if (context.serverUrl !== undefined) rows.push(await measureGrammy(context, context.serverUrl));
  return rows;
}

async function measureOurs({ people, botApi, say }: BenchContext, serverUrl: string | undefined): Promise<Row> {
  const kind = serverUrl === undefined ? "embedded" : "postgres";
  say(`replies on ${kind}`);
  const repartee = await setUpRepartee({ botApi, people, serverUrl });
  try {
    const subject = await repartee.start("web,worker");
    await load(repartee.target, connections, 4);
    await waitForSends(subject.port, undefined);
    const sentBefore = await countSends(subject.port);
    const began = performance.now();
    const result = await load(repartee.target, connections, seconds);
    await waitForSends(subject.port, sentBefore + result.answered);
    const elapsed = (performance.now() - began) / 1000;
    await subject.stop();
    const { unsent } = await repartee.count();
    if (unsent > 0) throw new Error(`${unsent} replies never left`);
    const { p50, p99, answered } = result;
    return {
      measurement: `replies sent, ${kind}`,
      connections,
      perSecond: Math.round(answered / elapsed),
      p50Ms: round(p50),
      p99Ms: round(p99),
    };
  } finally {
    await repartee.remove();
  }
}

async function countSends(port: number): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(/repartee_sends_total\{channel="telegram",result="sent"\} (\d+)/.exec(metrics)?.[1] ?? 0);
}

/** Until that many are out, or (undefined) none has left for half a second. */
async function waitForSends(port: number, wanted: number | undefined): Promise<void> {
  const deadline = performance.now() + longestDrainMs;
  for (let last = -1, stillSince = performance.now(); ; ) {
    const sent = await countSends(port);
    if (sent !== last) stillSince = performance.now();
    last = sent;
    if (wanted === undefined ? performance.now() - stillSince > 500 : sent >= wanted) return;
    if (performance.now() > deadline) throw new Error(`only ${sent} of ${wanted} replies left in time`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function measureGrammy({ people, botApi, say }: BenchContext, serverUrl: string): Promise<Row> {
  say("replies by grammY");
  const database = await createDatabase(serverUrl);
  const subject = await startSubject(["bench/grammy-server.ts"], await freePort(), {
    DATABASE_URL: database.url,
    BOT_API: botApi,
  });
  const target = { port: subject.port, path: "/hook", headers: {}, body: () => priceUpdate(people) };
  await load(target, connections, 3);
  // It answers the webhook after its reply: what is acknowledged is sent.
  const { perSecond, p50, p99 } = await load(target, connections, seconds);
  await subject.stop();
  await database.drop();
  return {
    measurement: "grammY + one upsert",
    connections,
    perSecond: Math.round(perSecond),
    p50Ms: round(p50),
    p99Ms: round(p99),
  };
}
