import { argon2, randomBytes, randomInt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

/** OWASP's first choice for Argon2id: 19 MiB, two passes, one lane (https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html). */
const cost = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const derive = promisify(argon2);

/** Shortest and longest password, in characters: the longest so that nobody makes us hash megabytes. */
export const passwordLength = { least: 12, most: 200 } as const;

/** Argon2id in the PHC string format: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`. Takes some 50 ms, off the event loop. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive("argon2id", { message: password, nonce: salt, tagLength: 32, ...cost });
  const plain = (bytes: Buffer) => bytes.toString("base64").replace(/=+$/, "");
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${plain(salt)}$${plain(hash)}`;
}

/** Null: nobody can sign in with this account; it takes as long as a wrong password all the same. */
export async function checkPassword(password: string, stored: string | null): Promise<boolean> {
  const [, m, t, p, salt = "", hash = ""] =
    /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(stored ?? "") ?? [];
  const expected = Buffer.from(hash, "base64");
  const given = await derive("argon2id", {
    message: password.slice(0, passwordLength.most),
    nonce: salt === "" ? Buffer.alloc(16) : Buffer.from(salt, "base64"),
    tagLength: expected.length === 0 ? 32 : expected.length,
    memory: Number(m ?? cost.memory),
    passes: Number(t ?? cost.passes),
    parallelism: Number(p ?? cost.parallelism),
  });
  return expected.length > 0 && timingSafeEqual(given, expected);
}

/** The same for what is looked up by its hash: Argon2id with a salt that is kept elsewhere, Base64URL. */
export async function hashWithSalt(text: string, salt: Buffer): Promise<string> {
  return (await derive("argon2id", { message: text, nonce: salt, tagLength: 32, ...cost })).toString("base64url");
}

/** 20 characters without look-alikes: more than 100 random bits. */
export function createPassword(): string {
  const alphabet = "23456789abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ";
  return Array.from({ length: 20 }, () => alphabet[randomInt(alphabet.length)]).join("");
}
