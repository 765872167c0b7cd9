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
    only: z.string().optional().describe("Names of the measurements to make, with commas between them."),
    peers: z.string().optional().describe("Which peers `--only peers` measures, with commas between them (all)."),
    people: z
      .string()
      .regex(/^[1-9]\d{0,7}$/, "a number of contacts")
      .optional()
      .describe("Contacts to measure with (100000)."),
    seconds: z
      .string()
      .regex(/^[1-9]\d{0,3}$/, "a number of seconds")
      .optional()
      .describe("How long a broadcast is sent (60)."),
  }),
  async run({ json }, options) {
    if (!existsSync(program)) throw new CommandError("bench.missing", "the benchmark is not part of this installation");
    const given = Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
    const words = [...(json ? ["--json"] : []), ...given];
    const child = spawn(process.execPath, [program, ...words], { stdio: "inherit" });
    const [code] = (await once(child, "exit")) as [number | null];
    if (code !== 0) throw new CommandError("bench.failed", "the benchmark failed; what it says is above");
    return undefined;
  },
});
