import { z } from "zod";
import { refSchema } from "../../model/flow.ts";
import { mostSequenceSteps, sequenceSettingsSchema, sequenceStepSchema } from "../../model/sequence.ts";
import { botReferenceSchema, instantSchema, nameSchema, pageQuery, sentenceShape } from "./common.ts";

const settings = sequenceSettingsSchema.shape;

export const sequenceSchema = z
  .object({
    ref: z.string(),
    botId: z.number(),
    name: z.string(),
    createdAt: instantSchema,
    revision: z.number().describe("One more with each change."),
    stepCount: z.number(),
    restart: settings.restart.unwrap().describe("What becomes of who is subscribed again."),
    onReply: settings.onReply.unwrap().describe("What a message of the contact's does once the first step is out."),
    pauseHours: z.number().describe("How long after the last reply a pause ends."),
  })
  .meta({ id: "Sequence" });
export type SequenceBody = z.infer<typeof sequenceSchema>;

/** Where something in a step will not do; it is kept all the same, and the step is skipped when it is due. */
export const sequenceProblemSchema = z.object({
  step: z.string().describe("The step's ref."),
  path: z.enum(["content", "flow", "step", "field", "condition"]),
  ...sentenceShape,
});

export const sequenceDetailSchema = sequenceSchema
  .extend({
    steps: z.array(sequenceStepSchema),
    problems: z.array(sequenceProblemSchema).describe("What will not do in a step, which is then skipped."),
  })
  .meta({ id: "SequenceDetail" });
export type SequenceDetailBody = z.infer<typeof sequenceDetailSchema>;

const stepsBody = z
  .array(sequenceStepSchema.extend({ ref: refSchema.optional().describe("Absent: one is made.") }))
  .max(mostSequenceSteps)
  .superRefine((steps, context) => {
    const seen = new Set<string>();
    for (const [index, { ref }] of steps.entries()) {
      if (ref !== undefined && seen.has(ref)) {
        context.addIssue({ code: "custom", path: [index, "ref"], message: "another step has this ref" });
      }
      if (ref !== undefined) seen.add(ref);
    }
  })
  .describe("All of them, in their order.");
const ofSettings = {
  restart: settings.restart.unwrap().optional(),
  onReply: settings.onReply.unwrap().optional(),
  pauseHours: settings.pauseHours.unwrap().optional(),
};

export const sequenceCreateSchema = z.strictObject({
  bot: botReferenceSchema,
  name: nameSchema,
  ref: refSchema.optional(),
  steps: stepsBody.optional(),
  ...ofSettings,
});
export const sequenceChangeSchema = z
  .strictObject({
    revision: z
      .number()
      .int()
      .positive()
      .optional()
      .describe("The one that the change was made from: has it moved on, the change is refused. Needed with `steps`."),
    name: nameSchema.optional(),
    steps: stepsBody.optional(),
    ...ofSettings,
  })
  .refine(({ steps, revision }) => steps === undefined || revision !== undefined, {
    path: ["revision"],
    error: "steps are changed from a revision: say which",
  });
export type SequenceWish = Pick<z.output<typeof sequenceChangeSchema>, "steps" | keyof typeof ofSettings>;

export const subscriberQuery = z.object({
  ...pageQuery,
  step: z.string().max(20).optional().describe("Only who waits for this step."),
});
export const subscriberSchema = z.object({
  contactId: z.number(),
  name: z.string().nullable(),
  subscribedAt: instantSchema,
  step: z.string().nullable().describe("Ref of the step that is waited for; null: there is none yet."),
  passed: z.number().describe("How many steps they are through, sent or skipped."),
  since: instantSchema.nullable().describe("When the wait began."),
  dueAt: instantSchema.nullable(),
});
export type SubscriberBody = z.infer<typeof subscriberSchema>;

export const sequenceNumbersQuery = z.object({
  days: z.coerce.number().int().min(1).max(3650).default(30).describe("How far back."),
});
export const sequenceNumbersSchema = z
  .object({
    subscribed: z.number().describe("At this moment."),
    finished: z.number(),
    unsubscribed: z.number(),
    replied: z.number().describe("Ended by a reply."),
    steps: z.array(
      z.object({
        step: z.string(),
        waiting: z.number().describe("At this moment."),
        due: z.number().describe("For how many the step was due: sent, started or skipped."),
        sent: z.number(),
        delivered: z.number(),
        read: z.number(),
        clicked: z.number().describe("Presses of the message's buttons and quick replies."),
        started: z.number().describe("Flows that were started."),
        failed: z.number(),
        skipped: z.array(z.object({ reason: z.string(), count: z.number() })),
      }),
    ),
  })
  .meta({ id: "SequenceNumbers" });
export type SequenceNumbersBody = z.infer<typeof sequenceNumbersSchema>;

/** Where a contact stands in a sequence. */
export const contactSequenceSchema = z.object({
  sequence: z.string(),
  name: z.string(),
  state: z.enum(["subscribed", "finished", "unsubscribed", "replied"]),
  at: instantSchema.nullable().describe("When the subscription ended; null: it goes on."),
  step: z.string().nullable().describe("Ref of the step that is waited for."),
  stepName: z.string().nullable(),
  place: z.number().nullable().describe("Which of the steps that is, from 1."),
  stepCount: z.number(),
  dueAt: instantSchema.nullable(),
});
export type ContactSequenceBody = z.infer<typeof contactSequenceSchema>;

/** Also for flows and channels: narrowed to one bot. */
export const ofBotQuery = z.object({ bot: z.string().max(20).optional().describe("Id or ref of a bot.") });
