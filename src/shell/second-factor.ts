import { randomBytes, randomInt } from "node:crypto";
import { Secret, TOTP } from "otpauth";
import { hashWithSalt } from "./password.ts";

/** What every authenticator app takes: SHA-1, six digits, 30 seconds (RFC 6238). */
const periodMs = 30_000;
/** Clocks of telephones are off by some seconds: the code before and the one after are good too. */
const window = 1;
const codeCount = 10;
/** Without look-alikes; 10 of them are 49 bits, each of which costs whoever guesses an Argon2id. */
const alphabet = "23456789abcdefghjkmnpqrstuvwxyz";

function authenticatorOf(secret: string, email = ""): TOTP {
  return new TOTP({ issuer: "Repartee", label: email, secret: Secret.fromBase32(secret) });
}

/** A new authenticator's secret (Base32, 160 bits), and the address that a QR code of it holds. */
export function makeAuthenticator(email: string): { readonly secret: string; readonly uri: string } {
  const { base32: secret } = new Secret({ size: 20 });
  return { secret, uri: authenticatorOf(secret, email).toString() };
}

/** Base32, for where a secret has to stand and no code is to fit. */
export function makeUnknownSecret(): string {
  return new Secret({ size: 20 }).base32;
}

/** The time step whose code this is; undefined: it is none of about now (Unix milliseconds). */
export function findStep(secret: string, code: string, now: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const delta = authenticatorOf(secret).validate({ token: code, timestamp: now, window });
  return delta === null ? undefined : Math.floor(now / periodMs) + delta;
}

/** Codes for somebody whose authenticator is gone, each good once; the hashes alone are kept. */
export async function makeRecoveryCodes(): Promise<{
  readonly codes: readonly string[];
  readonly salt: string;
  readonly hashes: readonly string[];
}> {
  const salt = randomBytes(16);
  const codes = Array.from({ length: codeCount }, makeCode);
  const hashes: string[] = [];
  for (const code of codes) hashes.push(await hashWithSalt(normalise(code), salt));
  return { codes, salt: salt.toString("base64url"), hashes };
}

/** What a recovery code as somebody typed it is found by. Undefined: it cannot be one. */
export async function hashRecoveryCode(typed: string, salt: string): Promise<string | undefined> {
  const code = normalise(typed);
  if (code.length !== 10 || salt === "") return undefined;
  return await hashWithSalt(code, Buffer.from(salt, "base64url"));
}

/** `xxxxx-xxxxx`. */
function makeCode(): string {
  const part = () => Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join("");
  return `${part()}-${part()}`;
}

const normalise = (code: string) => code.toLowerCase().replace(/[^0-9a-z]/g, "");
