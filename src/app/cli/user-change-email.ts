import { z } from "zod";
import { commandLine } from "../../model/audit.ts";
import { addAccountEntry } from "../../store/audit-store.ts";
import { changeEmail, givingEmail } from "../../store/email-change-store.ts";
import { endSessions, findRecipient } from "../../store/session-store.ts";
import { CommandError, defineDatabaseCommand } from "./command.ts";
import { tellChangeByCommand } from "./tell-change.ts";

const email = z.email("is not an e-mail address").max(254);

export const userChangeEmail = defineDatabaseCommand({
  kind: "database",
  name: "user change-email",
  summary: "Give a user another e-mail to sign in with, and sign them out everywhere",
  options: z.strictObject({
    email: email.describe("What the user signs in with so far."),
    to: email.describe("What they sign in with from now on."),
  }),
  enqueues: () => true,
  async run(context, { email: old, to }) {
    const { db } = context.database;
    const user = await findRecipient(db, { email: old });
    if (user === undefined) throw new CommandError("user.not_found", `there is no user ${old}`);
    if (user.email === to) return { text: `${to} is their e-mail already.`, data: { email: to, before: to } };
    const at = new Date();
    const { before } = await givingEmail(db, to, async (trx) => {
      const changed = await changeEmail(trx, { userId: user.id, email: to, at });
      await endSessions(trx, user.id, { except: undefined });
      const changes = [{ setting: "email", before: changed.before, after: to }];
      const entry = { at, operation: "changeEmail", address: commandLine, isProven: false, changes };
      await addAccountEntry(trx, user.id, entry);
      const told = { userId: user.id, notice: "email_changed", to: changed.before, at } as const;
      await tellChangeByCommand(trx, context, told);
      return changed;
    });
    return { text: `${before} signs in with ${to} now.`, data: { email: to, before } };
  },
});
