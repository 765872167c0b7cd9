import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { Json } from "../model/field.ts";
import { allKeys, currentKey, keyId, type SecretKey } from "./secret-key.ts";

const algorithm = "aes-256-gcm";
const version = "v1";

/**
 * Seals the secret part of a channel's settings and the like: AES-256-GCM, key derived from SECRET_KEY; text `v1.<nonce>.<tag>.<data>.<key id>`, Base64URL.
 * The key's id stands last, where processes of versions that knew of none look past it.
 */
export function sealSecrets(secrets: Readonly<Record<string, Json>>, secretKey: SecretKey): string {
  const key = currentKey(secretKey);
  const nonce = randomBytes(12);
  const cipher = createCipheriv(algorithm, keyFor(key), nonce);
  const data = Buffer.concat([cipher.update(JSON.stringify(secrets), "utf8"), cipher.final()]);
  const parts = [nonce, cipher.getAuthTag(), data].map((part) => part.toString("base64url"));
  return [version, ...parts, keyId(key)].join(".");
}

/** Opens what `sealSecrets` made. Throws where the text is damaged or was sealed with a key that is not given. */
export function openSecrets(sealed: string, secretKey: SecretKey): Record<string, Json> {
  const [kind, nonce, tag, data, id] = sealed.split(".");
  if (kind !== version || nonce === undefined || tag === undefined || data === undefined) {
    throw new Error("the stored secrets are damaged");
  }
  const keys = allKeys(secretKey).filter((key) => id === undefined || keyId(key) === id);
  let cause: unknown;
  for (const key of keys) {
    try {
      const decipher = createDecipheriv(algorithm, keyFor(key), Buffer.from(nonce, "base64url"), { authTagLength: 16 });
      decipher.setAuthTag(Buffer.from(tag, "base64url"));
      const text = Buffer.concat([decipher.update(Buffer.from(data, "base64url")), decipher.final()]).toString("utf8");
      return JSON.parse(text) as Record<string, Json>;
    } catch (thrown) {
      cause = thrown;
    }
  }
  throw new Error("the stored secrets cannot be opened with this SECRET_KEY, nor with one of SECRET_KEY_PREVIOUS", {
    cause,
  });
}

/** What every text ends with that the present key sealed. */
export function sealMark(secretKey: SecretKey): string {
  return `.${keyId(currentKey(secretKey))}`;
}

function keyFor(secretKey: Buffer): Buffer {
  return Buffer.from(hkdfSync("sha256", secretKey, Buffer.alloc(0), "repartee channel secrets", 32));
}
