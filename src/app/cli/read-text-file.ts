import { readFile } from "node:fs/promises";
import { CommandError } from "./command.ts";

/** Throws `CommandError`. */
export async function readTextFile(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new CommandError("file.unreadable", `${file} cannot be read (${code})`, { cause });
  }
}
