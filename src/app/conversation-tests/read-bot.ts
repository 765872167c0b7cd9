import { stat } from "node:fs/promises";
import path from "node:path";
import type { BotFile } from "../../store/bot-file.ts";
import { fromBotFile, fromFolder } from "../../store/bot-folder.ts";
import type { FileProblem } from "../../store/yaml-file.ts";
import { readFolder } from "../cli/read-folder.ts";
import { readTextFile } from "../cli/read-text-file.ts";
import { findBotProblems } from "../find-bot-problems.ts";

/** Reads a bot's file or folder; a published flow that a server would refuse is a problem too. Throws `CommandError` where it cannot be read at all. */
export async function readBot(
  name: string,
): Promise<{ readonly bot: BotFile } | { readonly problems: readonly FileProblem[] }> {
  const isFolder = (await stat(name).catch(() => undefined))?.isDirectory() ?? false;
  const read = isFolder ? fromFolder(await readFolder(name)) : fromBotFile(name, await readTextFile(name));
  const found = "problems" in read ? read.problems : findBotProblems(read, { all: false });
  const problems = isFolder ? found.map((one) => ({ ...one, file: path.join(name, one.file) })) : found;
  return "problems" in read || problems.length > 0 ? { problems } : { bot: read.bot };
}
