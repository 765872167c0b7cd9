import { AppError } from "../model/app-error.ts";
import { say } from "../model/sentence.ts";

/**
 * Ids as ChatBot.com's clients know them, in its API and in its webhooks' calls alike. They are 24 hex digits. Here the first eight say what is meant, the rest is the row's own id: both ways without a look-up, and no id of one kind is ever
 * taken for one of another.
 */
const kinds = {
  user: "5eed0001",
  segment: "5eed0002",
  story: "5eed0003",
  webhook: "5eed0004",
  message: "5eed0005",
} as const;
export type ObjectKind = keyof typeof kinds;

export function toObjectId(kind: ObjectKind, id: number): string {
  return `${kinds[kind]}${id.toString(16).padStart(16, "0")}`;
}

/** Undefined: well formed, and of nothing here. Throws `request.invalid` for what is no id at all. */
export function parseObjectId(kind: ObjectKind, text: string): number | undefined {
  const id = text.trim().toLowerCase();
  if (!/^[0-9a-f]{24}$/.test(id))
    throw new AppError("request.invalid", say`"${{ text: text.slice(0, 40) }}" is not an id of 24 hex digits`);
  const number = Number.parseInt(id.slice(8), 16);
  return id.startsWith(kinds[kind]) && Number.isSafeInteger(number) ? number : undefined;
}

/** Throws `door.unknown_id`. */
export function requireObjectId(kind: ObjectKind, text: string): number {
  const id = parseObjectId(kind, text);
  if (id === undefined) throw unknownId(kind, text);
  return id;
}

export const unknownId = (kind: ObjectKind, text: string) =>
  new AppError("door.unknown_id", say`there is no ${{ kind }} ${{ text: text.slice(0, 40) }}`);
