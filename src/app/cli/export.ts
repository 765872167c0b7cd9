import { writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { Json } from "../../model/field.ts";
import { exportBot, formatBotFile } from "../../store/bot-file.ts";
import { requireBot } from "../../store/bot-store.ts";
import { formatFlowFile } from "../../store/flow-file.ts";
import { requireFlow } from "../../store/flow-store.ts";
import { defineDatabaseCommand } from "./command.ts";
import { requireWorkspace } from "./require-workspace.ts";

export const exportCommand = defineDatabaseCommand({
  kind: "database",
  name: "export",
  summary: "Write a flow, or a whole bot, as one file",
  options: z
    .strictObject({
      workspace: z.string().describe("Domain of the workspace."),
      bot: z.string().optional().describe("Ref of the bot to write, with all that its flows name."),
      flow: z.string().optional().describe("Ref of the one flow to write."),
      format: z.enum(["yaml", "json"]).default("yaml").describe("How to write it."),
      out: z.string().optional().describe("File to write to. Absent: stdout."),
    })
    .refine(({ bot, flow }) => (bot === undefined) !== (flow === undefined), "name either a bot or a flow"),
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
  async finish(result, { out }) {
    if (out === undefined) return result;
    const file = path.resolve(out);
    await writeFile(file, result.text);
    return { text: `Written to ${file}.`, data: { file } };
  },
});
