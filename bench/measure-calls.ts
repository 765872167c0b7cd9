import { freePort } from "../test/crash/server-process.ts";
import { type LoadResult, type LoadTarget, load } from "./load.ts";
import { setUpRepartee } from "./repartee.ts";
import { type BenchContext, median, type Row, round } from "./row.ts";
import { startSubject } from "./subject.ts";

const connections = 100;
const rounds = 3;
const secondsEach = 3;
const base = "/compat/uchat/api/subscriber";

/** The hot calls of UChat's API on PostgreSQL, each for any of the people; beside Fastify doing nothing with the same requests, in turns. */
export async function measureCalls({ people, botApi, serverUrl, say }: BenchContext): Promise<Row[]> {
  if (serverUrl === undefined) return [];
  const bare = await startSubject(["bench/bare-server.ts"], await freePort(), {});
  const repartee = await setUpRepartee({ botApi, people, serverUrl });
  try {
    const subject = await repartee.start("web");
    const { token, userNs, tagNs, varNs } = repartee.uchat;
    const common = { port: subject.port, headers: { authorization: `Bearer ${token}` } };
    const write = (method: "POST" | "PUT", path: string, input: () => object): LoadTarget => ({
      ...common,
      method,
      path: `${base}/${path}`,
      body: () => JSON.stringify({ user_ns: userNs(), ...input() }),
    });
    const calls: Record<string, LoadTarget> = {
      "add-tag": write("POST", "add-tag", () => ({ tag_ns: tagNs })),
      "set-user-field": write("PUT", "set-user-field", () => ({ var_ns: varNs, value: `v${Math.random()}` })),
      "send-text": write("POST", "send-text", () => ({ content: "It is 990." })),
      "get-info": { ...common, method: "GET", path: () => `${base}/get-info?user_ns=${userNs()}`, body: () => "" },
    };
    const rows: Row[] = [];
    for (const [name, target] of Object.entries(calls)) {
      say(`calls on postgres: ${name}`);
      await load(target, connections, 3);
      rows.push(...(await measureOne(name, target, bare.port)));
    }
    await subject.stop();
    return rows;
  } finally {
    await repartee.remove();
    await bare.stop();
  }
}

async function measureOne(name: string, target: LoadTarget, barePort: number): Promise<Row[]> {
  const ours: LoadResult[] = [];
  const bare: LoadResult[] = [];
  for (let turn = 0; turn < rounds; turn += 1) {
    bare.push(await load({ ...target, port: barePort }, connections, secondsEach / 2));
    const result = await load(target, connections, secondsEach);
    if (result.refused > 0) throw new Error(`${name}: ${result.refused} calls were refused`);
    ours.push(result);
  }
  const ratio = median(ours.map(({ perSecond }, turn) => perSecond / (bare[turn]?.perSecond ?? 1)));
  return [toRow(`bare Fastify, ${name}`, bare), { ...toRow(name, ours), ofBare: round(ratio, 3) }];
}

function toRow(measurement: string, results: readonly LoadResult[]): Row {
  const of = (key: "perSecond" | "p50" | "p99") => median(results.map((result) => result[key]));
  return {
    measurement,
    connections,
    perSecond: Math.round(of("perSecond")),
    p50Ms: round(of("p50")),
    p99Ms: round(of("p99")),
  };
}
