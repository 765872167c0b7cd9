import { argon2Sync, randomBytes, randomInt } from "node:crypto";

/** OWASP's first choice for Argon2id: 19 MiB, two passes, one lane (https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html). */
const cost = { memory: 19_456, passes: 2, parallelism: 1 } as const;

/** Argon2id in the PHC string format: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`. Takes some 50 ms. */
export function hashPassword(password: string): string {
  const salt = randomBytes(16);
  const hash = argon2Sync("argon2id", { message: password, nonce: salt, tagLength: 32, ...cost });
  const plain = (bytes: Buffer) => bytes.toString("base64").replace(/=+$/, "");
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${plain(salt)}$${plain(hash)}`;
}

/** 20 characters without look-alikes: more than 100 random bits. */
export function createPassword(): string {
  const alphabet = "23456789abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ";
  return Array.from({ length: 20 }, () => alphabet[randomInt(alphabet.length)]).join("");
}
