import { z } from "zod";
import { flowDocumentSchema, refSchema } from "../../model/flow.ts";
import { botReferenceSchema, instantSchema, sentenceShape } from "./common.ts";
import { ofBotQuery } from "./sequences.ts";

export const flowSummarySchema = z
  .object({
    ref: z.string(),
    botId: z.number(),
    name: z.string(),
    folder: z.string().nullable().describe("What it is kept under in lists, as its draft says; null: nothing."),
    draftRevision: z.number(),
    publishedVersion: z.number().nullable().describe("null: not published."),
    createdAt: instantSchema,
    updatedAt: instantSchema,
    steps: z
      .array(z.object({ ref: z.string(), kind: z.string(), name: z.string().nullable() }))
      .optional()
      .describe("Of the draft, in lists, where `stepsOf` names the flow."),
  })
  .meta({ id: "FlowSummary" });
const refList = z.array(z.string().max(20)).max(200);
export const flowListQuery = ofBotQuery.extend({
  stepsOf: z
    .union([
      z
        .string()
        .max(20)
        .transform((one) => [one]),
      refList,
    ])
    .optional()
    .describe("Refs of flows whose steps are told too, by ref, kind and name."),
});
export type FlowSummaryBody = z.infer<typeof flowSummarySchema>;

export const flowSchema = flowSummarySchema.extend({ draft: flowDocumentSchema }).meta({ id: "Flow" });

export const draftSchema = z.object({ draftRevision: z.number(), document: flowDocumentSchema });

export const flowCreateSchema = z.strictObject({
  bot: botReferenceSchema,
  ref: refSchema.optional(),
  document: flowDocumentSchema.describe("The first draft; a name is enough."),
});
export const draftSaveSchema = z.strictObject({
  draftRevision: z.number().int().positive().describe("Of the draft that this one was made from."),
  document: flowDocumentSchema,
});
export const publishSchema = z.strictObject({ note: z.string().max(500).default("").describe("What is new in it.") });

export const flowProblemSchema = z.object({
  severity: z.enum(["error", "warning"]).describe("An error keeps the flow from being published."),
  step: z.string().optional().describe("Absent: the flow as a whole."),
  code: z.string(),
  ...sentenceShape,
});
export const validationSchema = z.object({
  valid: z.boolean().describe("Whether it can be published."),
  problems: z.array(flowProblemSchema),
});

export const flowVersionSchema = z
  .object({
    version: z.number(),
    note: z.string(),
    publishedAt: instantSchema,
    publishedBy: z.string().nullable().describe("Name or e-mail address; null: a token, or somebody who is gone."),
  })
  .meta({ id: "FlowVersion" });
export const flowVersionDocumentSchema = flowVersionSchema.extend({ document: flowDocumentSchema });
export type FlowVersionBody = z.infer<typeof flowVersionSchema>;
export const publishedSchema = z.object({
  version: z.number(),
  isNew: z
    .boolean()
    .describe("Whether this version was made now; false: the draft had nothing new, and the version was live before."),
  problems: z.array(flowProblemSchema),
});
export const versionParams = z.object({
  ref: z.string().min(1).max(20),
  version: z.coerce.number().int().positive().max(2_147_483_647),
});

export const flowUsesSchema = z.object({
  flows: z
    .array(
      z.object({
        ref: z.string(),
        name: z.string(),
        steps: z
          .array(z.string())
          .describe("Refs of the steps that name this flow, of the draft or the published version."),
        published: z.boolean().describe("Whether the published version does, not only the draft."),
      }),
    )
    .describe("That start this flow or go to it."),
  entryLinks: z.array(z.object({ ref: z.string(), name: z.string() })),
  inboundWebhooks: z.array(z.object({ id: z.number(), name: z.string(), active: z.boolean() })),
  sequences: z.array(z.object({ ref: z.string(), name: z.string() })),
  broadcasts: z.array(z.object({ id: z.number(), name: z.string(), status: z.string() })),
});
export type FlowUsesBody = z.infer<typeof flowUsesSchema>;

export const exportQuery = z.object({
  format: z.enum(["json", "yaml"]).default("json"),
  version: z.coerce.number().int().positive().max(2_147_483_647).optional().describe("Absent: the draft."),
});
export const importQuery = z.object({
  bot: z.string().min(1).max(20).describe("Id or ref of the bot that gets the flow."),
});

export const flowDaysQuery = z.object({ days: z.coerce.number().int().positive().max(366).default(30) });
export const stepNumbersQuery = z.object({
  days: z.coerce.number().int().positive().max(366).default(7).describe("Of the last so many days."),
  channel: z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER).optional().describe("Id; absent: all."),
});
const number = z.number().int();
export const stepNumbersSchema = z.object({
  step: z.string(),
  entered: number,
  waiting: number.describe("At this moment, whenever they came."),
  sent: number,
  delivered: number.describe("As far as the channel tells."),
  read: number.describe("As far as the channel tells."),
  failed: number,
  clicked: number.describe("Presses of all its buttons."),
  buttons: z.record(z.string(), number).describe("Presses by the button's id."),
});
export type StepNumbersBody = z.infer<typeof stepNumbersSchema>;
export const flowDaySchema = z.object({ date: z.iso.date(), conversations: z.number().int() });
