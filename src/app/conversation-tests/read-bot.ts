import { stat } from "node:fs/promises";
import path from "node:path";
import { fromBotFile, fromFolder, type ReadFolder } from "../../store/bot-folder.ts";
import type { FileProblem } from "../../store/yaml-file.ts";
import { readFolder } from "../cli/read-folder.ts";
import { readTextFile } from "../cli/read-text-file.ts";
import { findBotProblems } from "../find-bot-problems.ts";

/** Reads a bot's file or folder; a published flow that a server would refuse is a problem too. Throws `CommandError` where it cannot be read at all. */
export async function readBot(name: string): Promise<ReadFolder | { readonly problems: readonly FileProblem[] }> {
  const isFolder = (await stat(name).catch(() => undefined))?.isDirectory() ?? false;
  const read = isFolder ? fromFolder(await readFolder(name)) : fromBotFile(name, await readTextFile(name));
  const found = "problems" in read ? read.problems : findBotProblems(read, { all: false });
  const locate = <T extends { readonly file: string }>(one: T): T =>
    isFolder ? { ...one, file: path.join(name, one.file) } : one;
  if ("problems" in read || found.length > 0) return { problems: found.map(locate) };
  return { bot: read.bot, placeOf: (at) => locate(read.placeOf(at)) };
}
