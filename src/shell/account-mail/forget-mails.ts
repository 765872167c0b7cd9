import { deleteMailJobs, listMailJobs } from "../../store/account-job-store.ts";
import type { Database } from "../../store/database.ts";
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
  const theirs = jobs.filter(({ data, isOver }) => {
    const mail = open(data, secretKey);
    // An invitation that waits is somebody else's to get.
    return mail !== undefined && isAbout(mail, user, isOver);
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

function isAbout(mail: AccountMail, { id, email, name }: Erased, isOver: boolean): boolean {
  if (mail.kind === "notice") return mail.userId === id;
  if (mail.kind === "password_reset") return mail.email.toLowerCase() === email.toLowerCase();
  return isOver && [email, name].includes(mail.inviter);
}
