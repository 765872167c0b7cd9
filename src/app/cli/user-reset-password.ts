import { z } from "zod";
import { commandLine } from "../../model/audit.ts";
import { createPassword, hashPassword } from "../../shell/password.ts";
import { addAccountEntry } from "../../store/audit-store.ts";
import { voidLinks } from "../../store/email-change-store.ts";
import { endSessions, findRecipient, setPassword } from "../../store/session-store.ts";
import { CommandError, defineDatabaseCommand } from "./command.ts";
import { passwordFileOption, readPasswordFile, refuseWeakPassword } from "./given-password.ts";
import { tellChangeByCommand } from "./tell-change.ts";

export const userResetPassword = defineDatabaseCommand({
  kind: "database",
  name: "user reset-password",
  summary:
    "Give a user who has forgotten theirs a new password, sign them out everywhere, and print it if none is given",
  options: z.strictObject({
    email: z.email("is not an e-mail address").max(254).describe("What the user signs in with."),
    passwordFile: passwordFileOption,
  }),
  prepare: readPasswordFile,
  enqueues: () => true,
  async run(context, { email, passwordFile: given }) {
    const { db } = context.database;
    const user = await findRecipient(db, { email });
    if (user === undefined) throw new CommandError("user.not_found", `there is no user ${email}`);
    if (given !== undefined) await refuseWeakPassword(given, [user.email, user.name]);
    const password = given ?? createPassword();
    const passwordHash = await hashPassword(password);
    const at = new Date();
    await db.transaction().execute(async (trx) => {
      await setPassword(trx, user.id, passwordHash);
      await voidLinks(trx, user.id, at);
      await endSessions(trx, user.id, { except: undefined });
      const entry = { at, operation: "losePassword", address: commandLine, isProven: false };
      await addAccountEntry(trx, user.id, entry);
      await tellChangeByCommand(trx, context, { userId: user.id, notice: "password_changed", at });
    });
    if (given !== undefined) return { text: `${email} has the new password.`, data: { email } };
    return { text: password, data: { email, password } };
  },
});
