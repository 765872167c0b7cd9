import { parse } from "yaml";
import { z } from "zod";
import { AppError } from "../../model/app-error.ts";
import { botFileSchema, importBot } from "../../store/bot-file.ts";
import { type Bot, listBots, requireBot } from "../../store/bot-store.ts";
import type { Database } from "../../store/database.ts";
import { importFlow, parseFlowFile } from "../../store/flow-file.ts";
import { publishFlow } from "../../store/flow-store.ts";
import type { Workspace } from "../../store/workspace-store.ts";
import { findFlowProblems } from "../find-flow-problems.ts";
import { CommandError, type CommandResult, defineDatabaseCommand } from "./command.ts";
import { importFolder, packFolder, unpackFolder } from "./import-folder.ts";
import { readFolder } from "./read-folder.ts";
import { readTextFile } from "./read-text-file.ts";
import { requireWorkspace } from "./require-workspace.ts";

export const importCommand = defineDatabaseCommand({
  kind: "database",
  name: "import",
  summary: "Take in a flow, or a whole bot, from a file or a folder that export wrote",
  options: z
    .strictObject({
      file: z.string().optional().describe("The file, JSON or YAML."),
      workspace: z.string().describe("Domain of the workspace."),
      bot: z
        .string()
        .optional()
        .describe(
          "Ref of the bot that gets the flow (absent: the workspace's only one), or that becomes what the folder says.",
        ),
      publish: z
        .boolean()
        .default(false)
        .describe(
          "Publish the flow, or the folder's flows, at once. Those of a bot's file are published where it says so.",
        ),
      folder: z
        .string()
        .optional()
        .describe("Folder of a bot, in the place of a file: the bot of the same ref becomes what the folder says."),
      dryRun: z.boolean().default(false).describe("With a folder: only tell what would be changed."),
      prune: z
        .boolean()
        .default(false)
        .describe("With a folder: delete flows, sequences, entry links and variables that are not in it."),
    })
    .refine(({ file, folder }) => (file === undefined) !== (folder === undefined), "name either a file or a folder")
    .refine(
      ({ folder, dryRun, prune }) => folder !== undefined || !(dryRun || prune),
      "--dry-run and --prune go with --folder",
    ),
  positionals: ["file"],
  // What runs in the server sees no files of the caller: it gets the texts in the place of the names.
  prepare: async (options) => ({
    ...options,
    ...(options.file === undefined ? {} : { file: await readTextFile(options.file) }),
    ...(options.folder === undefined ? {} : { folder: packFolder(await readFolder(options.folder)) }),
  }),
  async run({ database, enqueueJobs }, { file: text = "", workspace: domain, bot, publish, folder, dryRun, prune }) {
    const workspace = await requireWorkspace(database.db, domain);
    return await database.db.transaction().execute(async (trx) => {
      if (folder !== undefined) {
        return await importFolder(trx, workspace, unpackFolder(folder), {
          botRef: bot,
          dryRun,
          publish,
          prune,
          enqueueJobs,
        });
      }
      return isBotFile(text)
        ? await takeBot(trx, workspace, text)
        : await takeFlow(trx, await chooseBot(trx, workspace, bot), text, publish);
    });
  },
});

function isBotFile(text: string): boolean {
  try {
    return (parse(text, { logLevel: "error" }) as { readonly kind?: unknown } | null)?.kind === "repartee-bot";
  } catch {
    // The flow file's own reader says what is wrong with it.
    return false;
  }
}

async function takeBot(trx: Database, workspace: Workspace, text: string): Promise<CommandResult> {
  const parsed = botFileSchema.safeParse(parse(text));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new CommandError("bot.malformed", `this is not a bot:\n${problems.join("\n")}`);
  }
  const options = { at: new Date(), findProblems: findFlowProblems };
  const { bot, unpublished } = await importBot(trx, workspace.id, parsed.data, options);
  const left = unpublished.map(({ ref, problems }) => `\nFlow ${ref} stays a draft: ${problems.join("; ")}`);
  return {
    text: `Bot ${bot.ref} is there.${left.join("")}`,
    data: { bot: bot.ref, drafts: unpublished.map(({ ref, problems }) => ({ ref, problems: [...problems] })) },
  };
}

async function takeFlow(trx: Database, bot: Bot, text: string, publish: boolean): Promise<CommandResult> {
  const file = parseFlowFile(text);
  const flow = await importFlow(trx, bot, file);
  if (!publish) return { text: `Flow ${flow.ref} is there, as a draft.`, data: { flow: flow.ref, version: null } };
  const problems = findFlowProblems(flow.draft);
  if (problems.length > 0) throw new AppError("flow.invalid", `the flow cannot be published: ${problems.join("; ")}`);
  const version = await publishFlow(trx, bot.workspaceId, flow, { note: "imported", at: new Date() });
  return { text: `Flow ${flow.ref} is published.`, data: { flow: flow.ref, version } };
}

async function chooseBot(trx: Database, { id: workspaceId, domain }: Workspace, ref: string | undefined): Promise<Bot> {
  if (ref !== undefined) return await requireBot(trx, { workspaceId }, ref);
  const bots = await listBots(trx, { workspaceId });
  if (bots.length === 1 && bots[0] !== undefined) return bots[0];
  throw new CommandError("bot.ambiguous", `the workspace ${domain} has ${bots.length} bots: name one with --bot`);
}
