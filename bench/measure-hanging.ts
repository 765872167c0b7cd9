import { createServer, type Socket } from "node:net";
import { type LoadResult, load } from "./load.ts";
import { type MeasuredRepartee, setUpRepartee } from "./repartee.ts";
import { type BenchContext, median, type Row, round } from "./row.ts";
import { firstPerson, updateOf } from "./updates.ts";

const connections = 100;
const seconds = 4;
const rounds = 3;
const hanging = 1_000;
/** A process makes 50 requests of one bot to one host at a time. */
const hosts = 20;
const port = 19_205;

/** Events a second while the external requests of 1,000 other contacts hang at servers that accept and never answer; and before and after that. */
export async function measureHanging({ people, botApi, serverUrl, say }: BenchContext): Promise<Row[]> {
  if (serverUrl === undefined) return [];
  const abyss = await openAbyss();
  const repartee = await setUpRepartee({
    botApi,
    people,
    serverUrl,
    flows: [askingFlow],
  });
  try {
    const subject = await repartee.start("web,worker");
    await load(repartee.target, connections, 5);
    say("events without anything hanging");
    const before = await repeat(repartee);
    say(`events with ${hanging} requests hanging`);
    await ask(repartee);
    await abyss.untilHolds(hanging);
    const during = await repeat(repartee);
    if (abyss.held() < hanging) throw new Error(`only ${abyss.held()} requests still hung at the end`);
    abyss.letGo();
    await subject.stop();
    const rate = (results: readonly LoadResult[]) => median(results.map(({ perSecond }) => perSecond));
    const row = (measurement: string, results: readonly LoadResult[]): Row => ({
      measurement,
      connections,
      perSecond: Math.round(rate(results)),
      p50Ms: round(median(results.map(({ p50 }) => p50))),
      p99Ms: round(median(results.map(({ p99 }) => p99))),
    });
    return [
      row("events, nothing hangs", before),
      {
        ...row(`events, ${hanging} requests hang`, during),
        note: `${round(rate(during) / rate(before), 2)} of without`,
      },
    ];
  } finally {
    abyss.close();
    await repartee.remove();
  }
}

const askingFlow = {
  name: "Ask",
  triggers: [{ kind: "keyword", match: "exact", words: ["ask"] }],
  start: "request",
  steps: [
    {
      ref: "request",
      kind: "request",
      config: {
        url: `http://127.0.0.{{ contact.id | modulo: ${hosts} | plus: 2 }}:${port}/`,
        timeoutSeconds: 60,
        retries: 0,
      },
    },
  ],
  edges: [],
};

async function repeat(repartee: MeasuredRepartee): Promise<LoadResult[]> {
  const results: LoadResult[] = [];
  for (let round = 0; round < rounds; round += 1) results.push(await load(repartee.target, connections, seconds));
  return results;
}

/** One update of each of so many people, who ask. */
async function ask({ target }: MeasuredRepartee): Promise<void> {
  for (let person = 0; person < hanging; person += 50) {
    const updates = Array.from({ length: 50 }, (_, index) => updateOf(firstPerson + person + index, "ask"));
    await Promise.all(
      updates.map(async (body) => {
        const url = `http://127.0.0.1:${target.port}${target.path as string}`;
        const headers = { "content-type": "application/json", ...target.headers };
        const answer = await fetch(url, { method: "POST", headers, body });
        if (!answer.ok) throw new Error(`an update was answered ${answer.status}`);
      }),
    );
  }
}

/** A server on each of the hosts that accepts and says nothing. */
async function openAbyss() {
  const sockets = new Set<Socket>();
  const servers = Array.from({ length: hosts }, () =>
    createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
    }),
  );
  for (const [index, server] of servers.entries()) {
    await new Promise<void>((resolve) => server.listen(port, `127.0.0.${index + 2}`, resolve));
  }
  return {
    held: () => sockets.size,
    async untilHolds(wanted: number) {
      const deadline = performance.now() + 30_000;
      while (sockets.size < wanted) {
        if (performance.now() > deadline) throw new Error(`only ${sockets.size} of ${wanted} requests came`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    letGo() {
      for (const socket of sockets) socket.destroy();
    },
    close() {
      for (const socket of sockets) socket.destroy();
      for (const server of servers) server.close();
    },
  };
}
