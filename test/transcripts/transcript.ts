import { z } from "zod";
import { actionCallSchema } from "../../src/model/action-call.ts";
import { edgeSchema, storedStepSchema } from "../../src/model/flow.ts";
import { attachmentSchema } from "../../src/model/message.ts";

/** A message of the bot: its text, or its text and what hangs on it. */
const expectedMessage = z.union([
  z.string(),
  z.strictObject({
    text: z.string(),
    /** Titles; of a button that opens a page, `title > url`. */
    buttons: z.array(z.string()).default([]),
    quickReplies: z.array(z.string()).default([]),
    /** `kind url` each. */
    media: z.array(z.string()).default([]),
  }),
]);
export type ExpectedMessage = z.output<typeof expectedMessage>;

/** What the contact is like after a line; only what is named is looked at, and that whole. */
const checkSchema = z.strictObject({
  tags: z.array(z.string()).optional(),
  labels: z.array(z.string()).optional(),
  sequences: z.array(z.string()).optional(),
  fields: z.record(z.string(), z.json()).optional(),
  /** Only the keys named. */
  profile: z.record(z.string(), z.string().nullable()).optional(),
  utm: z.record(z.string(), z.string()).optional(),
  /** Values of the latest entry link. */
  entry: z.record(z.string(), z.json()).optional(),
  /** Values of the bot's variables; only the keys named. */
  variables: z.record(z.string(), z.json()).optional(),
  /** `step kind-of-wait`, in any order. */
  positions: z.array(z.string()).optional(),
  /** Codes of the errors that this line brought. */
  errors: z.array(z.string()).optional(),
  /** Reasons for which positions ended with this line, `finished` left out. */
  ended: z.array(z.string()).optional(),
  /** Reasons for which messages were not sent with this line. */
  skipped: z.array(z.string()).optional(),
  notes: z.array(z.string()).optional(),
  /** What the person has said so far, as the conversation shows it. */
  said: z.array(z.string()).optional(),
  optedOut: z.boolean().optional(),
  blocked: z.boolean().optional(),
});

const change = z.strictObject({
  flow: z.string(),
  /** Steps that are new or take the place of those of the same ref. */
  steps: z.array(storedStepSchema).default([]),
  remove: z.array(z.string()).default([]),
  /** In the place of all edges there were. */
  edges: z.array(edgeSchema).optional(),
});

const lineSchema = z.strictObject({
  /** What happens; one of these. */
  start: z.string().nullable().optional(),
  say: z.string().optional(),
  send: z.array(attachmentSchema).optional(),
  edit: z.string().optional(),
  /** The title of a button or quick reply; the latest that has it is pressed. */
  press: z.string().optional(),
  block: z.literal(true).optional(),
  unblock: z.literal(true).optional(),
  /** `2h`, `3d 1h`: time goes by, and every timer on the way goes off at its time. */
  wait: z.string().optional(),
  /** From outside: by an action link, or another door. */
  do: z.array(actionCallSchema).optional(),
  publish: change.optional(),
  unpublish: z.string().optional(),
  /** The last event is delivered once more. */
  again: z.literal(true).optional(),
  by: z.enum(["api", "action-link"]).optional(),
  /** What the bot says to it; absent: nothing. */
  bot: z.array(expectedMessage).default([]),
  check: checkSchema.optional(),
  /** The code with which a `do` is refused. */
  refused: z.string().optional(),
});
export type Line = z.output<typeof lineSchema>;

const conversation = z.strictObject({
  title: z.string(),
  /** ISO date-time in UTC at which it begins; default: Friday, 20 November 2026, 12:00. */
  at: z.string().optional(),
  script: z.array(lineSchema).min(1),
});

/** A file: a bot, and conversations with it, each by a person of its own. */
export const transcriptSchema = z.strictObject({
  bot: z.record(z.string(), z.unknown()),
  conversations: z.array(conversation).min(1),
});
