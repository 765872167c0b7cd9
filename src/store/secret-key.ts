import { createHmac, timingSafeEqual } from "node:crypto";

/** What seals and signs, 32 bytes; and, while keys change, those before it, which open and prove what they made. A key alone has none before it. */
export type SecretKey = Buffer | KeyRing;

interface KeyRing {
  readonly current: Buffer;
  readonly previous: readonly Buffer[];
}

export function currentKey(key: SecretKey): Buffer {
  return Buffer.isBuffer(key) ? key : key.current;
}

/** The present one first. */
export function allKeys(key: SecretKey): readonly Buffer[] {
  return Buffer.isBuffer(key) ? [key] : [key.current, ...key.previous];
}

/** Names a key without telling anything of it: 8 characters, Base64URL. */
export function keyId(key: Buffer): string {
  return createHmac("sha256", key).update("key id").digest("base64url").slice(0, 8);
}

/** HMAC-SHA-256 by the present key, Base64URL. */
export function sign(key: SecretKey, said: string): string {
  return createHmac("sha256", currentKey(key)).update(said).digest("base64url");
}

/** Whether one of the keys signed this. */
export function isSigned(key: SecretKey, said: string, signature: string): boolean {
  const given = Buffer.from(signature);
  return allKeys(key).some((one) => {
    const expected = Buffer.from(sign(one, said));
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}
