import { type Notice, toAccountMailJob } from "../../shell/account-mail/account-mail.ts";
import { commandLine } from "../../shell/account-mail/mail-words.ts";
import type { Database } from "../../store/database.ts";
import type { DatabaseContext } from "./command.ts";

/** Has somebody told by mail, where the server sends such, what a command changed of how they sign in. */
export async function tellChangeByCommand(
  trx: Database,
  { config, enqueueJobs, publicUrl: base, secretKey }: DatabaseContext,
  { userId, notice, at }: { readonly userId: number; readonly notice: Notice; readonly at: Date },
): Promise<void> {
  if (config.accountMail === undefined) return;
  const mail = { kind: "notice", notice, userId, base, address: commandLine, at: at.getTime() } as const;
  await enqueueJobs?.(trx, [toAccountMailJob(mail, secretKey)]);
}
