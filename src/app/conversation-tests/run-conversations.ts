import path from "node:path";
import type { RunScript } from "../../shell/scripts/script-pool.ts";
import type { ReadFolder } from "../../store/bot-folder.ts";
import type { FileProblem } from "../../store/yaml-file.ts";
import { CommandError } from "../cli/command.ts";
import { UsageError } from "../cli/parse-options.ts";
import { findBotWarnings } from "../find-bot-problems.ts";
import { botOfFile } from "./bot-of-file.ts";
import { checkNames } from "./check-names.ts";
import { type Played, playConversation } from "./play-conversation.ts";
import { readBot } from "./read-bot.ts";
import { findConversationFiles, type ReadFile, readConversationFile } from "./read-conversations.ts";

/** One conversation, and what came of it. */
export interface ConversationResult extends Played {
  readonly file: string;
  readonly title: string;
  /** Where it begins in its file, from 1. */
  readonly line: number;
  /** Where it failed. */
  readonly failedLine?: number;
}

export interface TestReport {
  readonly results: readonly ConversationResult[];
  /** Files that cannot be played; the others were. */
  readonly problems: readonly FileProblem[];
  /** What publishing the bots would warn of. */
  readonly warnings: readonly FileProblem[];
}

interface RunOptions {
  readonly paths: readonly string[];
  /** Only conversations whose title contains it, in small letters or large. */
  readonly filter?: string | undefined;
  readonly seed?: number | undefined;
  readonly runScript: RunScript;
}

/** Plays all conversations of the files that are meant. Throws `UsageError` where there is none. */
export async function runConversations({ paths, filter, seed, runScript }: RunOptions): Promise<TestReport> {
  const names = await findConversationFiles(paths);
  if (names.length === 0) {
    throw new UsageError(`there is no *.conversation.yaml in ${paths.join(", ")}`);
  }
  const bots = new Map<string, ReturnType<typeof readBot>>();
  const results: ConversationResult[] = [];
  const problems: FileProblem[] = [];
  const warnings = new Warnings();
  for (const name of names) {
    const read = await readFile(name, bots);
    if ("problems" in read) {
      problems.push(...read.problems);
      continue;
    }
    warnings.note(read.place, findBotWarnings(read.bot, botOfFile(read.bot.bot, read.file, "webchat")));
    for (const [index, conversation] of read.file.conversations.entries()) {
      if (filter !== undefined && !conversation.title.toLowerCase().includes(filter.toLowerCase())) continue;
      const played = await playConversation({ botFile: read.bot.bot, file: read.file, conversation, seed, runScript });
      const at = ["conversations", index];
      const { failure } = played;
      results.push({
        file: name,
        title: conversation.title,
        line: read.lineOf(at),
        ...played,
        ...(failure === undefined ? {} : { failedLine: read.lineOf([...at, ...placeOf(failure)]) }),
      });
    }
  }
  if (results.length === 0 && problems.length === 0) {
    throw new UsageError(`no conversation's title contains "${filter}"`);
  }
  // Two conversations of one file may name the same bot, whose problems are told once.
  return { results, problems: [...byText(problems).values()], warnings: warnings.list() };
}

const byText = (list: readonly FileProblem[]) => new Map(list.map((one) => [JSON.stringify(one), one]));

/** What is warned of a bot whichever file plays with it: a file need not name the people and systems that its conversations do not come to. */
class Warnings {
  readonly #ofBots = new Map<string, ReadonlyMap<string, FileProblem>>();

  note(bot: string, found: readonly FileProblem[]): void {
    const now = byText(found);
    const before = this.#ofBots.get(bot) ?? now;
    this.#ofBots.set(bot, new Map([...before].filter(([text]) => now.has(text))));
  }

  list(): readonly FileProblem[] {
    return [...this.#ofBots.values()].flatMap((ofBot) => [...ofBot.values()]);
  }
}

const placeOf = ({ index }: { readonly index?: number }) => (index === undefined ? ["contact"] : ["script", index]);

type Bots = Map<string, ReturnType<typeof readBot>>;

async function readFile(
  name: string,
  bots: Bots,
): Promise<
  (ReadFile & { readonly bot: ReadFolder; readonly place: string }) | { readonly problems: readonly FileProblem[] }
> {
  const read = await asProblem(name, 1, () => readConversationFile(name));
  if ("problems" in read) return read;
  const { file, lineOf } = read;
  const place = path.join(path.dirname(name), file.bot);
  const known = bots.get(place) ?? asProblem(name, lineOf(["bot"]), () => readBot(place));
  bots.set(place, known);
  const bot = await known;
  if ("problems" in bot) return bot;
  const problems = checkNames(bot.bot, file).map(({ path: at, message }) => ({
    file: name,
    line: lineOf(at),
    message,
  }));
  return problems.length > 0 ? { problems } : { ...read, bot, place };
}

/** What cannot be read is a problem of the file that names it. */
async function asProblem<T>(
  file: string,
  line: number,
  read: () => Promise<T>,
): Promise<T | { readonly problems: FileProblem[] }> {
  try {
    return await read();
  } catch (thrown) {
    if (thrown instanceof CommandError) return { problems: [{ file, line, message: thrown.message }] };
    throw thrown;
  }
}
