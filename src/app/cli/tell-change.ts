import { commandLine } from "../../model/audit.ts";
import { type Notice, toAccountMailJob } from "../../shell/account-mail/account-mail.ts";
import type { Database } from "../../store/database.ts";
import type { DatabaseContext } from "./command.ts";

/** Has somebody told by mail, where the server sends such, what a command changed of how they sign in. */
export async function tellChangeByCommand(
  trx: Database,
  { config, enqueueJobs, publicUrl: base, secretKey }: DatabaseContext,
  { at, ...told }: { readonly userId: number; readonly notice: Notice; readonly to?: string; readonly at: Date },
): Promise<void> {
  if (config.accountMail === undefined) return;
  const mail = { kind: "notice", ...told, base, address: commandLine, at: at.getTime() } as const;
  await enqueueJobs?.(trx, [toAccountMailJob(mail, secretKey)]);
}
