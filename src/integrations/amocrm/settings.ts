import { z } from "zod";

/** `school`, `school.kommo.com` or `https://crm.example`; what is kept is the address without a path. */
export const accountSchema = z
  .string()
  .trim()
  .min(1)
  .max(300)
  .transform((text, context) => {
    const named = /^[a-z0-9][a-z0-9-]*$/i.test(text) ? `${text}.amocrm.ru` : text;
    const address = /^[a-z]+:\/\//i.test(named) ? named : `https://${named}`;
    // Tokens go there.
    if (URL.canParse(address) && new URL(address).protocol === "https:") return new URL(address).origin;
    context.addIssue({ code: "custom", message: "is no address of an amoCRM or Kommo account" });
    return z.NEVER;
  });

const secret = z.string().trim().max(5_000).optional();

export const settingsSchema = z
  .strictObject({
    account: accountSchema.describe(
      "The account's address: `school` for school.amocrm.ru, or the whole of it, such as school.kommo.com.",
    ),
    clientId: z
      .string()
      .trim()
      .max(200)
      .optional()
      .describe("Integration ID, from the keys of the integration in amoCRM; for signing in by the browser."),
    clientSecret: secret.describe("Secret key, from the same place."),
    accessToken: secret.describe(
      "A long-lived token, from the same place: instead of ID and secret key. After signing in by the browser it is set by itself.",
    ),
    refreshToken: secret.describe("Set by signing in."),
    expiresAt: z.number().optional().describe("Set by signing in: when the token is renewed, in Unix milliseconds."),
    redirectUri: z.string().max(2_000).optional().describe("Set by signing in."),
  })
  .refine(({ accessToken, clientId, clientSecret }) => isSet(accessToken) || (isSet(clientId) && isSet(clientSecret)), {
    error: "either a long-lived token is needed, or integration ID and secret key",
    path: ["accessToken"],
  });
export type Settings = z.output<typeof settingsSchema>;

export function isSet(text: string | undefined): text is string {
  return text !== undefined && text !== "";
}
