import type { FastifyRequest } from "fastify";
import { type AccountMail, type Notice, toAccountMailJob } from "../shell/account-mail/account-mail.ts";
import type { Database } from "../store/database.ts";
import type { HttpDependencies } from "./dependencies.ts";

type Tools = Pick<HttpDependencies, "enqueueJobs" | "mailsAccounts" | "publicUrl" | "secretKey" | "now">;
type Asked = Pick<FastifyRequest, "ip">;
/** What the request itself says is put in. */
type Wanted<Mail> = Mail extends AccountMail ? Omit<Mail, "base" | "address" | "at"> : never;

/** Has a mail sent where the server sends such, if and only if the transaction commits. */
export async function mailAccount(
  trx: Database,
  { enqueueJobs, mailsAccounts, publicUrl: base, secretKey, now }: Tools,
  { ip: address }: Asked,
  wanted: Wanted<AccountMail>,
): Promise<void> {
  if (mailsAccounts !== true) return;
  await enqueueJobs(trx, [toAccountMailJob({ ...wanted, base, address, at: now() }, secretKey)]);
}

/** Tells somebody what was changed of how they sign in. `to`: where that is not, or will not be, the account's e-mail. */
export async function tellChange(
  trx: Database,
  tools: Tools,
  request: Asked,
  told: { readonly userId: number; readonly notice: Notice; readonly to?: string },
): Promise<void> {
  await mailAccount(trx, tools, request, { kind: "notice", ...told });
}
