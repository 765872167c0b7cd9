import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import type { BotFile } from "../../store/bot-file.ts";
import { mainFile, toFolder } from "../../store/bot-folder.ts";
import { CommandError, type CommandResult } from "./command.ts";
import { readFolder } from "./read-folder.ts";

/**
 * Writes a bot as a folder. Files of flows that the bot no longer has are deleted; all else in the folder stays. Throws `CommandError`.
 */
export async function writeFolder(given: string, bot: BotFile): Promise<CommandResult> {
  const folder = path.resolve(given);
  const isThere = (await stat(path.join(folder, mainFile)).catch(() => undefined)) !== undefined;
  const before = isThere ? await readFolder(folder) : new Map<string, string>();
  const after = toFolder(bot, before);
  const written = [...after].filter(([name, text]) => before.get(name) !== text).map(([name]) => name);
  const deleted = [...before.keys()].filter((name) => !after.has(name));
  try {
    await mkdir(path.join(folder, "flows"), { recursive: true });
    for (const name of written) await writeFile(path.join(folder, name), after.get(name) ?? "");
    for (const name of deleted) await rm(path.join(folder, name));
  } catch (cause) {
    const { code = String(cause) } = cause as NodeJS.ErrnoException;
    throw new CommandError("file.unwritable", `${folder} cannot be written (${code})`, { cause });
  }
  const lines = [...written.map((name) => `  written: ${name}`), ...deleted.map((name) => `  deleted: ${name}`)];
  const text = lines.length === 0 ? `${folder} says all that already.` : `${folder}:\n${lines.join("\n")}`;
  return { text, data: { folder, written, deleted } };
}
