import { AppError } from "../../model/app-error.ts";
import { say } from "../../model/sentence.ts";

/** A cursor is the place of the last item of a page, unreadable on purpose: callers hand it back as it is. */
export function encodeCursor(place: readonly number[]): string {
  return Buffer.from(place.join(".")).toString("base64url");
}

/** Throws `request.bad_cursor`. Undefined: the first page. */
export function decodeCursor(cursor: string | undefined, length: 1 | 2 | 3 = 1): readonly number[] | undefined {
  if (cursor === undefined) return undefined;
  const place = Buffer.from(cursor, "base64url").toString("latin1").split(".").map(Number);
  if (place.length !== length || !place.every(Number.isSafeInteger)) {
    throw new AppError("request.bad_cursor", say`this is not the cursor of a page; begin again without one`);
  }
  return place;
}

/** A page from one item more than it holds: whether there is that item tells whether there is a next page. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  { present, placeOf }: { readonly present: (row: Row) => Item; readonly placeOf: (row: Row) => readonly number[] },
): { data: Item[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const nextCursor = rows.length > limit && last !== undefined ? encodeCursor(placeOf(last)) : null;
  return { data: shown.map(present), nextCursor };
}
