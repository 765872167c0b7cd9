import { randomBytes } from "node:crypto";

const alphabet = "abcdefghijkmnpqrstuvwxyz23456789";

/**
 * A new `ref`: a letter and then some of 32 characters that nobody mistakes for one another. Twelve characters (59 bits) leave room in
 * a Telegram button (64 bytes) for flow, step and button together.
 */
export function createRef(length = 12): string {
  const bytes = randomBytes(length);
  const letter = alphabet[(bytes[0] ?? 0) % 24] ?? "a";
  return letter + [...bytes.subarray(1)].map((byte) => alphabet[byte % 32]).join("");
}
