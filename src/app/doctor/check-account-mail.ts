import { inWords } from "../../channels/email/email.smtp.ts";
import { type Finding, ok, problem } from "../../model/finding.ts";
import { quote, say } from "../../model/sentence.ts";
import type { AccountMailSettings } from "../account-mail-settings.ts";
import { tryMailServer } from "../account-mailer.ts";

/** Whether the mail server answers and takes the login; no mail is sent. */
export async function checkAccountMail(settings: AccountMailSettings | undefined): Promise<Finding> {
  const check = "setup.account_mail";
  if (settings === undefined)
    return ok(check, say`People get no mail about their accounts: ACCOUNT_SMTP_URL is not set`);
  const { host, port } = settings.server;
  const server = `${host}:${port}`;
  const failure = await tryMailServer(settings);
  if (failure === undefined) return ok(check, say`The mail server ${{ server }} takes mail about accounts`);
  const advice =
    failure.code === "EAUTH"
      ? say`Correct user and password in ACCOUNT_SMTP_URL; what is no letter or digit in them has to be percent-encoded. Many providers want a password made for programs.`
      : say`See that the server runs and is reached from here, and that ACCOUNT_SMTP_URL has its port and kind of TLS: smtps for 465, smtp for 587.`;
  return problem(
    check,
    say`The mail server ${{ server }} takes no mail about accounts: ${{ why: quote(inWords(failure)) }}. Mails about passwords and invitations wait or get lost`,
    advice,
  );
}
