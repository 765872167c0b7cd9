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
import { readTextFile } from "./read-text-file.ts";
import { requireWorkspace } from "./require-workspace.ts";

export const importCommand = defineDatabaseCommand({
  kind: "database",
  name: "import",
  summary: "Take in a flow, or a whole bot, from a file that export wrote",
  options: z.strictObject({
    file: z.string().describe("The file, JSON or YAML."),
    workspace: z.string().describe("Domain of the workspace."),
    bot: z.string().optional().describe("Ref of the bot that gets the flow. Absent: the workspace's only one."),
    publish: z
      .boolean()
      .default(false)
      .describe("Publish the flow at once. A bot's flows are published where the file says so."),
  }),
  positionals: ["file"],
  // What runs in the server sees no files of the caller: it gets the text in the place of the name.
  prepare: async (options) => ({ ...options, file: await readTextFile(options.file) }),
  async run({ database }, { file: text, workspace: domain, bot, publish }) {
    const workspace = await requireWorkspace(database.db, domain);
    return await database.db
      .transaction()
      .execute(async (trx) =>
        isBotFile(text)
          ? await takeBot(trx, workspace, text)
          : await takeFlow(trx, await chooseBot(trx, workspace, bot), text, publish),
      );
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
