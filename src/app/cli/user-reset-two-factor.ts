import { z } from "zod";
import { commandLine } from "../../model/audit.ts";
import { addAccountEntry } from "../../store/audit-store.ts";
import { removeSecondFactor } from "../../store/second-factor-store.ts";
import { endSessions, findCredentials } from "../../store/session-store.ts";
import { CommandError, defineDatabaseCommand } from "./command.ts";
import { tellChangeByCommand } from "./tell-change.ts";

export const userResetTwoFactor = defineDatabaseCommand({
  kind: "database",
  name: "user reset-two-factor",
  summary: "Take away the second factor of a user who has lost it, and sign them out everywhere",
  options: z.strictObject({
    email: z.email("is not an e-mail address").max(254).describe("What the user signs in with."),
  }),
  enqueues: () => true,
  async run(context, { email }) {
    const { db } = context.database;
    const user = await findCredentials(db, email);
    if (user === undefined) throw new CommandError("user.not_found", `there is no user ${email}`);
    const at = new Date();
    const wasOn = await db.transaction().execute(async (trx) => {
      if (!(await removeSecondFactor(trx, user.id))) return false;
      await endSessions(trx, user.id, { except: undefined });
      const entry = { at, operation: "loseSecondFactor", address: commandLine, isProven: false };
      await addAccountEntry(trx, user.id, entry);
      await tellChangeByCommand(trx, context, { userId: user.id, notice: "second_factor_reset", at });
      return true;
    });
    const text = wasOn ? `${email} signs in with the password alone now.` : `${email} had no second factor.`;
    return { text, data: { email, wasOn } };
  },
});
