import { z } from "zod";
import { memberRoles } from "../../model/conversation.ts";
import { instantSchema, nameSchema } from "./common.ts";
import { signedSchema } from "./passkeys.ts";

const password = z.string().min(12, "at least 12 characters").max(200, "at most 200 characters");
const email = z.string().trim().max(254).pipe(z.email("is not an e-mail address"));
const personName = z.string().trim().max(200);

const language = z
  .string()
  .regex(/^[a-z]{2,3}$/, "is no language")
  .describe(
    "Such as `ru`: in which the person is written to. At first it is that of the page that they sign in on (`Accept-Language`).",
  );

export const workspaceOfUserSchema = z.object({
  id: z.number(),
  domain: z.string(),
  name: z.string(),
  memberId: z.number(),
  role: z.enum(memberRoles),
  needsSecondFactor: z.boolean().describe("Whoever has no second factor has to set one up first."),
});

/** What the browser needs to know before it draws anything. */
export const sessionSchema = z.object({
  user: z
    .object({
      id: z.number(),
      email: z.string(),
      name: z.string(),
      hasSecondFactor: z.boolean(),
      hasAuthenticator: z.boolean().describe("Codes of an authenticator are taken."),
      hasPasskeys: z.boolean(),
    })
    .nullable(),
  mayWatchOver: z.boolean().describe("They own every workspace, and see how the installation is."),
  workspaces: z.array(workspaceOfUserSchema),
  needsSetup: z.boolean().describe("There is no user yet: whoever has the set-up code makes the first."),
  mailsAccounts: z.boolean().describe("The server writes to people about their accounts: forgotten passwords, say."),
  passkeys: z.boolean().describe("Browsers do passkeys at this server's address."),
  demoChat: z.string().nullable().describe("Ref of the demo bot, for whoever has nothing of their own yet."),
});
export type SessionBody = z.infer<typeof sessionSchema>;

const code = z.string().trim().max(40);
export const signInSchema = z.strictObject({
  email: z.string().trim().max(254),
  password: z.string().max(200),
  code: code.optional().describe("Of the authenticator, or a recovery code; for accounts with a second factor."),
});
/** What the account has, told with `session.second_factor_needed` to whoever typed the right password. Recovery codes are taken of everybody. */
export interface SecondFactorNeeded {
  readonly hasAuthenticator: boolean;
  readonly hasPasskeys: boolean;
}
const current = z.string().max(200).describe("The present password.");
export const secondFactorSchema = z.object({
  isOn: z.boolean(),
  since: instantSchema.nullable(),
  recoveryCodesLeft: z.number(),
});
export type SecondFactorBody = z.infer<typeof secondFactorSchema>;
/** What takes a password and, where there is one, the second factor: who finds a browser that is signed in has neither. */
export const secondFactorProofSchema = z.strictObject({
  current,
  code: code.optional().describe("Of the authenticator, or a recovery code."),
  passkey: signedSchema.optional().describe("In the place of `code`: signed by a passkey of the account."),
});
export const secondFactorBegunSchema = z.object({
  secret: z.string().describe("Base32, to be typed where no QR code can be read."),
  uri: z.string().describe("`otpauth://totp/…`"),
  qrSvg: z.string().describe("QR code of `uri`."),
});
export const secondFactorConfirmSchema = z.strictObject({ code });
export const recoveryCodesSchema = z.object({
  recoveryCodes: z.array(z.string()).describe("Each is good once. Shown in this answer only."),
});
export const setupSchema = z.strictObject({
  code: z.string().trim().max(100),
  email,
  name: personName.default(""),
  password,
});
export const passwordChangeSchema = z.strictObject({ current, next: password });
/** Typed once more, so that nobody does it by mistake. */
export const accountDeletionSchema = z.strictObject({ email: z.string().max(254) });
export const proofSchema = z.strictObject({ current });
export const profileChangeSchema = z.strictObject({ name: personName.optional(), language: language.optional() });
/** Whoever has the e-mail, if anybody does, is sent a link. */
export const passwordResetSchema = z.strictObject({ email });
const token = z.string().max(100).describe("What stands behind `#` in the link.");
export const linkSchema = z.strictObject({ token });
export const resetShownSchema = z.object({ email: z.string() });
export const resetUseSchema = z.strictObject({ token, password });
export const emailChangeSchema = secondFactorProofSchema.extend({ email: email.describe("The new one.") });
export const emailChangeMadeSchema = z.object({
  isChanged: z.boolean().describe("False: it is once the link is opened that goes to the new e-mail."),
});
/** What one's account waits for. */
export const emailChangeWaitingSchema = z.object({
  waiting: z.object({ email: z.string(), until: instantSchema }).nullable(),
});
export const emailChangeShownSchema = z.object({
  email: z.string(),
  isYours: z.boolean().describe("Whoever is signed in on this browser asked for it."),
});
export const deviceSchema = z.object({
  id: z.number(),
  userAgent: z.string(),
  createdAt: instantSchema,
  seenAt: instantSchema,
  isThisOne: z.boolean(),
});
export const invitationParams = z.object({ secret: z.string().max(100) });
export const invitationShownSchema = z.object({
  email: z.string(),
  workspace: z.string(),
  role: z.enum(memberRoles),
  isKnown: z.boolean().describe("The person has a password already: they sign in and accept."),
});
export const invitationAcceptSchema = z.strictObject({ name: personName.default(""), password: password.optional() });
export const workspaceCreateSchema = z.strictObject({
  name: nameSchema,
  domain: z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "letters, digits and dashes"),
});

export const invitationCreateSchema = z.strictObject({ email, role: z.enum(memberRoles) });
export const invitationSchema = z
  .object({
    id: z.number(),
    email: z.string(),
    role: z.enum(memberRoles),
    createdAt: instantSchema,
    expiresAt: instantSchema,
    url: z.string().nullable().describe("To send to the person: shown once, when the invitation is made."),
  })
  .meta({ id: "Invitation" });
