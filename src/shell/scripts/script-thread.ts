import { parentPort, workerData } from "node:worker_threads";
import type { ScriptRun } from "../../model/script.ts";
import { runInQuickJs } from "./quickjs.ts";

/** What a thread is given. */
export interface ThreadData {
  /** QuickJS, compiled. */
  readonly wasm: WebAssembly.Module;
}

// A thread of the pool: one script after the other, each answered with its report.
if (parentPort === null) throw new Error("this file is a thread of the script pool");
const port = parentPort;
const { wasm } = workerData as ThreadData;
port.on("message", async (run: ScriptRun) => {
  port.postMessage(await runInQuickJs(wasm, run));
});
// The first run has to compile: that is not to be taken from anybody's time.
const nothing = { contact: null, fields: {}, vars: {}, message: null, now: 0, timeZone: "UTC", seed: 0 };
await runInQuickJs(wasm, { code: "", input: nothing, milliseconds: 1_000, megabytes: 16 });
port.postMessage("ready");
