import { AppError } from "../../model/app-error.ts";
import { say, sayPlaces } from "../../model/sentence.ts";
import { hashPassword } from "../../shell/password.ts";
import { isWeakPassword } from "../../shell/weak-password.ts";

/** Throws `request.invalid` for a password that is guessed early. */
export async function hashGoodPassword(password: string, path: string, own: readonly string[]): Promise<string> {
  if (!(await isWeakPassword(password, own))) return await hashPassword(password);
  const problem = { path, ...say`is too easy to guess; choose another` };
  throw new AppError("request.invalid", sayPlaces([problem]), { details: [problem] });
}
