import { deleteMailJobs, listMailJobs } from "../../store/account-job-store.ts";
import type { Database } from "../../store/database.ts";
import { listFormerEmails } from "../../store/email-change-store.ts";
import type { SecretKey } from "../../store/secret-key.ts";
import { type AccountMail, readAccountMailJob } from "./account-mail.ts";

/** Whose account it was. */
interface Erased {
  readonly id: number;
  readonly email: string;
  readonly name: string;
}

/** Takes mails about an account out of the queue, in its deletion's own transaction: those that wait, and what stays for days of those that were sent. */
export async function forgetMails(
  trx: Database,
  { jobSchema, secretKey }: { readonly jobSchema: string; readonly secretKey: SecretKey },
  user: Erased,
): Promise<void> {
  const jobs = await listMailJobs(trx, jobSchema);
  const emails = [user.email, ...(await listFormerEmails(trx, user.id))].map((email) => email.toLowerCase());
  const theirs = jobs.filter(({ data, isOver }) => {
    const mail = open(data, secretKey);
    // An invitation that waits is somebody else's to get.
    return mail !== undefined && isAbout(mail, { ...user, emails }, isOver);
  });
  await deleteMailJobs(
    trx,
    jobSchema,
    theirs.map(({ id }) => id),
  );
}

/** Undefined: nobody can read it, as it was sealed with a key that is gone. */
function open(data: unknown, secretKey: SecretKey): AccountMail | undefined {
  try {
    return readAccountMailJob(data, secretKey).mail;
  } catch {
    return undefined;
  }
}

function isAbout(
  mail: AccountMail,
  { id, emails, name }: Erased & { readonly emails: readonly string[] },
  isOver: boolean,
): boolean {
  if (mail.kind === "notice") return mail.userId === id;
  if (mail.kind === "password_reset") return emails.includes(mail.email.toLowerCase());
  // One of somebody else, who wanted this e-mail, comes to nothing and is theirs while it waits.
  if (mail.kind === "email_change") return mail.userId === id || (isOver && emails.includes(mail.email.toLowerCase()));
  return isOver && (mail.inviter === name || emails.includes(mail.inviter.toLowerCase()));
}
