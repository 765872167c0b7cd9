import { writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { Json } from "../../model/field.ts";
import { type BotFile, exportBot, formatBotFile } from "../../store/bot-file.ts";
import { requireBot } from "../../store/bot-store.ts";
import { formatFlowFile } from "../../store/flow-file.ts";
import { requireFlow } from "../../store/flow-store.ts";
import { defineDatabaseCommand } from "./command.ts";
import { requireWorkspace } from "./require-workspace.ts";
import { writeFolder } from "./write-folder.ts";

export const exportCommand = defineDatabaseCommand({
  kind: "database",
  name: "export",
  summary: "Write a flow, or a whole bot, as one file; or a bot as a folder of files",
  options: z
    .strictObject({
      workspace: z.string().describe("Domain of the workspace."),
      bot: z.string().optional().describe("Ref of the bot to write, with all that its flows name."),
      flow: z.string().optional().describe("Ref of the one flow to write."),
      format: z.enum(["yaml", "json"]).default("yaml").describe("How to write it."),
      out: z.string().optional().describe("File to write to. Absent: stdout."),
      folder: z
        .string()
        .optional()
        .describe("Folder to write the bot to, a file a flow. Files that say the same already stay as they are."),
    })
    .refine(({ bot, flow }) => (bot === undefined) !== (flow === undefined), "name either a bot or a flow")
    .refine(
      ({ folder, bot, out, format }) =>
        folder === undefined || (bot !== undefined && out === undefined && format === "yaml"),
      "a folder takes a bot, as YAML, and no other file",
    ),
  async run({ database }, { workspace: domain, bot: botRef, flow: flowRef, format }) {
    const { id: workspaceId } = await requireWorkspace(database.db, domain);
    if (flowRef !== undefined) {
      const { ref, draft } = await requireFlow(database.db, { workspaceId }, flowRef);
      return { text: formatFlowFile({ ref, document: draft }, format), data: { ref, ...draft } as unknown as Json };
    }
    const bot = await requireBot(database.db, { workspaceId }, botRef ?? "");
    const file = await exportBot(database.db, bot);
    return { text: formatBotFile(file, format), data: file as unknown as Json };
  },
  async finish(result, { out, folder }) {
    if (folder !== undefined) return await writeFolder(folder, result.data as unknown as BotFile);
    if (out === undefined) return result;
    const file = path.resolve(out);
    await writeFile(file, result.text);
    return { text: `Written to ${file}.`, data: { file } };
  },
});
