import { JSException, type JSValueHandle, QuickJS } from "quickjs-wasi";
import { z } from "zod";
import { utcOffset } from "../../engine/time.ts";
import { toError } from "../../engine/to-error.ts";
import type { Json } from "../../model/field.ts";
import type { ScriptReport, ScriptRun } from "../../model/script.ts";
import { prelude } from "./prelude.ts";

const file = "script.js";
const mostLines = 50;
const longestLine = 500;
/** Characters of JSON that a script may bring back. */
const longestResult = 262_144;

/** `changed` as the prelude writes it. */
const resultSchema = z.object({
  output: z.unknown(),
  fields: z.record(z.string(), z.json(), { error: "fields has to stay an object" }),
  vars: z.record(z.string(), z.json(), { error: "vars has to stay an object" }),
});

/**
 * Runs a script in a QuickJS of its own, an instance of `wasm`, so that nothing of one contact's run is there in another's: an engine without any way out but the lines that it logs. Never throws; what the script does wrong is in the report. It is stopped when its time is
 * over, but between two looks at the clock QuickJS can be busy for long (joining a huge array): whoever calls this has to be able to end the thread.
 */
export async function runInQuickJs(wasm: WebAssembly.Module, run: ScriptRun): Promise<ScriptReport> {
  const log: string[] = [];
  // A processor's time: on a busy machine a script is not to fail for what others do.
  const startedAt = process.threadCpuUsage();
  const used = () => {
    const { user, system } = process.threadCpuUsage(startedAt);
    return (user + system) / 1_000;
  };
  let begunAt = Number.POSITIVE_INFINITY;
  let isOver = false;
  const report = () => ({ log, milliseconds: Math.round(Math.max(0, used() - begunAt) * 10) / 10 });
  try {
    const vm = await QuickJS.create({
      wasm,
      memoryLimit: run.megabytes * 1_048_576,
      // Thrown through the whole instance: what QuickJS throws itself when it is told to stop, a script can catch and go on.
      interruptHandler: () => {
        isOver ||= used() - begunAt > run.milliseconds;
        if (isOver) throw new Error("the time is over");
        return false;
      },
      timezoneOffset: (seconds) => -utcOffset(seconds * 1_000, run.input.timeZone),
      wasi: fixedClock(run.input.now),
    });
    begunAt = used();
    const json = evaluate(vm, run, (line) => {
      if (log.length < mostLines) log.push(line.slice(0, longestLine));
    });
    if (json.length > longestResult) return fail(`it brings back more than ${longestResult} characters`, report());
    const read = resultSchema.safeParse(JSON.parse(json));
    if (!read.success) return fail(read.error.issues[0]?.message ?? "it broke its own result", report());
    const { output, fields, vars } = read.data;
    if (typeof output !== "string" && output !== null) return fail("it has to return an output's name", report());
    return {
      ok: true,
      ...(output === null ? {} : { output }),
      fields: changesOf(run.input.fields, fields),
      vars: changesOf(run.input.vars, vars),
      ...report(),
    };
  } catch (thrown) {
    if (isOver) {
      const message = `the script took longer than its ${run.milliseconds} ms`;
      return { ok: false, code: "script.timeout", message, ...report() };
    }
    const { message, isMemory } = describe(thrown);
    if (!isMemory) return fail(message, report());
    return {
      ok: false,
      code: "script.out_of_memory",
      message: `the script took more than its ${run.megabytes} MiB`,
      ...report(),
    };
  }
}

/** What the script brings back, as JSON. The instance is left to the garbage collector: one that broke off in the middle cannot be disposed of. */
function evaluate(vm: QuickJS, { code, input }: ScriptRun, onLine: (line: string) => void): string {
  const log = vm.newFunction("log", (line) => {
    onLine(line === undefined ? "" : line.toString());
    return vm.undefined;
  });
  const { seed, contact, fields, vars, message } = input;
  const given = vm.newString(JSON.stringify({ seed, contact, fields, vars, message }));
  const hands = vm.callFunction(vm.evalCode(prelude, "prelude.js"), vm.undefined, given, log);
  // On one line with its head, so that lines are counted as the author sees them.
  const script = vm.evalCode(`(function () { "use strict"; ${code}\n})`, file);
  const returned = vm.callFunction(hands.getProp("watch"), vm.undefined, script);
  vm.executePendingJobs();
  const finish: JSValueHandle = hands.getProp("finish");
  return vm.callFunction(finish, vm.undefined, returned).toString();
}

/** The event's own time, standing still: a script that is run again finds the same. */
function fixedClock(now: number) {
  return (memory: WebAssembly.Memory) => ({
    clock_time_get(_clock: number, _precision: bigint, pointer: number): number {
      new DataView(memory.buffer).setBigUint64(pointer, BigInt(Math.round(now)) * 1_000_000n, true);
      return 0;
    },
    random_get(pointer: number, length: number): number {
      new Uint8Array(memory.buffer, pointer, length).fill(0);
      return 0;
    },
  });
}

function changesOf(
  before: Readonly<Record<string, Json>>,
  after: Readonly<Record<string, Json>>,
): Record<string, Json> {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  const valueIn = (record: Readonly<Record<string, Json>>, key: string) =>
    Object.hasOwn(record, key) ? (record[key] ?? null) : null;
  const changed = [...keys].filter(
    (key) => JSON.stringify(valueIn(before, key)) !== JSON.stringify(valueIn(after, key)),
  );
  // Own properties, whatever they are called: "__proto__" is a name like others here.
  return Object.fromEntries(changed.map((key) => [key, valueIn(after, key)]));
}

function fail(message: string, report: { readonly log: string[]; readonly milliseconds: number }): ScriptReport {
  return { ok: false, code: "script.failed", message: `the script failed: ${message}`, ...report };
}

/** What went wrong, with its line. The exception is the script's own object and may do anything when it is looked at. */
function describe(thrown: unknown): { readonly message: string; readonly isMemory: boolean } {
  try {
    const error = toError(thrown);
    const isOwn = thrown instanceof JSException;
    const isMemory = isOwn && error.name === "InternalError" && error.message === "out of memory";
    if (!isOwn && error instanceof RangeError) return { message: "it goes too deep", isMemory };
    const [, line] = isOwn ? (/script\.js:(\d+)/.exec(error.stack ?? "") ?? []) : [];
    const what = `${error.name}: ${error.message}`.slice(0, longestLine);
    return { message: line === undefined ? what : `${what} (line ${line})`, isMemory };
  } catch {
    return { message: "it threw what cannot be told", isMemory: false };
  }
}
