import { AppError } from "../model/app-error.ts";
import type { EntryData } from "../model/flow.ts";
import { type Sentence, say } from "../model/sentence.ts";
import { isVariableName } from "./entry-payload.ts";
import { parseEmail, parsePhone } from "./values.ts";

/**
 * Refuses what would be left out again by whoever opens the link: a phone or an e-mail address that is none, and variables of such names as data in a link cannot have (`part`: `data`; what is
 * stored may be called anything). Throws `request.invalid`.
 */
export function checkEntryData(part: "data" | "stored", data: EntryData): void {
  const refuseAt = (path: string, sentence: Sentence): never => {
    throw new AppError("request.invalid", sentence, { details: [{ path: `${part}.${path}`, ...sentence }] });
  };
  const { phone, email, variables = {} } = data;
  if (phone !== undefined && parsePhone(phone) === undefined) {
    refuseAt("phone", say`"${{ phone }}" is no phone number; write it with the country, such as +34600123456`);
  }
  if (email !== undefined && parseEmail(email) === undefined) {
    refuseAt("email", say`"${{ raw: email }}" is no e-mail address`);
  }
  if (part === "stored") return;
  const lost = Object.keys(variables).find((name) => !isVariableName(name));
  if (lost !== undefined) {
    refuseAt(
      "variables",
      say`a link cannot carry a variable called "${{ name: lost }}": letters, digits, _ and - make a name, which begins with a letter or _`,
    );
  }
}
