import { z } from "zod";
import { checkScript, findScriptOutput, keepScriptChanges, toScriptInput } from "../../engine/script.ts";
import { defineStep, type StepContext, type StepResult } from "../../engine/step-type.ts";
import type { Json } from "../../model/field.ts";
import { longestScript, type ScriptRun, scriptLimitsSchema, scriptReportSchema } from "../../model/script.ts";
import { say } from "../../model/sentence.ts";

const configSchema = scriptLimitsSchema.extend({
  code: z.string().min(1).max(longestScript),
  /** Outputs that it may name, beside `next` and `failed`. */
  outputs: z
    .array(z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,39}$/, "an output has Latin letters, digits, _ and -"))
    .max(20)
    .default([]),
});
type Config = z.output<typeof configSchema>;

/** A script takes milliseconds; this long it is waited for only where nobody runs jobs. */
const patienceMs = 5 * 60_000;
const ownOutputs = ["next", "failed", "error"];

export const script = defineStep({
  kind: "script",
  title: "Script",
  category: "logic",
  description: "Calculates with fields and variables in JavaScript. For programmers.",
  config: configSchema,
  example: {
    code: 'const [customer, product, price] = contact.client_external_id.split("_");\nvars.customer = customer;\nvars.product = product;\nvars.price = Number(price);\nreturn vars.price >= 1000 ? "expensive" : "next";',
    outputs: ["expensive"],
    milliseconds: 50,
    megabytes: 16,
  },
  plainTexts: ["code"],
  outputs: ({ outputs }) => [
    { name: "next", title: "Next" },
    ...outputs.map((name) => ({ name, title: name })),
    { name: "failed", title: "Failed" },
  ],
  problems: ({ code, outputs }) => [
    ...[checkScript(code)].filter((problem) => problem !== undefined),
    ...outputs.filter((name) => ownOutputs.includes(name)).map((name) => say`the output "${{ name }}" is there anyway`),
    ...outputs
      .filter((name, at) => outputs.indexOf(name) !== at)
      .map((name) => say`the output "${{ name }}" is there twice`),
  ],
  run(context) {
    const { code, milliseconds, megabytes } = context.config;
    const seed = Math.floor(context.random() * 2 ** 32);
    const run: ScriptRun = { code, input: toScriptInput(context, seed), milliseconds, megabytes };
    // In the position, which goes with the contact; the job only says that it waits.
    return {
      wait: "job",
      until: context.now + patienceMs,
      state: run as unknown as Json,
      job: { kind: "run-script", data: null, group: String(context.bot.id) },
    };
  },
  resume(context, signal) {
    if (signal.kind === "timeout") return fail(context, "script.timeout", "the script was not run in time");
    if (signal.kind !== "job_result") return { pass: true };
    const report = scriptReportSchema.safeParse(signal.result).data;
    if (report === undefined) return fail(context, "script.failed", "the script's job handed in what is no report");
    if (report.log.length > 0) context.trace(report.log);
    if (!report.ok) return fail(context, report.code, report.message);
    const output = findScriptOutput(report.output, context.config.outputs);
    if (output === undefined) {
      return fail(context, "script.unknown_output", `the script has no output "${report.output?.slice(0, 100)}"`);
    }
    keepScriptChanges(context, report, (key, value) => context.setValue(key, value));
    return { go: output === "failed" ? ["failed", "error"] : output };
  },
});

function fail(context: StepContext<Config>, code: string, message: string): StepResult {
  context.error(code, message);
  return { go: ["failed", "error"] };
}
