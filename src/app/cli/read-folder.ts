import { readdir } from "node:fs/promises";
import path from "node:path";
import { type Folder, isOfFolder, mainFile } from "../../store/bot-folder.ts";
import { CommandError } from "./command.ts";
import { readTextFile } from "./read-text-file.ts";

/** The files of a bot's folder. Throws `CommandError`. */
export async function readFolder(folder: string): Promise<Folder> {
  const names = await readdir(folder, { recursive: true }).catch((cause) => {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new CommandError("file.unreadable", `${folder} cannot be read (${code})`, { cause });
  });
  const ours = names.map((name) => name.split(path.sep).join("/")).filter(isOfFolder);
  if (!ours.includes(mainFile)) {
    throw new CommandError("file.unreadable", `${folder} has no ${mainFile}: it is no bot's folder`);
  }
  const texts = ours.sort().map(async (name) => [name, await readTextFile(path.join(folder, name))] as const);
  return new Map(await Promise.all(texts));
}
