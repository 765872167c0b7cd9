import { z } from "zod";
import type { JobRequest } from "../../model/outcome.ts";
import { openSecrets, sealSecrets } from "../../store/secret-box.ts";
import type { SecretKey } from "../../store/secret-key.ts";

/** Changes of how somebody signs in, which they are told of. */
const notices = [
  "password_changed",
  "second_factor_on",
  "second_factor_off",
  "second_factor_reset",
  "recovery_codes_renewed",
  "authenticator_off",
  "passkey_added",
  "passkey_removed",
  "email_change_asked",
  "email_changed",
] as const;
export type Notice = (typeof notices)[number];

/** `base`: where people reach the server, without a trailing slash. `address`: the IP address that it was asked from. */
const common = { base: z.string(), address: z.string(), /** Unix milliseconds. */ at: z.number() };

const accountMailSchema = z.discriminatedUnion("kind", [
  /** Whoever typed the e-mail may not have an account. `language`: of the page that asked. */
  z.object({
    kind: z.literal("password_reset"),
    email: z.string(),
    language: z.string(),
    token: z.string(),
    ...common,
  }),
  /** `language`: of whoever invites. */
  z.object({ kind: z.literal("invitation"), inviter: z.string(), language: z.string(), secret: z.string(), ...common }),
  /** To the e-mail that is wanted, which may be somebody else's. `language`: of the page that asked. */
  z.object({
    kind: z.literal("email_change"),
    userId: z.number(),
    email: z.string(),
    language: z.string(),
    token: z.string(),
    ...common,
  }),
  /** `to`: an e-mail that is no longer, or soon not, the account's; absent: the account's. */
  z.object({
    kind: z.literal("notice"),
    notice: z.enum(notices),
    userId: z.number(),
    to: z.string().exactOptional(),
    ...common,
  }),
]);

/** What the server itself has to tell somebody about their account. */
export type AccountMail = z.output<typeof accountMailSchema>;

const jobSchema = z.object({ sealed: z.string(), attempt: z.number() });

/** The job that sends it. What it says is sealed: links are worth an account, and addresses are nobody's business. */
export function toAccountMailJob(
  mail: AccountMail,
  secretKey: SecretKey,
  { attempt = 1, startAt }: { readonly attempt?: number; readonly startAt?: number } = {},
): JobRequest {
  const data = { sealed: sealSecrets({ ...mail }, secretKey), attempt };
  return { kind: "send-account-mail", data, ...(startAt === undefined ? {} : { startAt }) };
}

/** Throws where the data is not such a job's, or was sealed with a key that is not given. */
export function readAccountMailJob(data: unknown, secretKey: SecretKey): { mail: AccountMail; attempt: number } {
  const { sealed, attempt } = jobSchema.parse(data);
  return { mail: accountMailSchema.parse(openSecrets(sealed, secretKey)), attempt };
}

/** A mail as it is posted. */
export interface WrittenMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** `refused`: the same mail will be refused again. `message`: why, without secrets and addresses. */
export type Posted = { readonly kind: "posted" } | { readonly kind: "later" | "refused"; readonly message: string };

/** Hands a mail to the operator's mail server. Never rejects for what the server says. */
export type PostMail = (mail: WrittenMail) => Promise<Posted>;
