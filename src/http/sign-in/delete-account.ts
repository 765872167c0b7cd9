import { AppError } from "../../model/app-error.ts";
import { say } from "../../model/sentence.ts";
import { forgetMails } from "../../shell/account-mail/forget-mails.ts";
import { eraseUser } from "../../store/erase-user-store.ts";
import type { ApiApp } from "../api/route.ts";
import { requireRecentProof } from "../auth.ts";
import { accountDeletionSchema } from "../contract/sign-in.ts";
import type { Desk } from "./desk.ts";
import { clearCookie } from "./member-reader.ts";

/** One's own account, for good. */
export function addAccountDeletion(app: ApiApp, desk: Desk): void {
  const { dependencies, requireSignedIn, note, tellSignOut } = desk;
  const { db, secretKey, system } = dependencies;
  app.delete("/account", { schema: { body: accountDeletionSchema } }, async (request, reply) => {
    const { user } = await requireSignedIn(request);
    await requireRecentProof(dependencies, user.sessionId);
    if (request.body.email.trim().toLowerCase() !== user.email.toLowerCase()) {
      throw new AppError("user.other_email", say`this is not the e-mail of your account`);
    }
    await db.transaction().execute(async (trx) => {
      await note(request, user.id, "deleteAccount", { trx });
      await forgetMails(trx, { jobSchema: system.database.jobSchema, secretKey }, user);
      await eraseUser(trx, user);
    });
    clearCookie(reply, dependencies);
    tellSignOut(user.id);
    return null;
  });
}
