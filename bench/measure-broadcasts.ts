import { setTimeout } from "node:timers/promises";
import { startTelegramStandIn, type TelegramStandIn } from "../test/stand-ins/telegram-bot-api.ts";
import { type MeasuredRepartee, setUpRepartee } from "./repartee.ts";
import { type BenchContext, type Row, round } from "./row.ts";
import { memoryOf } from "./subject.ts";
import { updateOf } from "./updates.ts";

/** People who talk with the bot all along, one message a second each. */
const talkers = 10;
const firstTalker = 900_000;
/** Of the time that is watched, how much passes before the channel's rate is looked at: one second's worth may go at once. */
const warmUpMs = 3_000;

/** How a broadcast is made ready and sent at the channel's limit while people talk with the bot, and how it is paused and explained. */
export async function measureBroadcasts({ serverUrl, seconds, say }: BenchContext): Promise<Row[]> {
  const rows: Row[] = [];
  const cases = [
    { name: "postgres", serverUrl, people: 1_000_000, bulkPerSecond: 200 },
    { name: "embedded", serverUrl: undefined, people: 20_000, bulkPerSecond: 100 },
  ];
  for (const one of serverUrl === undefined ? cases.slice(1) : cases) {
    say(`a broadcast to ${one.people} contacts, ${one.name}`);
    const standIn = await startTelegramStandIn();
    const repartee = await setUpRepartee({ ...one, botApi: standIn.url });
    try {
      rows.push(...(await measureOne(repartee, standIn, { ...one, seconds, say })));
    } finally {
      await repartee.remove();
      await standIn.close();
    }
  }
  return rows;
}

interface Case {
  readonly name: string;
  readonly people: number;
  readonly bulkPerSecond: number;
  readonly seconds: number;
  readonly say: (text: string) => void;
}

interface Told {
  readonly id: number;
  readonly status: string;
  readonly startedAt: string | null;
  readonly recipients: { readonly waiting: number };
}

async function measureOne(repartee: MeasuredRepartee, standIn: TelegramStandIn, one: Case): Promise<Row[]> {
  const { name, people, bulkPerSecond, seconds, say } = one;
  const subject = await repartee.start("web,worker");
  const call = async (method: string, path: string, body?: object) => {
    const response = await fetch(`http://127.0.0.1:${repartee.target.port}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${repartee.apiToken}`, ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Told;
  };
  const chat = startChat(repartee, standIn);
  await setTimeout(2_000);
  const began = Date.now();
  const { id } = await call("POST", "/broadcasts", {
    ...{ bot: "demo", name: "Bench", audience: { all: true }, content: "News", start: true },
  });
  let told = await call("GET", `/broadcasts/${id}`);
  while (told.status === "preparing") {
    await setTimeout(500);
    told = await call("GET", `/broadcasts/${id}`);
  }
  const prepared = Date.parse(told.startedAt ?? "") - began;
  say(`prepared in ${prepared} ms`);
  const preparing = chat.take();

  await setTimeout(warmUpMs);
  const from = Date.now();
  await setTimeout(seconds * 1_000);
  const to = Date.now();
  const sends = standIn.calls.filter(({ method, at, ok }) => method === "sendMessage" && ok && at >= from && at < to);
  const perSecond = sends.length / ((to - from) / 1_000);
  const sending = chat.take();
  const memoryMb = await memoryOf(subject.pid);

  await call("POST", `/broadcasts/${id}/pause`);
  const pausedAt = Date.now();
  await setTimeout(10_000);
  const last = standIn.calls.findLast(({ payload }) => payload.text === "News")?.at ?? pausedAt;
  const reportBegan = performance.now();
  await call("GET", `/broadcasts/${id}/report`);
  const reportMs = performance.now() - reportBegan;
  await chat.stop();
  const cancelBegan = performance.now();
  await call("POST", `/broadcasts/${id}/cancel`);
  const cancelMs = performance.now() - cancelBegan;
  while ((await call("GET", `/broadcasts/${id}`)).recipients.waiting > 0) await setTimeout(1_000);
  const cancelledMs = performance.now() - cancelBegan;
  await subject.stop();
  return [
    {
      measurement: `broadcast prepared, ${name}`,
      connections: talkers,
      perSecond: Math.round((people / prepared) * 1_000),
      ...preparing,
      note: `${people} contacts in ${round(prepared / 1_000)} s`,
    },
    {
      measurement: `broadcast sent, ${name}`,
      connections: talkers,
      perSecond: round(perSecond),
      ...sending,
      memoryMb,
      note: `${round((perSecond / bulkPerSecond) * 100)} % of the channel's ${bulkPerSecond}/s; a pause stopped it in ${round((last - pausedAt) / 1_000)} s; report in ${Math.round(reportMs)} ms; cancelled in ${Math.round(cancelMs)} ms, and everybody left out in ${round(cancelledMs / 1_000)} s`,
    },
  ];
}

/** People who write and are answered; how long each answer took to reach the platform. */
function startChat({ target }: MeasuredRepartee, standIn: TelegramStandIn) {
  let isOver = false;
  let times: number[] = [];
  const talk = async (person: number) => {
    while (!isOver) {
      const sentAt = Date.now();
      await fetch(`http://127.0.0.1:${target.port}${String(target.path)}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...target.headers },
        body: updateOf(person, "price"),
      });
      const isAnswer = ({ payload, at }: TelegramStandIn["calls"][number]) =>
        at >= sentAt && payload.chat_id === String(person) && payload.text !== "News";
      let answer = standIn.calls.findLast(isAnswer);
      while (answer === undefined && !isOver) {
        await setTimeout(5);
        answer = standIn.calls.slice(-2_000).findLast(isAnswer);
      }
      if (answer !== undefined) times.push(answer.at - sentAt);
      await setTimeout(Math.max(0, sentAt + 1_000 - Date.now()));
    }
  };
  const talks = Array.from({ length: talkers }, (_none, n) => talk(firstTalker + n));
  return {
    /** What was measured since the last time. */
    take() {
      const sorted = times.toSorted((a, b) => a - b);
      times = [];
      const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
      return { p50Ms: at(0.5), p99Ms: at(0.99) };
    },
    async stop() {
      isOver = true;
      await Promise.all(talks);
    },
  };
}
