import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import type { ScriptReport, ScriptRun } from "../../model/script.ts";
import type { ThreadData } from "./script-thread.ts";

/** Runs a script away from the event loop. What the script does wrong is in the report; it rejects only where there is no thread to be had. Of several groups that wait, each has its turn. */
export type RunScript = (run: ScriptRun, group?: string) => Promise<ScriptReport>;

export interface ScriptPool {
  readonly run: RunScript;
  /** Ends all threads; scripts under way end with a report that says so. */
  close(): Promise<void>;
}

/**
 * How long a script may take by the clock on the wall beyond its own time before its thread is ended: QuickJS is then busy with something that it does not look up from, or the machine with
 * other things.
 */
const graceMs = 1_000;
const startMs = 30_000;

let compiled: WebAssembly.Module | undefined;

/** QuickJS, compiled once for all threads. It is kept when they end: V8 ends the process now and then when it frees the code of modules that are gone (nodejs/node#64500). */
function quickJs(): WebAssembly.Module {
  const file = createRequire(import.meta.url).resolve("quickjs-wasi/quickjs.wasm");
  compiled ??= new WebAssembly.Module(readFileSync(file));
  return compiled;
}

interface Asked {
  readonly run: ScriptRun;
  readonly group: string;
  readonly resolve: (report: ScriptReport) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  isReady: boolean;
  asked: Asked | undefined;
  /** Ends a thread that does not answer. */
  timer: NodeJS.Timeout;
}

/** A few threads, started when they are first needed. One that is stuck or dies is replaced, and its script has failed. */
export function createScriptPool(options: { readonly threads: number }): ScriptPool {
  const threads = new Set<Thread>();
  const waiting: Asked[] = [];
  /** When each group had its last turn. */
  const turns = new Map<string, number>();
  let turn = 0;
  let isClosed = false;

  function pump(): void {
    for (const thread of threads) {
      if (!thread.isReady || thread.asked !== undefined) continue;
      const next = takeNext();
      if (next === undefined) return;
      give(thread, next);
    }
    const starting = [...threads].filter(({ isReady }) => !isReady).length;
    if (waiting.length > starting && threads.size < options.threads) start();
  }

  /** The first of the group that has not had a turn for longest. */
  function takeNext(): Asked | undefined {
    const turnOf = ({ group }: Asked) => turns.get(group) ?? 0;
    let next = 0;
    for (const [place, asked] of waiting.entries()) {
      const best = waiting[next];
      if (best !== undefined && turnOf(asked) < turnOf(best)) next = place;
    }
    const [taken] = waiting.splice(next, 1);
    if (waiting.length === 0) turns.clear();
    else if (taken !== undefined) turns.set(taken.group, ++turn);
    return taken;
  }

  function give(thread: Thread, asked: Asked): void {
    const { milliseconds } = asked.run;
    thread.asked = asked;
    thread.timer = setTimeout(() => {
      end(thread, {
        ...stuck,
        message: `the script took longer than its ${milliseconds} ms and had to be ended by force`,
      });
    }, milliseconds + graceMs);
    thread.worker.postMessage(asked.run);
  }

  function start(): void {
    const workerData: ThreadData = { wasm: quickJs() };
    const worker = new Worker(new URL("./script-thread.ts", import.meta.url), {
      workerData,
      // What the host side of a run needs; the script's own memory is limited by its engine.
      resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16 },
    });
    worker.unref();
    const timer = setTimeout(() => die(new Error("a thread for scripts did not start in time")), startMs);
    const thread: Thread = { worker, isReady: false, asked: undefined, timer };
    threads.add(thread);
    function die(error: Error): void {
      if (!threads.has(thread)) return;
      const isStarted = thread.isReady;
      end(thread, { ...stuck, code: "script.failed", message: `the script's engine broke down: ${error.message}` });
      // Another start would fail as this one did; whoever asks next tries again.
      if (!isStarted) for (const { reject } of waiting.splice(0)) reject(error);
    }
    worker.on("message", (message: "ready" | ScriptReport) => {
      clearTimeout(thread.timer);
      thread.isReady = true;
      if (message !== "ready") {
        thread.asked?.resolve(message);
        thread.asked = undefined;
      }
      pump();
    });
    worker.on("error", die);
    worker.on("exit", () => die(new Error("it ended")));
  }

  function end(thread: Thread, report: ScriptReport): void {
    clearTimeout(thread.timer);
    threads.delete(thread);
    void thread.worker.terminate();
    thread.asked?.resolve(report);
    if (!isClosed) pump();
  }

  return {
    run: (run, group = "") =>
      new Promise((resolve, reject) => {
        if (isClosed) {
          reject(new Error("the script pool is closed"));
          return;
        }
        waiting.push({ run, group, resolve, reject });
        pump();
      }),
    async close() {
      isClosed = true;
      for (const { reject } of waiting.splice(0)) reject(new Error("the script pool is closed"));
      const ending = [...threads].map(({ worker }) => worker.terminate());
      for (const thread of threads) end(thread, { ...stuck, message: "the server stopped while the script ran" });
      await Promise.all(ending);
    },
  };
}

const stuck = { ok: false, code: "script.timeout", log: [], milliseconds: 0 } as const satisfies Partial<ScriptReport>;
