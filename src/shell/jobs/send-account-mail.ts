import { AppError } from "../../model/app-error.ts";
import { addAccountEntry } from "../../store/audit-store.ts";
import { renewEmailChange } from "../../store/email-change-store.ts";
import { requireInvitation } from "../../store/invitation-store.ts";
import { beginPasswordReset } from "../../store/password-reset-store.ts";
import { findRecipient } from "../../store/session-store.ts";
import {
  type AccountMail,
  type Posted,
  readAccountMailJob,
  toAccountMailJob,
  type WrittenMail,
} from "../account-mail/account-mail.ts";
import {
  writeEmailChange,
  writeEmailTaken,
  writeInvitation,
  writeNotice,
  writeReset,
} from "../account-mail/write-mail.ts";
import type { JobContext, JobKind } from "../jobs.ts";
import { accountMails } from "../metrics.ts";

/** Seconds until the next try, after each failed one: whoever waits for a link asks again after some minutes; the rest is worth about ten hours. */
const delays: Readonly<Record<AccountMail["kind"], readonly number[]>> = {
  password_reset: [5, 15, 60, 300, 900],
  email_change: [5, 15, 60, 300, 900],
  invitation: [10, 30, 120, 600, 1_800, 7_200, 25_200],
  notice: [10, 30, 120, 600, 1_800, 7_200, 25_200],
};

// The first that is given up counts as one more than none only where there was a none.
for (const kind of Object.keys(delays)) {
  for (const result of ["sent", "retried", "given_up"]) accountMails.inc({ kind, result }, 0);
}

/** Writes to somebody about their account, at least once, where there is still reason to. */
export const sendAccountMail: JobKind = {
  kind: "send-account-mail",
  retryLimit: 10,
  // A mail server that hangs holds one of them for a minute.
  atOnce: 8,
  async run(data, context) {
    const { secretKey, postMail, enqueue, log, now } = context;
    const { mail, attempt } = readAccountMailJob(data, secretKey);
    const written = await write(mail, context);
    if (written === undefined) return;
    const posted: Posted = (await postMail?.(written)) ?? {
      kind: "later",
      message: "ACCOUNT_SMTP_URL is not set in this process",
    };
    if (posted.kind === "posted") {
      accountMails.inc({ kind: mail.kind, result: "sent" });
      return;
    }
    const about = { mail: mail.kind, attempt, why: posted.message };
    const delay = posted.kind === "refused" ? undefined : delays[mail.kind][attempt - 1];
    accountMails.inc({ kind: mail.kind, result: delay === undefined ? "given_up" : "retried" });
    if (delay === undefined) {
      log.error(about, "a mail about an account was given up");
      return;
    }
    log.warn(about, "a mail about an account could not be sent; trying again");
    const startAt = now() + delay * 1_000;
    await enqueue(context.db, [toAccountMailJob(mail, secretKey, { attempt: attempt + 1, startAt })]);
  },
};

/** Undefined: nobody is to be written to, or not any more. */
async function write(mail: AccountMail, { db, now }: JobContext): Promise<WrittenMail | undefined> {
  const at = new Date(now());
  if (mail.kind === "notice") {
    const person = await findRecipient(db, { userId: mail.userId });
    return person === undefined ? undefined : writeNotice(mail, { ...person, email: mail.to ?? person.email });
  }
  if (mail.kind === "email_change") {
    const person = await findRecipient(db, { userId: mail.userId });
    if (person === undefined || !(await renewEmailChange(db, { ...mail, at }))) return undefined;
    // That the e-mail is somebody's hears who reads its mail, and nobody else.
    const other = await findRecipient(db, { email: mail.email });
    const { email, language } = mail;
    return other === undefined || other.id === person.id
      ? writeEmailChange(mail, { ...person, email, language: person.language ?? language })
      : writeEmailTaken(mail, { ...other, language: other.language ?? language });
  }
  if (mail.kind === "invitation") {
    const invitation = await requireInvitation(db, mail.secret, at).catch(undefinedIfGone);
    if (invitation === undefined) return undefined;
    const { email, workspace } = invitation;
    const known = await findRecipient(db, { email });
    return writeInvitation(mail, { name: "", ...known, email, workspace, language: known?.language ?? mail.language });
  }
  const person = await findRecipient(db, mail);
  // Who was never given a password has none to forget: they come in by an invitation.
  if (person?.hasPassword !== true) return undefined;
  const askedAt = new Date(mail.at);
  const begun = await db.transaction().execute(async (trx) => {
    const state = await beginPasswordReset(trx, { userId: person.id, token: mail.token, askedAt, at });
    if (state === "begun") {
      const entry = { at: askedAt, operation: "askPasswordReset", address: mail.address, isProven: false };
      await addAccountEntry(trx, person.id, entry);
    }
    return state;
  });
  return begun === undefined ? undefined : writeReset(mail, { ...person, language: person.language ?? mail.language });
}

/** Withdrawn, accepted, replaced or too old. */
function undefinedIfGone(thrown: unknown): undefined {
  if (thrown instanceof AppError && thrown.code === "invitation.not_found") return undefined;
  throw thrown;
}
