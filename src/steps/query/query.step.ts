import { z } from "zod";
import { checkMappings, saveResult, warnOfMappings } from "../../engine/save-result.ts";
import { defineStep, type StepContext, type StepResult } from "../../engine/step-type.ts";
import type { Json } from "../../model/field.ts";
import { type QueryCall, queryCallSchema, queryTypes } from "../../model/query.ts";
import { resultMappingSchema } from "../../model/result-mapping.ts";
import { type Sentence, say, sayIssue } from "../../model/sentence.ts";

const configSchema = queryCallSchema.extend({
  save: z.array(resultMappingSchema).max(50).default([]),
  /** How long the answer may take. */
  timeoutSeconds: z.number().int().min(1).max(300).default(30),
});
type Config = z.output<typeof configSchema>;

/** What the job hands in: an `ActionResult`. */
const answerSchema = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), result: z.unknown() }),
  z.object({ ok: z.literal(false), error: z.object({ code: z.string(), message: z.string() }) }),
]);

export const query = defineStep({
  kind: "query",
  title: "Query",
  category: "logic",
  description: "Looks up the chat, a message or other contacts, and keeps what it finds.",
  config: configSchema,
  example: {
    query: "find_contacts_by_phone",
    args: { phone: "{{ contact.phone }}", scope: "workspace", others: true },
    save: [{ path: "$.contacts[0].id", variable: "other_contact" }],
    timeoutSeconds: 30,
  },
  outputs: () => [
    { name: "next", title: "Next" },
    { name: "failed", title: "Failed" },
  ],
  problems: (config) => [...checkArgs(config), ...checkMappings(config.save)],
  warnings: ({ save }, bot) => warnOfMappings(save, bot),
  run(context) {
    const { query: name, timeoutSeconds } = context.config;
    const args = render(context, context.config.args) as QueryCall["args"];
    const problem = whyNot(name, args);
    if (problem !== undefined) return fail(context, "query.invalid", problem);
    return {
      wait: "job",
      until: context.now + timeoutSeconds * 1000,
      job: { kind: "run-query", data: { query: name, args, timeoutSeconds } },
    };
  },
  resume(context, signal) {
    if (signal.kind === "timeout") return fail(context, "query.timeout", "the query was not answered in time");
    if (signal.kind !== "job_result") return { pass: true };
    const answer = answerSchema.safeParse(signal.result).data;
    if (answer === undefined) return fail(context, "query.invalid", "the query's job handed in what is no answer");
    if (!answer.ok) return fail(context, answer.error.code, answer.error.message);
    const result = (answer.result ?? null) as Json;
    saveResult(context, result, context.config.save, (key, value) => context.setValue(key, value));
    return { go: "next" };
  },
});

function fail(context: StepContext<Config>, code: string, message: string): StepResult<"failed" | "error"> {
  context.error(code, message);
  return { go: ["failed", "error"] };
}

/** Every text in it is a template. */
function render(context: StepContext<Config>, value: Json): Json {
  if (typeof value === "string") return context.render(value);
  if (Array.isArray(value)) return value.map((item) => render(context, item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, render(context, item)]));
}

function whyNot(name: QueryCall["query"], args: QueryCall["args"]): string | undefined {
  const parsed = queryTypes[name].args.safeParse(args);
  const [issue] = parsed.error?.issues ?? [];
  return issue === undefined ? undefined : describe(issue).message;
}

function describe(issue: z.core.$ZodIssue): Sentence {
  return say`${{ where: issue.path.join(".") }}: ${{ problem: sayIssue(issue) }}`;
}

/** Arguments that hold a template are known only when somebody comes. */
function checkArgs({ query: name, args }: Config): Sentence[] {
  const isOpen = (value: Json | undefined) => /\{[{%]/.test(JSON.stringify(value) ?? "");
  const parsed = queryTypes[name].args.safeParse(args);
  const issues = parsed.success ? [] : parsed.error.issues;
  return issues.filter(({ path }) => !isOpen(args[String(path[0])])).map(describe);
}
