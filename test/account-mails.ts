import type { Logger } from "pino";
import { createAccountMailer } from "../src/app/account-mailer.ts";
import { readConfig } from "../src/app/config.ts";
import type { JobRequest } from "../src/model/outcome.ts";
import { jobKinds } from "../src/shell/jobs/index.ts";
import type { JobContext } from "../src/shell/jobs.ts";
import { type TestServer, testServer } from "./server.ts";
import { recordingLog } from "./shell.ts";
import { type SmtpStandIn, startSmtpStandIn, type TakenMail } from "./stand-ins/smtp.ts";

const login = { user: "bots@example.com", password: "pass/word of ours" };

/** A server that writes to people about their accounts, by a real mail server on loopback; its jobs run when the test says so. */
export interface MailingServer extends TestServer {
  readonly smtp: SmtpStandIn;
  /** What jobs put in to come later. */
  readonly later: JobRequest[];
  /** What jobs logged at `warn` or above. */
  readonly jobLog: readonly string[];
  /** Runs what was enqueued since, in order, as a worker does; the mails that this brought. */
  post(): Promise<TakenMail[]>;
  /** Runs one job. */
  work(job: JobRequest | undefined): Promise<void>;
  /** Jobs that were enqueued since, which then do not run by themselves. */
  hold(): JobRequest[];
}

export async function mailingServer(): Promise<MailingServer> {
  const smtp = await startSmtpStandIn(login);
  const server = await testServer({ mailsAccounts: true });
  const { accountMail } = readConfig({
    ACCOUNT_SMTP_URL: `smtp://${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@127.0.0.1:${smtp.port}?tls=none`,
    ACCOUNT_MAIL_FROM: "Repartee <Bots@example.com>",
  });
  if (accountMail === undefined) throw new Error("the settings of this file are wrong");
  const later: JobRequest[] = [];
  const jobLog: string[] = [];
  const log: Logger = recordingLog(jobLog);
  const context = {
    db: server.database.db,
    secretKey: server.secretKey,
    postMail: createAccountMailer(accountMail),
    enqueue: async (_trx: unknown, jobs: readonly JobRequest[]) => void later.push(...jobs),
    log,
    now: server.now,
  } as unknown as JobContext;
  let done = 0;
  const hold = () => {
    const held = server.enqueued.slice(done).filter(({ kind }) => kind === "send-account-mail");
    done = server.enqueued.length;
    return held;
  };
  const work = async (job: JobRequest | undefined) => {
    if (job === undefined) throw new Error("there is no such job");
    await jobKinds["send-account-mail"].run(job.data, context);
  };
  return {
    ...server,
    smtp,
    later,
    jobLog,
    hold,
    work,
    async post() {
      const before = smtp.taken.length;
      for (const job of hold()) await work(job);
      return smtp.taken.slice(before);
    },
    close: async () => {
      await server.close();
      await smtp.close();
    },
  };
}

/** The token of the link for a new password, or of that for another e-mail; empty: there is none. */
export const tokenIn = (mail: TakenMail | undefined, page: "new-password" | "confirm-email" = "new-password"): string =>
  new RegExp(`/${page}#([\\w-]{43})\\s`).exec(mail?.mail.text ?? "")?.[1] ?? "";
