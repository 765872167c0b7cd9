import { z } from "zod";
import { commandLine } from "../../model/audit.ts";
import { forgetMails } from "../../shell/account-mail/forget-mails.ts";
import { addAccountEntry } from "../../store/audit-store.ts";
import { eraseUser } from "../../store/erase-user-store.ts";
import { findRecipient } from "../../store/session-store.ts";
import { CommandError, defineDatabaseCommand } from "./command.ts";

export const userDelete = defineDatabaseCommand({
  kind: "database",
  name: "user delete",
  summary: "Delete a user's account for good; what they wrote stays, without their name",
  options: z.strictObject({
    email: z.email("is not an e-mail address").max(254).describe("What the user signs in with."),
  }),
  async run({ database: { db, jobSchema }, secretKey }, { email }) {
    const user = await findRecipient(db, { email });
    if (user === undefined) throw new CommandError("user.not_found", `there is no user ${email}`);
    await db.transaction().execute(async (trx) => {
      const entry = { at: new Date(), operation: "deleteAccount", address: commandLine, isProven: false };
      await addAccountEntry(trx, user.id, entry);
      await forgetMails(trx, { jobSchema, secretKey }, user);
      await eraseUser(trx, user);
    });
    return { text: `${email} has no account any more.`, data: { email } };
  },
});
