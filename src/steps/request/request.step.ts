import { z } from "zod";
import { checkJsonTemplate, hostOf, keepAnswer } from "../../engine/external-request.ts";
import { readPlayable } from "../../engine/playable-answer.ts";
import { checkMappings, warnOfMappings } from "../../engine/save-result.ts";
import { defineStep, type StepContext, type StepResult } from "../../engine/step-type.ts";
import { toGlobals, toNames } from "../../engine/template.ts";
import {
  answerMappingSchema,
  type RequestReport,
  type RequestRun,
  requestReportSchema,
  requestSchema,
} from "../../model/external-request.ts";
import type { Json } from "../../model/field.ts";

const configSchema = requestSchema.extend({
  description: z.string().max(500).default(""),
  /** For everything together, repetitions included. */
  timeoutSeconds: z.number().int().min(1).max(60).default(15),
  /** Further tries where the other side cannot be reached, is too busy or has a problem. */
  retries: z.number().int().min(0).max(5).default(2),
  /** Whether a POST or PATCH may be made twice; the others may. */
  repeatable: z.boolean().default(false),
  save: z.array(answerMappingSchema).max(50).default([]),
  /** Plays an answer in UChat's form, `{"version":"v1","content":{"messages":[…]}}`, or in ChatBot's, `{"responses":[…],"attributes":{…}}`. */
  play: z.boolean().default(false),
});
type Config = z.output<typeof configSchema>;

/** The job has its own limit; this much longer it is waited for where nobody runs jobs. */
const patienceMs = 5 * 60_000;

export const request = defineStep({
  kind: "request",
  title: "External request",
  category: "logic",
  description: "Gets something from another system, or sends it there, by HTTP.",
  config: configSchema,
  example: {
    description: "Is there a place left in the course?",
    method: "POST",
    url: "https://school.example/places",
    query: [],
    headers: [{ name: "Accept", value: "application/json" }],
    body: { type: "json", text: '{"email": "{{ contact.email }}", "age": "{{ fields.age | json }}"}' },
    timeoutSeconds: 15,
    retries: 2,
    repeatable: false,
    save: [
      { from: "body", path: "$.places", variable: "places" },
      { from: "status", path: "$", variable: "status" },
    ],
    play: false,
  },
  plainTexts: ["description"],
  mayUseSecrets: true,
  outputs: () => [
    { name: "success", title: "Success" },
    { name: "failure", title: "Failure" },
    { name: "timeout", title: "No answer in time" },
  ],
  problems: ({ body, save }) => [
    ...(body.type === "json" ? [checkJsonTemplate(body.text)].filter((problem) => problem !== undefined) : []),
    ...checkMappings(save.filter(({ from }) => from === "body")),
  ],
  warnings: ({ save }, bot) => warnOfMappings(save, bot),
  run(context) {
    const { config, now } = context;
    // In the position, which goes with the contact; the job only says that it waits.
    return {
      wait: "job",
      until: now + config.timeoutSeconds * 1_000 + patienceMs,
      state: toRun(context) as unknown as Json,
      job: {
        kind: "external-request",
        data: null,
        group: `${context.bot.id} ${hostOf(context.render(config.url))}`.slice(0, 200),
      },
    };
  },
  resume(context, signal) {
    if (signal.kind === "timeout") return leave(context, "timeout", "nobody made the request in time");
    if (signal.kind !== "job_result") return { pass: true };
    const report = requestReportSchema.safeParse(signal.result).data;
    if (report === undefined) return leave(context, "failure", "the request's job handed in what is no report");
    if (report.kind === "answered") return take(context, report);
    return leave(context, report.kind === "timeout" ? "timeout" : "failure", report.message);
  },
});

/** What the job needs: the request as it is written, and all that can be put into it. */
function toRun(context: StepContext<Config>): RequestRun {
  const { config, now } = context;
  const { method, url, query, headers, body, timeoutSeconds, retries, repeatable } = config;
  const isRepeatable = repeatable || (method !== "POST" && method !== "PATCH");
  return {
    request: { method, url, query, headers, body },
    names: JSON.parse(JSON.stringify(toNames(context))) as Json,
    globals: toGlobals(context, now),
    timeoutSeconds,
    retries: isRepeatable ? retries : 0,
    isRepeatable,
  };
}

function take(context: StepContext<Config>, report: Extract<RequestReport, { kind: "answered" }>): StepResult {
  const { config } = context;
  // Also of an answer that says no: why it does is worth keeping.
  keepAnswer(context, report, config.save, (key, value) => context.setValue(key, value));
  if (report.status < 200 || report.status > 299) {
    return leave(context, "failure", `the other system answered ${report.status}`);
  }
  if (config.play) {
    const { actions, problems } = readPlayable(report.body, context.bot);
    context.runActions(actions);
    for (const problem of problems) context.error("request.not_played", problem);
  }
  return { go: "success" };
}

function leave(context: StepContext<Config>, output: "failure" | "timeout", message: string): StepResult {
  context.error(output === "timeout" ? "request.timeout" : "request.failed", message);
  return { go: output === "timeout" ? ["timeout", "failure", "error"] : ["failure", "error"] };
}
