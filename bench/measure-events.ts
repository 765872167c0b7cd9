import { freePort } from "../test/crash/server-process.ts";
import { type LoadResult, type LoadTarget, load } from "./load.ts";
import { setUpRepartee } from "./repartee.ts";
import { type BenchContext, median, type Row, round } from "./row.ts";
import { memoryOf, startSubject } from "./subject.ts";

const rounds = 3;
const secondsEach = 4;

/**
 * Telegram webhook, keyword, tag, field and position written, reply made, all committed before the answer; beside Fastify doing nothing with the same bodies,
 * in turns.
 */
export async function measureEvents(context: BenchContext): Promise<Row[]> {
  const bare = await startSubject(["bench/bare-server.ts"], await freePort(), {});
  try {
    const rows: Row[] = [];
    for (const serverUrl of context.serverUrl === undefined ? [undefined] : [context.serverUrl, undefined]) {
      rows.push(...(await measureOn(context, serverUrl, bare.port)));
    }
    return rows;
  } finally {
    await bare.stop();
  }
}

async function measureOn(
  { people, botApi, say }: BenchContext,
  serverUrl: string | undefined,
  barePort: number,
): Promise<Row[]> {
  const kind = serverUrl === undefined ? "embedded" : "postgres";
  say(`events on ${kind}: setting up ${people} contacts`);
  const repartee = await setUpRepartee({ botApi, people, serverUrl });
  try {
    // With a server the sending is another process's; embedded, one process does all.
    const subject = await repartee.start(serverUrl === undefined ? "web,worker" : "web");
    const atRest = await memoryOf(subject.pid);
    const warmUp = await load(repartee.target, 100, 5);
    let answered = warmUp.answered;
    const rows: Row[] = [];
    for (const connections of [100, 400]) {
      say(`events on ${kind}: ${connections} connections`);
      const { ours, bare } = await takeTurns(repartee.target, { ...repartee.target, port: barePort }, connections);
      answered += ours.reduce((sum, result) => sum + result.answered, 0);
      const ratio = median(
        ours.map((result, index) => result.perSecond / (bare[index]?.perSecond ?? Number.POSITIVE_INFINITY)),
      );
      rows.push(toRow("bare Fastify", connections, bare));
      rows.push({
        ...toRow(`events, ${kind}`, connections, ours),
        ofBare: round(ratio, 3),
        memoryMb: await memoryOf(subject.pid),
        note: `${atRest} MB at rest`,
      });
    }
    await subject.stop();
    const { events } = await repartee.count();
    if (events !== answered) throw new Error(`${answered} updates were acknowledged, ${events} are in the database`);
    return rows;
  } finally {
    await repartee.remove();
  }
}

async function takeTurns(target: LoadTarget, bareTarget: LoadTarget, connections: number) {
  const ours: LoadResult[] = [];
  const bare: LoadResult[] = [];
  for (let turn = 0; turn < rounds; turn += 1) {
    bare.push(await load(bareTarget, connections, secondsEach / 2));
    ours.push(await load(target, connections, secondsEach));
  }
  return { ours, bare };
}

function toRow(measurement: string, connections: number, results: readonly LoadResult[]): Row {
  const of = (key: "perSecond" | "p50" | "p99") => median(results.map((result) => result[key]));
  return {
    measurement,
    connections,
    perSecond: Math.round(of("perSecond")),
    p50Ms: round(of("p50")),
    p99Ms: round(of("p99")),
  };
}
