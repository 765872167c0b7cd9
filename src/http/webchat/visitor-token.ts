import { randomBytes } from "node:crypto";
import { isSigned, type SecretKey, sign } from "../../store/secret-key.ts";

/**
 * Who a visitor is: a random id and our signature over it, kept by the visitor's browser. Nothing is stored here, so a conversation goes on after a
 * restart, and an id cannot be guessed or made up. Form: `<visitor id>.<signature>`, both Base64URL.
 */
export function makeVisitorToken(
  secretKey: SecretKey,
  channelId: number,
): { readonly token: string; readonly visitor: string } {
  const visitor = randomBytes(18).toString("base64url");
  return { visitor, token: `${visitor}.${sign(secretKey, toSigned(channelId, visitor))}` };
}

/** The visitor's id, or undefined where the token is not of ours for this channel. */
export function readVisitorToken(secretKey: SecretKey, channelId: number, token: string): string | undefined {
  const [visitor = "", signature = ""] = token.split(".");
  return visitor !== "" && isSigned(secretKey, toSigned(channelId, visitor), signature) ? visitor : undefined;
}

/** The visitor's token with the present key's signature: who comes with an older one stays who they are when that key goes. */
export function renewVisitorToken(secretKey: SecretKey, channelId: number, token: string): string | undefined {
  const visitor = readVisitorToken(secretKey, channelId, token);
  return visitor === undefined ? undefined : `${visitor}.${sign(secretKey, toSigned(channelId, visitor))}`;
}

const toSigned = (channelId: number, visitor: string) => `webchat visitor ${channelId} ${visitor}`;
