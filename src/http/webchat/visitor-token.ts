import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/**
 * Who a visitor is: a random id and our signature over it, kept by the visitor's browser. Nothing is stored here, so a conversation goes on after a
 * restart, and an id cannot be guessed or made up. Form: `<visitor id>.<signature>`, both Base64URL.
 */
export function makeVisitorToken(
  secretKey: Buffer,
  channelId: number,
): { readonly token: string; readonly visitor: string } {
  const visitor = randomBytes(18).toString("base64url");
  return { visitor, token: `${visitor}.${sign(secretKey, channelId, visitor)}` };
}

/** The visitor's id, or undefined where the token is not of ours for this channel. */
export function readVisitorToken(secretKey: Buffer, channelId: number, token: string): string | undefined {
  const [visitor = "", signature = ""] = token.split(".");
  const expected = Buffer.from(sign(secretKey, channelId, visitor));
  const given = Buffer.from(signature);
  return visitor !== "" && given.length === expected.length && timingSafeEqual(given, expected) ? visitor : undefined;
}

function sign(secretKey: Buffer, channelId: number, visitor: string): string {
  return createHmac("sha256", secretKey).update(`webchat visitor ${channelId} ${visitor}`).digest("base64url");
}
