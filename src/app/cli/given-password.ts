import { z } from "zod";
import { passwordLength } from "../../shell/password.ts";
import { isWeakPassword } from "../../shell/weak-password.ts";
import { CommandError } from "./command.ts";
import { readTextFile } from "./read-text-file.ts";

export const passwordFileOption = z
  .string()
  .optional()
  .describe("File with the password, `-` for stdin. Absent: one is made.");

/** What runs in the server sees no files of the caller: it gets the text in the place of the name. */
export async function readPasswordFile<Options extends { readonly passwordFile?: string | undefined }>(
  options: Options,
): Promise<Options> {
  if (options.passwordFile === undefined) return options;
  return { ...options, passwordFile: (await readTextFile(options.passwordFile)).replace(/\r?\n$/, "") };
}

/** `own`: words that are the person's. Throws `CommandError` with `user.weak_password`. */
export async function refuseWeakPassword(password: string, own: readonly string[]): Promise<void> {
  if (password.length < passwordLength.least) {
    throw new CommandError(
      "user.weak_password",
      `the password has to have ${passwordLength.least} characters at least`,
    );
  }
  if (await isWeakPassword(password, own)) {
    throw new CommandError(
      "user.weak_password",
      "the password is too easy to guess; choose another, or leave --password-file out and have one made",
    );
  }
}
