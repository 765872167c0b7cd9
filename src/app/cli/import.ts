import { parse } from "yaml";
import { z } from "zod";
import { AppError } from "../../model/app-error.ts";
import { type BotFile, botFileSchema, exportBot, importBot } from "../../store/bot-file.ts";
import type { ReadFolder } from "../../store/bot-folder.ts";
import { type Bot, listBots, requireBot } from "../../store/bot-store.ts";
import type { Database } from "../../store/database.ts";
import { importFlow, parseFlowFile } from "../../store/flow-file.ts";
import { listFlows, publishFlow, requireFlow } from "../../store/flow-store.ts";
import type { Workspace } from "../../store/workspace-store.ts";
import { parseYaml } from "../../store/yaml-file.ts";
import { findFlowProblems } from "../find-flow-problems.ts";
import { CommandError, type CommandResult, defineDatabaseCommand } from "./command.ts";
import { importFolder, packFolder, unpackFolder } from "./import-folder.ts";
import { findWarnings, refuseWarnings, renderWarnings } from "./import-warnings.ts";
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
      strict: z.boolean().default(false).describe("Change nothing where publishing would warn of something."),
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
    ...(options.file === undefined
      ? {}
      : { file: packFolder(new Map([[options.file, await readTextFile(options.file)]])) }),
    ...(options.folder === undefined ? {} : { folder: packFolder(await readFolder(options.folder)) }),
  }),
  // Whoever waits in a sequence that was changed is put right by a job.
  enqueues: ({ folder, dryRun }) => folder !== undefined && !dryRun,
  async run({ database, enqueueJobs }, { file, workspace: domain, bot, publish, folder, dryRun, prune, strict }) {
    const workspace = await requireWorkspace(database.db, domain);
    return await database.db.transaction().execute(async (trx) => {
      if (folder !== undefined) {
        return await importFolder(trx, workspace, unpackFolder(folder), {
          botRef: bot,
          dryRun,
          publish,
          prune,
          strict,
          enqueueJobs,
        });
      }
      const [[name, text] = ["", ""]] = unpackFolder(file ?? "[]");
      return isBotFile(text)
        ? await takeBot(trx, workspace, { name, text, strict })
        : await takeFlow(trx, await chooseBot(trx, workspace, bot), { name, text, publish, strict });
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

interface GivenFile {
  readonly name: string;
  readonly text: string;
  readonly strict: boolean;
}

async function takeBot(trx: Database, workspace: Workspace, { name, text, strict }: GivenFile): Promise<CommandResult> {
  const parsed = botFileSchema.safeParse(parse(text));
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new CommandError("bot.malformed", `this is not a bot:\n${problems.join("\n")}`);
  }
  const options = { at: new Date(), findProblems: findFlowProblems };
  const { bot, unpublished } = await importBot(trx, workspace.id, parsed.data, options);
  const warnings = await findWarnings(trx, bot.id, {
    bot: { ...parsed.data, flows: await findMade(trx, bot, parsed.data) },
    placeOf: placesOf(name, text),
  });
  if (strict) refuseWarnings(warnings);
  const left = unpublished.map(({ ref, problems }) => `\nFlow ${ref} stays a draft: ${problems.join("; ")}`);
  return {
    text: [`Bot ${bot.ref} is there.${left.join("")}`, ...renderWarnings(warnings)].join("\n"),
    data: {
      bot: bot.ref,
      drafts: unpublished.map(({ ref, problems }) => ({ ref, problems: [...problems] })),
      warnings: warnings.map((one) => ({ ...one })),
    },
  };
}

/** The file's flows as they were made: with the refs that they have here. */
async function findMade(trx: Database, bot: Bot, { flows }: BotFile): Promise<BotFile["flows"]> {
  const access = { workspaceId: bot.workspaceId, botId: bot.id };
  const made = (await listFlows(trx, access)).toSorted((a, b) => a.id - b.id);
  return await Promise.all(
    made.map(async ({ ref }, index) => {
      const { draft } = await requireFlow(trx, access, ref);
      return { ...draft, ref, isPublished: flows[index]?.isPublished === true };
    }),
  );
}

function placesOf(file: string, text: string): ReadFolder["placeOf"] {
  const parsed = parseYaml(file, text);
  return (path) => ({ file, line: "problems" in parsed ? 1 : parsed.lineOf(path) });
}

async function takeFlow(
  trx: Database,
  bot: Bot,
  { name, text, publish, strict }: GivenFile & { readonly publish: boolean },
): Promise<CommandResult> {
  const flow = await importFlow(trx, bot, parseFlowFile(text));
  const problems = publish ? findFlowProblems(flow.draft) : [];
  if (problems.length > 0) throw new AppError("flow.invalid", `the flow cannot be published: ${problems.join("; ")}`);
  const placeOf = placesOf(name, text);
  const alone = { ...(await exportBot(trx, bot)), flows: [{ ...flow.draft, ref: flow.ref, isPublished: true }] };
  const warnings = await findWarnings(trx, bot.id, { bot: alone, placeOf: (path) => placeOf(path.slice(2)) });
  if (strict) refuseWarnings(warnings);
  const version = publish ? await publishFlow(trx, bot.workspaceId, flow, { note: "imported", at: new Date() }) : null;
  const done = publish ? "is published" : "is there, as a draft";
  return {
    text: [`Flow ${flow.ref} ${done}.`, ...renderWarnings(warnings)].join("\n"),
    data: { flow: flow.ref, version, warnings: warnings.map((one) => ({ ...one })) },
  };
}

async function chooseBot(trx: Database, { id: workspaceId, domain }: Workspace, ref: string | undefined): Promise<Bot> {
  if (ref !== undefined) return await requireBot(trx, { workspaceId }, ref);
  const bots = await listBots(trx, { workspaceId });
  if (bots.length === 1 && bots[0] !== undefined) return bots[0];
  throw new CommandError("bot.ambiguous", `the workspace ${domain} has ${bots.length} bots: name one with --bot`);
}
