import { isDeepStrictEqual } from "node:util";
import { sql } from "kysely";
import { toSettleJob } from "../../shell/jobs/settle-sequence.ts";
import { type BotFile, exportBot, importBot } from "../../store/bot-file.ts";
import { type Folder, fromFolder, type ReadFolder } from "../../store/bot-folder.ts";
import { type Bot, findBot } from "../../store/bot-store.ts";
import { findForeignRefs, syncBot } from "../../store/bot-sync.ts";
import type { Database } from "../../store/database.ts";
import { loadPublishedFlows } from "../../store/snapshot-store.ts";
import type { Workspace } from "../../store/workspace-store.ts";
import type { FileProblem } from "../../store/yaml-file.ts";
import { type BotChange, compareBots, renderChanges } from "../bot-difference.ts";
import { findBotProblems } from "../find-bot-problems.ts";
import { findFlowProblems } from "../find-flow-problems.ts";
import { CommandError, type CommandResult, type DatabaseContext } from "./command.ts";
import { findWarnings, refuseWarnings, renderProblem, renderWarnings } from "./import-warnings.ts";

interface FolderOptions {
  /** The bot that is brought to what the folder says; absent: the one that the folder names, which is made where there is none. */
  readonly botRef?: string | undefined;
  readonly dryRun: boolean;
  readonly publish: boolean;
  readonly prune: boolean;
  /** Warnings are problems. */
  readonly strict: boolean;
  /** May be absent in a dry run alone. */
  readonly enqueueJobs?: DatabaseContext["enqueueJobs"];
}

/** Brings a bot to what a folder says, or only tells what that would change. Throws `CommandError` with every problem before anything is written. */
export async function importFolder(
  trx: Database,
  workspace: Workspace,
  folder: Folder,
  options: FolderOptions,
): Promise<CommandResult> {
  const read = fromFolder(folder);
  if ("problems" in read) throw toError(read.problems);
  const wanted = read.bot;
  const access = { workspaceId: workspace.id };
  const known = await findBot(trx, access, options.botRef ?? wanted.ref);
  if (known === undefined && options.botRef !== undefined) {
    throw new CommandError("bot.not_found", `the workspace ${workspace.domain} has no bot "${options.botRef}"`);
  }
  const current = known === undefined ? undefined : await exportBot(trx, known);
  const problems = [
    ...(await findConflicts(trx, known, read)),
    ...(current === undefined ? [] : findChangedKinds(current, read)),
    ...(options.publish ? findBotProblems(read, { all: false }) : []),
  ];
  if (problems.length > 0) throw toError(problems);
  const published = await findPublished(trx, known, wanted);
  const base = current ?? (await emptyBot(trx, workspace, wanted));
  const changes = compareBots(base, wanted, { publish: options.publish, published });
  const bot = await write(trx, workspace, { known, current, wanted }, options, async (written) => {
    const warnings = await findWarnings(trx, written.id, read);
    if (options.strict) refuseWarnings(warnings);
    return { ref: written.ref, isNew: known === undefined, warnings };
  });
  return report(workspace, bot, { changes, read }, options);
}

/** The folder's files as one text: what runs in the server sees no files of the caller. */
export const packFolder = (folder: Folder): string => JSON.stringify([...folder]);
export const unpackFolder = (text: string): Folder => new Map(JSON.parse(text) as [string, string][]);

function toError(problems: readonly FileProblem[]): CommandError {
  const lines = problems.map((problem) => renderProblem(problem).trim());
  return new CommandError("bot.malformed", `nothing was changed:\n${lines.join("\n")}`);
}

async function findConflicts(
  trx: Database,
  known: Bot | undefined,
  { bot, placeOf }: ReadFolder,
): Promise<FileProblem[]> {
  const holder =
    known === undefined
      ? await trx.selectFrom("bots").select("id").where("ref", "=", bot.ref).executeTakeFirst()
      : undefined;
  const taken = (ref: string) =>
    `the ref "${ref}" belongs to another bot of this server, and refs stay as they are; for a copy with refs of its own import a bot's file`;
  const foreign = await findForeignRefs(trx, known, bot);
  return [
    ...(holder === undefined ? [] : [{ ...placeOf(["ref"]), message: taken(bot.ref) }]),
    ...foreign.map(({ what, ref }) => ({
      ...placeOf([what, bot[what].findIndex((one) => one.ref === ref)]),
      message: taken(ref),
    })),
  ];
}

/** What stored values and links out in the world rest on. */
function findChangedKinds(current: BotFile, { bot, placeOf }: ReadFolder): FileProblem[] {
  const kinds = (what: "fields" | "variables") => {
    const there = new Map(current[what].map(({ key, kind }) => [key, kind]));
    return bot[what].flatMap(({ key, kind }, index): FileProblem[] => {
      const known = there.get(key);
      if (known === undefined || known === kind) return [];
      const message = `"${key}" is of kind ${known} here, and kinds stay as they are: take another key`;
      return [{ ...placeOf([what, index, "kind"]), message }];
    });
  };
  const payloads = new Map(current.entryLinks.map(({ ref, payload }) => [ref, payload]));
  return [
    ...kinds("fields"),
    ...kinds("variables"),
    ...bot.entryLinks.flatMap(({ ref, payload }, index): FileProblem[] => {
      const known = payloads.get(ref);
      if (known === undefined || known === payload) return [];
      const message = `the link "${ref}" is out in the world with "${known}", which stays: take another ref`;
      return [{ ...placeOf(["entryLinks", index, "payload"]), message }];
    }),
  ];
}

/** Refs of the flows that run as the files say. */
async function findPublished(trx: Database, known: Bot | undefined, { flows }: BotFile): Promise<ReadonlySet<string>> {
  const live = known === undefined ? [] : await loadPublishedFlows(trx, known.id);
  const documents = new Map(live.map(({ ref, document }) => [ref, document]));
  const same = flows.filter(({ ref, isPublished: _isPublished, ...document }) =>
    isDeepStrictEqual(plain(documents.get(ref) ?? null), plain(document)),
  );
  return new Set(same.map(({ ref }) => ref));
}

const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;

/** A bot of which there is only the name, with what its workspace has. */
async function emptyBot(trx: Database, { id }: Workspace, { ref, name }: BotFile): Promise<BotFile> {
  return await exportBot(trx, { id: 0, workspaceId: id, ref, name });
}

interface Bots {
  readonly known: Bot | undefined;
  readonly current: BotFile | undefined;
  readonly wanted: BotFile;
}

/** Writes, and looks at what came of it. A dry run writes too and takes it back: so it tells what the import itself would. */
async function write<T>(
  trx: Database,
  workspace: Workspace,
  { known, current, wanted }: Bots,
  { dryRun, publish, prune, enqueueJobs }: FolderOptions,
  look: (bot: Bot) => Promise<T>,
): Promise<T> {
  const at = new Date();
  if (dryRun) await sql`savepoint dry_run`.execute(trx);
  let bot = known;
  if (bot !== undefined && current !== undefined) {
    const moved = await syncBot(trx, bot, { current, wanted }, { at, publish, prune });
    if (!dryRun && moved.length > 0) {
      // Left out silently, whoever waits would get the next step later than the folder says.
      if (enqueueJobs === undefined) throw new Error("importing a folder needs the job queue");
      await enqueueJobs(trx, moved.map(toSettleJob));
    }
  } else {
    const flows = wanted.flows.map((flow) => ({ ...flow, isPublished: publish && flow.isPublished }));
    ({ bot } = await importBot(trx, workspace.id, { ...wanted, flows }, { at, findProblems: findFlowProblems }));
  }
  const seen = await look(bot);
  if (dryRun) await sql`rollback to savepoint dry_run`.execute(trx);
  return seen;
}

interface Outcome {
  readonly changes: readonly BotChange[];
  readonly read: ReadFolder;
}

function report(
  { domain }: Workspace,
  bot: { readonly isNew: boolean; readonly ref: string; readonly warnings: readonly FileProblem[] },
  { changes, read }: Outcome,
  { dryRun, publish, prune }: FolderOptions,
): CommandResult {
  const { isNew, ref, warnings } = bot;
  const problems = publish ? [] : findBotProblems(read, { all: true });
  const counts = (["added", "changed", "removed"] as const).map(
    (kind) => changes.filter((one) => one.kind === kind).length,
  );
  const end = dryRun ? "This was a dry run: nothing was changed." : "Done.";
  const none = changes.length === 0 ? ["  There is no difference."] : [];
  const text = [
    `${isNew ? "A new bot" : "Bot"} ${ref} in the workspace ${domain}:`,
    ...none,
    ...renderChanges(changes, { prune }),
    ...(problems.length === 0 ? [] : ["These flows cannot be published yet:"]),
    ...problems.map(renderProblem),
    ...renderWarnings(warnings),
    `${counts[0]} added, ${counts[1]} changed, ${counts[2]} ${prune ? "removed" : "only here"}. ${end}`,
  ].join("\n");
  const data = { bot: ref, isNew, isDryRun: dryRun, changes, problems, warnings };
  return { text, data: plain(data) as CommandResult["data"] };
}
