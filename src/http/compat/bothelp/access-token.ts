import { createHmac, timingSafeEqual } from "node:crypto";
import { AppError } from "../../../model/app-error.ts";

/** Seconds that an access token lives (BotHelp's `expires_in`). */
export const accessTokenSeconds = 3600;

/**
 * What the token endpoint gives out: the id of the long-lived token that was shown, the Unix second of the end, and our signature over both. Nothing is stored;
 * whether the long-lived token still lives is asked with every call, so that revoking that one ends these too. Form: `bh.<id>.<end>.<signature>`.
 */
export function makeAccessToken(secretKey: Buffer, tokenId: number, now: number): string {
  const end = Math.floor(now / 1000) + accessTokenSeconds;
  return `bh.${tokenId}.${end}.${sign(secretKey, tokenId, end)}`;
}

/** The id of the long-lived token; undefined where the bearer has not this form at all. Throws `token.invalid`. `now`: Unix milliseconds. */
export function readAccessToken(secretKey: Buffer, bearer: string, now: number): number | undefined {
  const [, id = "", end = "", signature = ""] = /^bh\.(\d{1,15})\.(\d{1,12})\.(.+)$/.exec(bearer) ?? [];
  if (id === "") return undefined;
  const expected = Buffer.from(sign(secretKey, Number(id), Number(end)));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new AppError("token.invalid", "the access token is not of this server");
  }
  if (Number(end) * 1000 <= now) {
    throw new AppError("token.invalid", "the access token has expired; ask /oauth2/token for a new one");
  }
  return Number(id);
}

function sign(secretKey: Buffer, tokenId: number, end: number): string {
  return createHmac("sha256", secretKey).update(`bothelp access token ${tokenId} ${end}`).digest("base64url");
}
