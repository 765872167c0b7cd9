import { AppError } from "../../../model/app-error.ts";
import { isSigned, type SecretKey, sign } from "../../../store/secret-key.ts";

/** Seconds that an access token lives (BotHelp's `expires_in`). */
export const accessTokenSeconds = 3600;

/**
 * What the token endpoint gives out: the id of the long-lived token that was shown, the Unix second of the end, and our signature over both. Nothing is stored;
 * whether the long-lived token still lives is asked with every call, so that revoking that one ends these too. Form: `bh.<id>.<end>.<signature>`.
 */
export function makeAccessToken(secretKey: SecretKey, tokenId: number, now: number): string {
  const end = Math.floor(now / 1000) + accessTokenSeconds;
  return `bh.${tokenId}.${end}.${sign(secretKey, toSigned(tokenId, end))}`;
}

/** The id of the long-lived token; undefined where the bearer has not this form at all. Throws `token.invalid`. `now`: Unix milliseconds. */
export function readAccessToken(secretKey: SecretKey, bearer: string, now: number): number | undefined {
  const [, id = "", end = "", signature = ""] = /^bh\.(\d{1,15})\.(\d{1,12})\.(.+)$/.exec(bearer) ?? [];
  if (id === "") return undefined;
  if (!isSigned(secretKey, toSigned(Number(id), Number(end)), signature)) {
    throw new AppError("token.invalid", "the access token is not of this server");
  }
  if (Number(end) * 1000 <= now) {
    throw new AppError("token.invalid", "the access token has expired; ask /oauth2/token for a new one");
  }
  return Number(id);
}

const toSigned = (tokenId: number, end: number) => `bothelp access token ${tokenId} ${end}`;
