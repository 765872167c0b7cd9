import { z } from "zod";
import { instantSchema } from "./common.ts";

/** What a browser answers, as `@simplewebauthn/browser` writes it: bytes are Base64URL. */
const bytes = z.string().max(20_000);
const answer = { id: z.string().max(2_000), rawId: z.string().max(2_000), type: z.literal("public-key") };

/** A challenge that a passkey signed. */
export const signedSchema = z.object({
  ...answer,
  response: z.object({ clientDataJSON: bytes, authenticatorData: bytes, signature: bytes }),
});
/** A passkey that was just made. */
export const newPasskeySchema = z.object({
  ...answer,
  response: z.object({
    clientDataJSON: bytes,
    attestationObject: bytes,
    transports: z.array(z.string().max(40)).max(10).exactOptional(),
  }),
});

/** What the browser is asked to sign, or to make: `PublicKeyCredentialRequestOptionsJSON`, `PublicKeyCredentialCreationOptionsJSON`. */
export const browserOptionsSchema = z.looseObject({ challenge: z.string() });

const name = z.string().trim().min(1, "has to be filled in").max(100);
export const passkeyNameSchema = z.strictObject({ name });
export const passkeyCreateSchema = z.strictObject({ name, passkey: newPasskeySchema });
export const passkeyMadeSchema = z.object({
  recoveryCodes: z
    .array(z.string())
    .nullable()
    .describe("Where this is the first second factor: each is good once, and shown in this answer only."),
});
export const passkeySignInSchema = z.strictObject({ passkey: signedSchema });
export const passkeySchema = z.object({
  id: z.number(),
  name: z.string(),
  isSynced: z.boolean().describe("A password manager has it on several devices."),
  createdAt: instantSchema,
  lastUsedAt: instantSchema.nullable(),
});
export type PasskeyBody = z.infer<typeof passkeySchema>;
