import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { CommandError, defineLocalCommand } from "./command.ts";

const program = fileURLToPath(new URL("../../../bench/main.ts", import.meta.url));

/** The benchmark is a program of its own: what it measures must not share a process with it. */
export const bench = defineLocalCommand({
  kind: "local",
  name: "bench",
  summary: "Measure this machine: events a second, replies a second, time to answer, memory",
  options: z.strictObject({
    only: z.string().optional().describe("Name of the one measurement to make."),
  }),
  async run({ json }, { only }) {
    if (!existsSync(program)) throw new CommandError("bench.missing", "the benchmark is not part of this installation");
    const words = [...(json ? ["--json"] : []), ...(only === undefined ? [] : ["--only", only])];
    const child = spawn(process.execPath, [program, ...words], { stdio: "inherit" });
    const [code] = (await once(child, "exit")) as [number | null];
    if (code !== 0) throw new CommandError("bench.failed", "the benchmark failed; what it says is above");
    return undefined;
  },
});
