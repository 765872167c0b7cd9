import { z } from "zod";
import { compilePattern } from "../../engine/pattern.ts";
import { readsRussian } from "../../engine/reads-russian.ts";
import { toSendable } from "../../engine/sendable.ts";
import { defineStep, type StepContext, type StepResult } from "../../engine/step-type.ts";
import { zoneOf } from "../../engine/time.ts";
import { parseFieldValue, parseProfileValue } from "../../engine/values.ts";
import { profileKeys } from "../../model/contact.ts";
import type { InboundMessage } from "../../model/event.ts";
import { type FieldValue, fieldKeySchema } from "../../model/field.ts";
import { refSchema } from "../../model/flow.ts";
import { type Attachment, type MessageContent, mediaKinds, type QuickReply } from "../../model/message.ts";
import { say, toSentence } from "../../model/sentence.ts";
import { type AnswerRule, readAnswer } from "./answer.ts";
import { retryTexts } from "./retry-text.ts";

const answerTypes = ["text", "number", "email", "phone", "date", "choice", "file", "location"] as const;
/** The types of answer that a rule is about: forms show it with those. */
const about = (...ofTypes: readonly (typeof answerTypes)[number][]) => ({ ofTypes });

const answerSchema = z.object({
  type: z.enum(answerTypes),
  min: z.number().optional().meta(about("number")),
  max: z.number().optional().meta(about("number")),
  minLength: z
    .number()
    .int()
    .min(0)
    .max(10_000)
    .optional()
    .describe("Of characters; a shorter answer is no valid one.")
    .meta(about("text")),
  maxLength: z
    .number()
    .int()
    .min(1)
    .max(10_000)
    .optional()
    .describe("Of characters; a longer answer is no valid one.")
    .meta(about("text")),
  pattern: z
    .string()
    .max(1_000)
    .optional()
    .describe("RE2; the whole answer need not match, write ^ and $ for that.")
    .meta(about("text", "email", "phone")),
  options: z
    .array(z.object({ id: refSchema, title: z.string().min(1).max(200), value: z.string().max(500).optional() }))
    .max(13)
    .default([])
    .meta(about("choice")),
  /** Title of a button by which the messenger sends the person's own phone or place, for answers of that type; empty: none. */
  shareTitle: z.string().max(64).optional().meta(about("phone", "location")),
});

const configSchema = z.object({
  text: z.string().min(1).max(10_000),
  attachments: z
    .array(z.object({ kind: z.enum(mediaKinds), url: z.string().min(1).max(2000) }))
    .max(10)
    .default([]),
  answer: answerSchema,
  saveTo: z
    .union([
      z.object({ field: z.string().min(1).max(200) }),
      z.object({ profile: z.enum(profileKeys) }),
      z.object({ variable: fieldKeySchema }),
    ])
    .optional(),
  retries: z.number().int().min(0).max(20).default(2).describe("Further tries after a wrong answer."),
  retryText: z
    .string()
    .max(10_000)
    .default("")
    .describe(
      "Said after a wrong answer; empty: a sentence for the type of answer, in the language of the question or of the contact.",
    ),
  timeout: z
    .object({ amount: z.number().positive().max(10_000), unit: z.enum(["minutes", "hours", "days"]) })
    .optional()
    .describe("The answer is waited for so long; absent: without an end."),
});
type Config = z.output<typeof configSchema>;

/** Answers that lead nowhere by themselves, as a choice does: what is asked is lost unless it is saved. */
const typed: ReadonlySet<Config["answer"]["type"]> = new Set(["text", "number", "email", "phone", "date"]);

const unitMs = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;

/** The step's memory: tries used up, and when the wait ends. */
interface State {
  readonly tries: number;
  readonly until: number | null;
}

export const question = defineStep({
  kind: "question",
  title: "Question",
  category: "message",
  description: "Asks something, waits for the answer and keeps it in a field.",
  config: configSchema,
  example: {
    text: "What is your e-mail address?",
    attachments: [],
    answer: { type: "email", options: [] },
    saveTo: { profile: "email" },
    retries: 2,
    retryText: "That does not look like an e-mail address. Once more, please.",
    timeout: { amount: 1, unit: "days" },
  },
  outputs: ({ answer }) => [
    { name: "answered", title: "Answered" },
    ...(answer.type === "choice" ? answer.options : []).map(({ id, title }) => ({ name: `choice:${id}`, title })),
    { name: "invalid", title: "No valid answer" },
    { name: "timeout", title: "No answer in time" },
    { name: "not_allowed", title: "Too late to write" },
  ],
  problems({ answer }) {
    const ids = answer.options.map(({ id }) => id);
    const { min = -Infinity, max = Infinity, minLength = 0, maxLength = Infinity } = answer;
    const pattern = answer.pattern === undefined ? undefined : compilePattern(answer.pattern, { ignoreCase: false });
    return [
      ...(answer.type === "choice" && ids.length === 0 ? [say`a choice needs options`] : []),
      ...(ids.length === new Set(ids).size ? [] : [say`two options have the same id`]),
      ...(min > max ? [say`min is above max`] : []),
      ...(minLength > maxLength ? [say`minLength is above maxLength`] : []),
      ...(pattern?.ok === false ? [toSentence(pattern)] : []),
    ];
  },
  warnings({ saveTo, answer }, bot) {
    if (saveTo === undefined) {
      return typed.has(answer.type) ? [say`the answer is kept nowhere: set where to save it`] : [];
    }
    if (!("field" in saveTo) || bot.fields.has(saveTo.field)) return [];
    return [say`there is no field "${{ field: saveTo.field }}" to keep the answer in`];
  },
  run(context) {
    const { text, attachments, timeout } = context.config;
    const files = attachments.map(({ kind, url }) => ({ kind, url: context.render(url).trim() }));
    const content = toQuestion(context, context.render(text), files);
    const isClosed = content !== undefined && context.isWindowClosed(content);
    // Nobody answers what they were not asked.
    if (isClosed && context.isConnected("not_allowed")) return { go: "not_allowed" };
    if (content !== undefined) context.send(content);
    const until = timeout === undefined ? null : context.now + Math.round(timeout.amount * unitMs[timeout.unit]);
    return waitFor({ tries: 0, until });
  },
  resume(context, signal) {
    // An old option of a question that is no longer open changes nothing.
    if (context.state === null) return { pass: true };
    if (signal.kind === "timeout") return { go: "timeout" };
    if (signal.kind === "job_result") return { pass: true };
    const { type, options } = context.config.answer;
    const id = signal.kind === "button" && type === "choice" ? signal.button : undefined;
    const pressed = options.find((option) => option.id === id);
    if (signal.kind === "button" && pressed === undefined) return { pass: true };
    return answer(
      context,
      signal.kind === "reply" ? signal.message : { text: pressed?.id ?? "", attachments: [] },
      pressed?.id,
    );
  },
});

function waitFor(state: State): StepResult {
  return { wait: "reply", until: state.until ?? undefined, state: { ...state } };
}

/** Undefined: it came out empty, which is recorded. */
function toQuestion(context: StepContext<Config>, text: string, attachments: Attachment[]): MessageContent | undefined {
  const { answer } = context.config;
  const choices = (answer.type === "choice" ? answer.options : []).map(({ id, title }) => ({
    title: context.render(title),
    payload: context.buttonPayload(id),
  }));
  const quickReplies = [...choices, ...toRequest(context)];
  return toSendable({ text, attachments, buttons: [], quickReplies }, context);
}

/** The button by which the person's messenger answers for them. */
function toRequest(context: StepContext<Config>): QuickReply[] {
  const { type, shareTitle } = context.config.answer;
  if ((type !== "phone" && type !== "location") || shareTitle === undefined || shareTitle === "") return [];
  return [{ title: context.render(shareTitle), payload: context.buttonPayload("share"), request: type }];
}

/** In the language that the question is asked in, or that the contact reads. */
function sayRetry(context: StepContext<Config>, message: InboundMessage): string {
  const { config, contact } = context;
  const own = context.render(config.retryText).trim();
  if (own !== "") return own;
  const isRussian = readsRussian(contact, context.render(config.text), message.text ?? "");
  return retryTexts[isRussian ? "ru" : "en"][config.answer.type];
}

function answer(context: StepContext<Config>, message: InboundMessage, chosen: string | undefined): StepResult {
  const { config } = context;
  const rule: AnswerRule = {
    ...config.answer,
    options: config.answer.options.map((option) => ({ ...option, title: context.render(option.title) })),
    timeZone: zoneOf(context.contact, context.bot),
  };
  const read = readAnswer(rule, message, chosen);
  if (read.ok && save(context, read.value)) {
    return { go: read.choice === undefined ? "answered" : [`choice:${read.choice}`, "answered"] };
  }
  const state = context.state as unknown as State;
  if (state.tries >= config.retries) return { go: "invalid" };
  const again = toQuestion(context, sayRetry(context, message), []);
  if (again !== undefined) context.send(again);
  return waitFor({ ...state, tries: state.tries + 1 });
}

/** Keeps the answer where the step says. False: it does not fit there, which counts as a wrong answer. */
function save(context: StepContext<Config>, value: FieldValue): boolean {
  const { saveTo } = context.config;
  if (saveTo === undefined) return true;
  if ("variable" in saveTo) {
    context.setValue(saveTo.variable, value);
    return true;
  }
  if ("profile" in saveTo) {
    const parsed = parseProfileValue(saveTo.profile, String(value));
    if (parsed !== undefined) context.setProfile(saveTo.profile, parsed);
    return parsed !== undefined;
  }
  const definition = context.bot.fields.get(saveTo.field);
  if (definition === undefined) {
    context.error("field.not_found", `the answer could not be kept: there is no field "${saveTo.field}"`);
    return true;
  }
  const parsed = parseFieldValue(definition.kind, value, { timeZone: zoneOf(context.contact, context.bot) });
  if (parsed.ok) context.setField(definition.key, parsed.value);
  return parsed.ok;
}
