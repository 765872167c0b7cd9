import { z } from "zod";
import { importEncodings, importSeparators, importStatuses, importTargetSchema } from "../../model/import.ts";
import { instantSchema, nameSchema, pageQuery } from "./common.ts";
import { contactAskShape } from "./contact-lists.ts";

const mapping = z
  .array(importTargetSchema.nullable())
  .max(500)
  .describe("One entry a column: a profile value, `cuid`, `tags`, `labels`, `field:<key>`; null: left out.");

const settingsShape = {
  separator: z.enum(importSeparators),
  encoding: z.enum(importEncodings),
  mapping,
  tags: z.array(nameSchema).max(50).describe("Tags that everybody gets."),
};

export const importSchema = z
  .object({
    id: z.number(),
    botId: z.number(),
    name: z.string(),
    status: z.enum(importStatuses),
    error: z.string().nullable().describe("Why the file could not be read to its end, where it could not."),
    ...settingsShape,
    lines: z.number().describe("Records after the heading."),
    done: z.number(),
    counts: z
      .object({ created: z.number(), updated: z.number(), refused: z.number() })
      .describe("What became of them; after a check, what would."),
    createdAt: instantSchema,
    startedAt: instantSchema.nullable(),
    endedAt: instantSchema.nullable(),
  })
  .meta({ id: "Import" });
export type ImportBody = z.infer<typeof importSchema>;

/** With the heading and the first records, as the settings read them. */
export const importPreviewSchema = importSchema
  .extend({ columns: z.array(z.string()), sample: z.array(z.array(z.string())) })
  .meta({ id: "ImportPreview" });
export type ImportPreviewBody = z.infer<typeof importPreviewSchema>;

export const importUploadQuery = z.strictObject({
  bot: z.string().min(1).max(20).describe("Id or ref of the bot."),
  name: nameSchema.default("import.csv").describe("The file's name."),
});

export const importChangeSchema = z.strictObject({
  separator: settingsShape.separator.optional(),
  encoding: settingsShape.encoding.optional(),
  mapping: mapping.optional(),
  tags: settingsShape.tags.optional(),
});

export const importLineQuery = z.object(pageQuery);
export const importLineSchema = z.object({
  line: z.number().describe("Of the file; 1 is the heading."),
  reason: z.string().nullable(),
});
export type ImportLineBody = z.infer<typeof importLineSchema>;

/** For addresses: a browser downloads what it is led to. */
export const contactExportQuery = z.object({
  q: contactAskShape.q,
  segment: contactAskShape.segment,
  bot: z.string().max(20).optional().describe("Id or ref of a bot."),
  condition: z.string().max(12_000).optional().describe("A condition as JSON."),
  columns: z
    .string()
    .max(4000)
    .optional()
    .describe(
      "Separated by commas: profile values, `cuid`, `tags`, `labels`, `channels`, `createdAt`, `field.<key>` …; absent: all.",
    ),
  workspace: z.string().max(100).optional().describe("Of a browser's session."),
});
export const workspaceQuery = contactExportQuery.pick({ workspace: true });
