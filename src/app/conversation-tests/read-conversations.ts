import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { explainIssues, type FileProblem, type Path, parseYaml } from "../../store/yaml-file.ts";
import { readTextFile } from "../cli/read-text-file.ts";
import { type ConversationFile, conversationFileSchema } from "./conversation-file.ts";

/** A file that was understood. `lineOf` says where something of it stands. */
export interface ReadFile {
  readonly name: string;
  readonly file: ConversationFile;
  readonly lineOf: (path: Path) => number;
}

const suffix = /\.conversation\.ya?ml$/;

/** The conversation files that are meant: those named, and those in the folders named. Throws `CommandError` for a path that is not there. */
export async function findConversationFiles(paths: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const given of paths) {
    const isFolder = (await stat(given).catch(() => undefined))?.isDirectory() ?? false;
    if (isFolder) found.push(...(await filesBelow(given)));
    else found.push(given);
  }
  return [...new Set(found.map((file) => path.normalize(file)))];
}

async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const inside = path.join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== "node_modules" && !entry.name.startsWith(".")) {
      found.push(...(await filesBelow(inside)));
    } else if (entry.isFile() && suffix.test(entry.name)) found.push(inside);
  }
  return found;
}

/** Reads one file; each problem names its line. Throws `CommandError` where it cannot be read at all. */
export async function readConversationFile(name: string): Promise<ReadFile | { readonly problems: FileProblem[] }> {
  return parseConversationFile(name, await readTextFile(name));
}

export function parseConversationFile(name: string, text: string): ReadFile | { readonly problems: FileProblem[] } {
  const parsed = parseYaml(name, text);
  if ("problems" in parsed) return parsed;
  const { value, lineOf } = parsed;
  const checked = conversationFileSchema.safeParse(value);
  if (checked.success) return { name, file: checked.data, lineOf };
  const problems = explainIssues(checked.error.issues).map(({ path: at, message }) => ({
    file: name,
    line: lineOf(at),
    message: at.length === 0 ? message : `${at.join(".")}: ${message}`,
  }));
  return { problems };
}
