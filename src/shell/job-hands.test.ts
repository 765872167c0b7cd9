import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";
import { until } from "../../test/until.ts";
import { startHands } from "./job-hands.ts";

/** A queue in memory: what `add` puts there is handed out once, and again when it is told of a failure. */
function aQueue() {
  const waiting: { id: string; retryCount: number; data: unknown }[] = [];
  const completed: string[][] = [];
  const touched: string[][] = [];
  let looks = 0;
  const ids = (jobs: readonly { readonly id: string }[]) => jobs.map(({ id }) => id);
  const taken = new Map<string, { id: string; retryCount: number; data: unknown }>();
  return {
    completed,
    touched,
    looks: () => looks,
    add: (...names: string[]) => waiting.push(...names.map((id) => ({ id, retryCount: 0, data: id }))),
    fetch: async (_kind: string, { batchSize }: { batchSize: number }) => {
      looks += 1;
      const out = waiting.splice(0, batchSize);
      for (const job of out) taken.set(job.id, job);
      return out;
    },
    complete: async (_kind: string, jobs: { readonly id: string }[]) => void completed.push(ids(jobs)),
    fail: async (_kind: string, jobs: { readonly id: string; readonly retryCount: number }[]) => {
      for (const { id, retryCount } of jobs) waiting.push({ id, retryCount: retryCount + 1, data: id });
    },
    touch: async (_kind: string, jobs: { readonly id: string }[]) => void touched.push(ids(jobs)),
  };
}

const never = 3_600_000;

function someHands(queue: ReturnType<typeof aQueue>, run: (data: unknown) => Promise<void>, change: object = {}) {
  const log = pino({ level: "silent" });
  const timing = { pollMs: never, beatMs: never };
  const hands = startHands({
    queue,
    kind: "k",
    atOnce: 2,
    perGroup: undefined,
    run,
    log,
    warnOfLook: () => undefined,
    ...timing,
    ...change,
  });
  onTestFinished(() => hands.stop());
  return hands;
}

describe("hands", () => {
  it("take up what is there, and the next as soon as one of them is free, while a slow one goes on", async () => {
    const queue = aQueue();
    queue.add("slow", "a", "b", "c");
    const ran: unknown[] = [];
    const slow = Promise.withResolvers<void>();
    const hands = someHands(queue, async (data) => {
      if (data === "slow") await slow.promise;
      ran.push(data);
    });
    await until("the quick ones ran", () => ran.length === 3);
    expect(ran).toEqual(["a", "b", "c"]);
    slow.resolve();
    await hands.rest();
    expect(queue.completed.flat()).toEqual(["a", "b", "c", "slow"]);
  });

  it("look when they are called, long before their next look by themselves", async () => {
    const queue = aQueue();
    const ran: unknown[] = [];
    const hands = someHands(queue, async (data) => void ran.push(data));
    await until("the first look is over", () => queue.looks() === 1);
    queue.add("a");
    hands.wake();
    await until("it ran", () => ran.length === 1);
  });

  it("called in the middle of a look, look once more", async () => {
    const queue = aQueue();
    const ran: unknown[] = [];
    const hands = someHands(queue, async (data) => void ran.push(data));
    hands.wake();
    queue.add("a");
    await until("it ran", () => ran.length === 1);
  });

  it("look by themselves as well: a call may get lost", async () => {
    const queue = aQueue();
    const ran: unknown[] = [];
    someHands(queue, async (data) => void ran.push(data), { pollMs: 1 });
    await until("the first look is over", () => queue.looks() > 1);
    queue.add("a");
    await until("it ran", () => ran.length === 1);
  });

  it("give what failed back, and end the others of that moment", async () => {
    const queue = aQueue();
    queue.add("bad", "good");
    let tries = 0;
    const hands = someHands(queue, async (data) => {
      if (data === "bad" && ++tries === 1) throw new Error("not yet");
    });
    await until("both are done", () => queue.completed.flat().length === 2);
    expect(queue.completed.flat()).toEqual(["good", "bad"]);
    await hands.rest();
  });

  it("go on after a queue that could not be asked, and give signs of life of what they hold", async () => {
    const queue = aQueue();
    queue.add("a");
    let faults = 2;
    const fetch: typeof queue.fetch = async (...args) => {
      if (faults-- > 0) throw new Error("the database is away");
      return await queue.fetch(...args);
    };
    const held = Promise.withResolvers<void>();
    const hands = someHands({ ...queue, fetch }, () => held.promise, { pollMs: 1, beatMs: 1 });
    await until("a sign of life", () => queue.touched.length > 1);
    expect(queue.touched[0]).toEqual(["a"]);
    held.resolve();
    await hands.rest();
    expect(queue.completed).toEqual([["a"]]);
  });

  it("that rest take up nothing more, and wait for what they hold", async () => {
    const queue = aQueue();
    queue.add("a");
    const held = Promise.withResolvers<void>();
    const hands = someHands(queue, () => held.promise);
    await until("it is taken", () => queue.looks() > 0);
    const resting = hands.rest();
    queue.add("b");
    hands.wake();
    held.resolve();
    await resting;
    expect(queue.completed).toEqual([["a"]]);
  });
});
