import { setTimeout as sleep } from "node:timers/promises";
import { converse, type LoadTarget } from "../load.ts";
import { firstPerson, updateOf } from "../updates.ts";

/** One update: the how-manieth `price` it is. Times in Unix milliseconds. */
export interface Said {
  readonly count: number;
  readonly person: number;
  readonly body: string;
  readonly sentAt: number;
  /** Undefined: never answered 200. */
  ackedAt: number | undefined;
}

/** What the stand-in for the Bot API got. */
export interface Reply {
  readonly person: number;
  readonly count: number;
  readonly at: number;
}

type Target = Omit<LoadTarget, "body">;

/** As many people write as there are in the peers' comparison of FIELD.md's kind. */
export const people = 1_000;
let count = 0;

function say(person: number): Said {
  count += 1;
  return { count, person, body: updateOf(person, `price ${count}`), sentAt: Date.now(), ackedAt: undefined };
}

/** People write at random over that many connections, each the next when the last is acknowledged, until `isOver`. A broken connection ends its part. */
export async function chat(target: Target, connections: number, isOver: () => boolean): Promise<readonly Said[]> {
  const all: Said[] = [];
  await Promise.all(
    Array.from({ length: connections }, async () => {
      let last: Said | undefined;
      const next = () => {
        if (isOver()) return undefined;
        last = say(firstPerson + Math.floor(Math.random() * people));
        all.push(last);
        return last.body;
      };
      const report = (_ms: number, isGood: boolean) => {
        if (last !== undefined && isGood) last.ackedAt = Date.now();
      };
      // A killed peer breaks it: what was not acknowledged stands in the list.
      await converse(target, next, report).catch(() => undefined);
    }),
  );
  return all;
}

/** Delivers an update once more, or for the first time. Whether it was answered 200. */
export async function deliver(target: Target, said: Said): Promise<boolean> {
  const path = typeof target.path === "string" ? target.path : target.path();
  const response = await fetch(`http://127.0.0.1:${target.port}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...target.headers },
    body: said.body,
  }).catch(() => undefined);
  await response?.arrayBuffer();
  if (response?.status !== 200) return false;
  said.ackedAt ??= Date.now();
  return true;
}

/** Delivers what was never acknowledged until it is, one after the other for each person, as Telegram does. */
export async function redeliver(target: Target, all: readonly Said[]): Promise<number> {
  const missing = all.filter(({ ackedAt }) => ackedAt === undefined);
  for (const said of missing) {
    while (!(await deliver(target, said))) await sleep(100);
  }
  return missing.length;
}

/** Updates of new people, each delivered twice, `gapMs` between: a messenger that did not hear the answer in time. */
export async function sayTwice(target: Target, times: number, gapMs: number): Promise<readonly Said[]> {
  const all = Array.from({ length: times }, (_, index) => say(firstPerson + people + index));
  for (const said of all) await deliver(target, said);
  await sleep(gapMs);
  for (const said of all) await deliver(target, said);
  return all;
}

/** New people who each write many updates, `gapMs` apart, without waiting for an answer. */
export async function sayFast(target: Target, persons: number, each: number, gapMs: number): Promise<readonly Said[]> {
  const all: Said[] = [];
  for (let index = 0; index < persons; index += 1) {
    const answers: Promise<boolean>[] = [];
    for (let nth = 0; nth < each; nth += 1) {
      const said = say(firstPerson + 2 * people + index);
      all.push(said);
      answers.push(deliver(target, said));
      await sleep(gapMs);
    }
    await Promise.all(answers);
  }
  return all;
}

/** What came to the stand-in since the last look. */
export async function takeReplies(recordUrl: string): Promise<readonly Reply[]> {
  const sent = (await (await fetch(recordUrl)).json()) as [number, string, number][];
  return sent.flatMap(([person, text, at]) => {
    const told = /price (\d+)/.exec(text)?.[1];
    return told === undefined ? [] : [{ person, count: Number(told), at }];
  });
}

/** Gathers replies until each acknowledged update has one, nothing has come for `stillMs`, or `withinMs` are over. */
export async function gatherReplies(
  recordUrl: string,
  all: readonly Said[],
  { stillMs, withinMs }: { readonly stillMs: number; readonly withinMs: number },
): Promise<readonly Reply[]> {
  const waited = new Set(all.filter(({ ackedAt }) => ackedAt !== undefined).map((said) => said.count));
  const replies: Reply[] = [];
  const deadline = Date.now() + withinMs;
  let lastAt = Date.now();
  for (;;) {
    const more = await takeReplies(recordUrl);
    for (const reply of more) waited.delete(reply.count);
    replies.push(...more);
    if (more.length > 0) lastAt = Date.now();
    if (waited.size === 0 || Date.now() - lastAt > stillMs || Date.now() > deadline) break;
    await sleep(50);
  }
  // Whoever answers twice does so a moment later.
  await sleep(1_000);
  return [...replies, ...(await takeReplies(recordUrl))];
}
