import { z } from "zod";
import { actionCallSchema } from "../../model/action-call.ts";
import {
  type AskedAudience,
  agentChoices,
  broadcastStatuses,
  passedChoices,
  recipientStatuses,
  winnerChoices,
} from "../../model/broadcast.ts";
import { comparesSomething } from "../../model/condition.ts";
import { messageContentSchema } from "../../model/message.ts";
import { botReferenceSchema, idSchema, instantSchema, nameSchema, pageQuery } from "./common.ts";
import { contactAskShape } from "./contact-lists.ts";
import { conditionBody } from "./segments.ts";

const counts = z.object({
  waiting: z.number(),
  sending: z.number(),
  sent: z.number(),
  failed: z.number(),
  skipped: z.number(),
});

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time of day is written HH:mm");
const localMoment = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/, "a local time is written YYYY-MM-DDTHH:mm, without a zone")
  .refine((text) => !Number.isNaN(Date.parse(`${text}Z`)), { error: "there is no such day or time" });

const planSchema = z
  .strictObject({
    local: z
      .strictObject({
        at: localMoment.describe(
          "The same time for everybody, each by their own clock; the workspace's where a contact has no time zone.",
        ),
        passed: z
          .enum(passedChoices)
          .default("next_day")
          .describe(
            "Where it has passed when the broadcast is started: at once, at that time on the next day, or not at all.",
          ),
      })
      .optional(),
    quiet: z
      .strictObject({
        from: timeOfDay.describe("From this time of each contact's own day on nothing is sent …"),
        to: timeOfDay.describe("… until this one; then it goes on. Over midnight where it is the earlier."),
        giveUpHours: z
          .number()
          .int()
          .min(1)
          .max(720)
          .optional()
          .describe("Who would have to wait longer, from their turn on, is skipped; absent: they wait."),
      })
      .optional(),
    agents: z
      .enum(agentChoices)
      .optional()
      .describe(
        "Whom to skip because a person looks after them: nobody (`send`), whose bot is paused (`paused`, also where this is absent), also whose open conversation is somebody's (`assigned`).",
      ),
    restHours: z
      .number()
      .int()
      .min(1)
      .max(2_160)
      .optional()
      .describe("Who got another broadcast within so many hours is skipped."),
  })
  .describe("When each contact gets it, and who is spared.");

export const variantNumbersSchema = z.object({
  variant: z.number().nullable().describe("From 1 on; null: a broadcast without a split, or who waits for the winner."),
  name: z.string().nullable(),
  recipients: z.number(),
  sent: z.number(),
  failed: z.number(),
  skipped: z.number(),
  messages: z
    .object({ sent: z.number(), delivered: z.number(), read: z.number(), failed: z.number(), waiting: z.number() })
    .describe("What became of the messages that it sent at once. Who read one has it delivered too."),
  clicked: z.number().describe("Recipients who pressed one of its buttons, or opened the page of a tracked one."),
  replied: z.number(),
  unsubscribed: z.number(),
});

export const broadcastReportQuery = z.object({
  recipients: z.coerce
    .number()
    .int()
    .min(1)
    .max(100_000)
    .optional()
    .describe("Count so many of the recipients and no more, so that whoever waits sees how far it is; absent: all."),
  cursor: pageQuery.cursor.describe("`nextCursor` of the part before."),
});

export const broadcastReportSchema = z
  .object({
    variants: z.array(variantNumbersSchema).describe("One for each variant; one alone where there is no split."),
    effectHours: z.number().describe("What recipients do within so many hours counts."),
    untold: z
      .array(z.object({ channel: z.string(), title: z.string(), delivered: z.boolean(), read: z.boolean() }))
      .describe(
        "Kinds of channels of this bot that do not tell of what was delivered (`delivered`) or read (`read`): there it is unknown, not nought.",
      ),
    nextCursor: z
      .string()
      .nullable()
      .describe("Of the next part, whose numbers are to be added; null: this was the last."),
  })
  .meta({ id: "BroadcastReport" });
export type BroadcastReportBody = z.infer<typeof broadcastReportSchema>;

export const broadcastSchema = z
  .object({
    id: z.number(),
    botId: z.number(),
    name: z.string(),
    status: z.enum(broadcastStatuses),
    perMinute: z.number().nullable().describe("null: as fast as it goes; channels keep their own rates."),
    startAt: instantSchema.nullable(),
    createdAt: instantSchema,
    startedAt: instantSchema.nullable(),
    endedAt: instantSchema.nullable(),
    recipients: counts.describe("How many stand where; together the audience, once it is prepared."),
    expectedEnd: instantSchema
      .nullable()
      .describe("By its rate, its pace of late and the times that contacts have; null: unknown, or over."),
    perSecond: z.number().nullable().describe("Recipients a second, of late; null: unknown."),
    plan: planSchema,
    split: z
      .object({
        variants: z.array(z.object({ name: z.string(), share: z.number(), actions: z.array(z.unknown()) })),
        winnerBy: z.enum(winnerChoices),
        afterMinutes: z.number(),
      })
      .nullable()
      .describe("Several versions; null: everybody gets the same."),
    winner: z
      .number()
      .nullable()
      .describe("The variant, from 1 on, that whoever is in no share gets; null: not chosen."),
    choiceAt: instantSchema.nullable().describe("When the winner is chosen by itself, once every share was sent."),
    isTested: z.boolean().describe("Every share was sent."),
    actions: z.array(z.unknown()).describe("What each recipient gets."),
    sends: z.boolean().describe("Recipients may come to hear something by it; false: it only changes something."),
    revision: z.number().describe("One more with each change of the draft."),
  })
  .meta({ id: "Broadcast" });
export type BroadcastBody = z.infer<typeof broadcastSchema>;

const audienceSchema = z
  .strictObject({
    contacts: z.array(idSchema).min(1).max(100_000).optional(),
    tags: z.array(nameSchema).min(1).max(50).optional().describe("Who has one of them."),
    excludeTags: z.array(nameSchema).max(50).optional(),
    segments: z.array(idSchema).min(1).max(20).optional().describe("Who is in one of them."),
    condition: conditionBody.optional().describe("At least one rule: everybody is asked for by `all`."),
    all: z.literal(true).optional(),
    q: contactAskShape.q.describe("Beside one of the others: only who is called so, as in a search of contacts."),
  })
  .refine(
    ({ contacts, tags, segments, condition, all }) =>
      [contacts, tags, segments, condition, all].filter((one) => one !== undefined).length === 1,
    { error: "name one of contacts, tags, segments, condition and all" },
  )
  // An empty form would reach everybody, and nobody said so.
  .refine(({ condition }) => condition === undefined || comparesSomething(condition), {
    error: "a condition needs at least one rule; everybody is `all: true`",
    path: ["condition"],
  });

/** One broadcast alone: lists leave out the audience, which may be a hundred thousand contacts. */
export const broadcastDetailSchema = broadcastSchema
  .extend({ audience: z.unknown().describe("Who gets it, as it was asked for.") })
  .meta({ id: "BroadcastDetail" });
export interface BroadcastDetailBody extends BroadcastBody {
  readonly audience: AskedAudience;
}

const what = {
  content: z
    .union([z.string().min(1).max(20_000), messageContentSchema])
    .optional()
    .describe("A text (a template) or a message."),
  flow: z.string().min(1).max(20).optional(),
  step: z.string().min(1).max(20).optional(),
  actions: z.array(actionCallSchema).min(1).max(20).optional().describe("Anything of the action catalogue."),
};
const countWhat = ({ content, flow, actions }: { [K in "content" | "flow" | "actions"]?: unknown }) =>
  [content, flow, actions].filter((one) => one !== undefined).length;

const splitSchema = z
  .strictObject({
    variants: z
      .array(
        z
          .strictObject({
            name: nameSchema.optional().describe("Absent: A, B, C …"),
            share: z.number().int().min(1).max(100).describe("Percent of the audience."),
            ...what,
          })
          .refine((one) => countWhat(one) === 1, { error: "name one of content, flow and actions" }),
      )
      .min(2)
      .max(5)
      .refine((all) => all.reduce((sum, { share }) => sum + share, 0) <= 100, {
        error: "the shares are more than 100 percent together",
      }),
    winnerBy: z
      .enum(winnerChoices)
      .default("hand")
      .describe(
        "How it is chosen what whoever is in no share gets: by hand, or by the rate of recipients who pressed a button, answered, or read it.",
      ),
    afterMinutes: z.number().int().min(1).max(43_200).default(240).describe("So long after the last share was sent."),
  })
  .describe("Several versions, each for a share of the audience by chance; who is in no share gets the winner.");
const perMinute = z.number().int().min(1).max(1_000_000).nullable();
const startAt = instantSchema
  .refine((text) => !Number.isNaN(Date.parse(text)), { error: "a moment is written like 2027-03-01T10:00:00Z" })
  .describe("When it begins once it is started; absent: at once.");

const oneTime = { error: "name startAt or plan.local, not both", path: ["startAt"] };

export const broadcastCreateSchema = z
  .strictObject({
    bot: botReferenceSchema,
    name: nameSchema,
    audience: audienceSchema,
    ...what,
    perMinute: perMinute.default(null),
    startAt: startAt.optional(),
    plan: planSchema.default({}),
    split: splitSchema.optional(),
    start: z.boolean().default(false),
  })
  .refine((body) => countWhat(body) + (body.split === undefined ? 0 : 1) === 1, {
    error: "name one of content, flow, actions and split",
  })
  .refine(({ startAt, plan }) => startAt === undefined || plan.local === undefined, oneTime);

export const broadcastChangeSchema = z
  .strictObject({
    revision: z.number().int().positive().describe("Of the draft that the change was made from."),
    name: nameSchema.optional(),
    audience: audienceSchema.optional(),
    ...what,
    perMinute: perMinute.optional(),
    startAt: startAt.nullable().optional(),
    plan: planSchema.optional().describe("As a whole: what is not in it is no more."),
    split: splitSchema.optional(),
  })
  .refine((body) => countWhat(body) + (body.split === undefined ? 0 : 1) <= 1, {
    error: "name at most one of content, flow, actions and split",
  })
  .refine(({ startAt, plan }) => startAt == null || plan?.local === undefined, oneTime);

export const broadcastDuplicateSchema = z.strictObject({ name: nameSchema.optional().describe("Absent: the same.") });

/** A try of a draft: nothing of it stands in the ledger. */
export const broadcastTestSchema = z.strictObject({
  contacts: z.array(idSchema).min(1).max(10),
  variant: z.number().int().min(1).max(5).optional().describe("Which one; absent: the first."),
  note: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .default("Test")
    .describe("What stands before the broadcast's name in a message of its own, sent first."),
});
export const broadcastTestAnswerSchema = z.object({
  data: z.array(
    z.object({
      contactId: z.number(),
      status: z.enum(["sent", "failed", "skipped"]),
      reason: z.string().nullable().describe("As in the ledger."),
    }),
  ),
});

export const audienceCountSchema = z.strictObject({ bot: botReferenceSchema, audience: audienceSchema });
export const audienceCountAnswerSchema = z.object({
  count: z.number(),
  isEstimate: z.boolean().describe("A part of the contacts was looked at, and the rest is taken to be like it."),
});

export const winnerSchema = z.strictObject({ variant: z.number().int().min(1).max(5).describe("From 1 on.") });
export type BroadcastWhat = Pick<z.output<typeof broadcastChangeSchema>, keyof typeof what>;
export type BroadcastSplitBody = z.output<typeof splitSchema>;
export type BroadcastAudience = z.output<typeof audienceSchema>;

export const broadcastQuery = z.object({
  ...pageQuery,
  sends: z
    .enum(["true", "false"])
    .optional()
    .describe("Only those that send something, or only those that change something and send nothing."),
});
export const recipientQuery = z.object({ ...pageQuery, status: z.enum(recipientStatuses).optional() });
export const reasonSchema = z.object({ status: z.enum(recipientStatuses), reason: z.string(), count: z.number() });

export const recipientSchema = z.object({
  contactId: z.number(),
  name: z.string().nullable().describe("What the contact is called; null: it is not known."),
  status: z.enum(recipientStatuses),
  reason: z.string().nullable(),
  at: instantSchema.nullable(),
  dueAt: instantSchema.nullable().describe("When it is their turn; null: as soon as it can be."),
  variant: z.number().nullable().describe("From 1 on; null: what everybody gets, or the winner, once it is chosen."),
});
