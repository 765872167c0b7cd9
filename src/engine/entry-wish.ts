import { AppError } from "../model/app-error.ts";
import type { EntryData } from "../model/flow.ts";
import { say } from "../model/sentence.ts";
import { encodeEntryPayload, maxEntryPayload } from "./entry-payload.ts";

/** What a channel's links can carry. */
export interface EntryCapacity {
  readonly maxLength: number;
  readonly alphabet: string;
}

/** What shall stand in a link. */
export interface EntryWish {
  readonly ref: string;
  readonly key?: string | undefined;
  readonly data?: EntryData | undefined;
  /** It starts a flow, or brings stored data: the payload has to name it. */
  readonly isNamed: boolean;
}

/**
 * The payload of a link: a plain key as it is; data encoded as requirements/002 has it; nothing of both: the link's own ref. A link that
 * does more than carry (starts a flow, brings stored data) is named in the encoded data as `l`, also where only a key was given.
 */
export function toEntryPayload({ ref, key, data, isNamed }: EntryWish): string {
  const link = isNamed ? ref : undefined;
  if (data !== undefined) return encodeEntryPayload({ ...data, link });
  if (key === undefined) return ref;
  return isNamed ? encodeEntryPayload({ externalId: key, link }) : key;
}

/** How long a payload may be that all these channels carry; encoded data is not read beyond 64 characters on any. */
export function maxPayloadLength(capacities: readonly EntryCapacity[], isPlainKey: boolean): number {
  const limits = capacities.map(({ maxLength }) => maxLength);
  return isPlainKey && limits.length > 0 ? Math.min(...limits) : Math.min(maxEntryPayload, ...limits);
}

/** Throws `entry_link.too_long`, naming both lengths, and `entry_link.bad_characters`. */
export function checkEntryPayload(payload: string, maxLength: number, capacities: readonly EntryCapacity[]): void {
  if (payload.length > maxLength) {
    throw new AppError(
      "entry_link.too_long",
      say`the link's data has ${{ length: payload.length }} characters and may have ${{ maxLength }}; shorten it, or leave it with the link as \`stored\``,
      { details: { length: payload.length, maxLength } },
    );
  }
  const alphabets = capacities.length === 0 ? ["[A-Za-z0-9_-]"] : capacities.map(({ alphabet }) => alphabet);
  for (const alphabet of alphabets) {
    const bad = [...new Set([...payload].filter((letter) => !new RegExp(`^${alphabet}$`, "u").test(letter)))];
    if (bad.length === 0) continue;
    throw new AppError(
      "entry_link.bad_characters",
      say`a link cannot carry ${{ characters: bad.map((letter) => `"${letter}"`).join(", ") }}; send the key as \`data.externalId\``,
      { details: { characters: bad } },
    );
  }
}
