import { createHmac, timingSafeEqual } from "node:crypto";
import { currentKey, type SecretKey } from "../store/secret-key.ts";

const alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/** What the start prints while there is no user, and whoever makes the first one has to type: `XXXX-XXXX-XXXX`, 60 bits that follow from the secret key. */
export function makeSetupCode(secretKey: SecretKey): string {
  const bytes = createHmac("sha256", currentKey(secretKey)).update("set-up code").digest();
  const letters = [...bytes.subarray(0, 12)].map((byte) => alphabet[byte % 32]).join("");
  return letters.replace(/(.{4})(?=.)/g, "$1-");
}

/** Case, dashes and spaces do not matter. */
export function isSetupCode(secretKey: SecretKey, given: string): boolean {
  const plain = (code: string) => Buffer.from(code.toUpperCase().replace(/[^A-Z0-9]/g, ""));
  const [expected, typed] = [plain(makeSetupCode(secretKey)), plain(given.slice(0, 100))];
  return expected.length === typed.length && timingSafeEqual(expected, typed);
}
