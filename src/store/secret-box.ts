import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { Json } from "../model/field.ts";

const algorithm = "aes-256-gcm";
const version = "v1";

/** Seals the secret part of a channel's settings: AES-256-GCM, key derived from SECRET_KEY; text `v1.<nonce>.<tag>.<data>`, Base64URL. */
export function sealSecrets(secrets: Readonly<Record<string, Json>>, secretKey: Buffer): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv(algorithm, keyFor(secretKey), nonce);
  const data = Buffer.concat([cipher.update(JSON.stringify(secrets), "utf8"), cipher.final()]);
  return [version, ...[nonce, cipher.getAuthTag(), data].map((part) => part.toString("base64url"))].join(".");
}

/** Opens what `sealSecrets` made. Throws where the text is damaged or was sealed with another SECRET_KEY. */
export function openSecrets(sealed: string, secretKey: Buffer): Record<string, Json> {
  const [kind, nonce, tag, data] = sealed.split(".");
  if (kind !== version || nonce === undefined || tag === undefined || data === undefined) {
    throw new Error("the stored secrets are damaged");
  }
  const decipher = createDecipheriv(algorithm, keyFor(secretKey), Buffer.from(nonce, "base64url"));
  decipher.setAuthTag(Buffer.from(tag, "base64url"));
  try {
    const text = Buffer.concat([decipher.update(Buffer.from(data, "base64url")), decipher.final()]).toString("utf8");
    return JSON.parse(text) as Record<string, Json>;
  } catch (cause) {
    throw new Error("the stored secrets cannot be opened with this SECRET_KEY", { cause });
  }
}

function keyFor(secretKey: Buffer): Buffer {
  return Buffer.from(hkdfSync("sha256", secretKey, Buffer.alloc(0), "repartee channel secrets", 32));
}
