import { sql } from "kysely";
import { totalOf } from "../engine/money.ts";
import { type Cart, type Line, maxLines, maxQuantity } from "../model/shop.ts";
import type { Database } from "./database.ts";

/** A contact's open cart; undefined: there is nothing in it. The caller has made sure that the contact may be seen. */
export async function findCart(db: Database, contactId: number): Promise<Cart | undefined> {
  const row = await db
    .selectFrom("carts")
    .select(["id", "currency", "lines", "createdAt", "updatedAt"])
    .where("contactId", "=", contactId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return { ...row, createdAt: row.createdAt.getTime(), updatedAt: row.updatedAt.getTime() };
}

/** Stores carts by contact (null: emptied); the contacts' rows are locked by the caller. */
export async function writeCarts(trx: Database, carts: ReadonlyMap<number, Cart | null>): Promise<void> {
  const emptied = [...carts].filter(([, cart]) => cart === null).map(([contactId]) => contactId);
  if (emptied.length > 0) await trx.deleteFrom("carts").where("contactId", "in", emptied).execute();
  const rows = [...carts].flatMap(([contactId, cart]) => (cart === null ? [] : [{ contactId, ...cart }]));
  if (rows.length === 0) return;
  await sql`/* prepare */
    insert into carts (contact_id, id, currency, lines, created_at, updated_at)
    select c."contactId", c.id, c.currency, c.lines, to_timestamp(c."createdAt" / 1000.0), to_timestamp(c."updatedAt" / 1000.0)
    from json_to_recordset(${JSON.stringify(rows)}::json) as c("contactId" bigint, id bigint, currency text, lines jsonb,
      "createdAt" bigint, "updatedAt" bigint)
    on conflict (contact_id) do update set id = excluded.id, currency = excluded.currency, lines = excluded.lines,
      created_at = excluded.created_at, updated_at = excluded.updated_at`.execute(trx);
}

/**
 * Gives a contact's cart to another. Where both have one, the primary's stays, and takes in what fits: lines of the same currency, within the bounds. What it has
 * already keeps its price.
 */
export async function moveCart(trx: Database, from: number, to: number): Promise<void> {
  const [given, own] = [await findCart(trx, from), await findCart(trx, to)];
  if (given === undefined) return;
  const joined = own === undefined ? given : { ...own, lines: joinLines(own, given) };
  await writeCarts(
    trx,
    new Map([
      [from, null],
      [to, joined],
    ]),
  );
}

function joinLines(own: Cart, given: Cart): readonly Line[] {
  if (own.currency !== given.currency) return own.lines;
  let lines = own.lines;
  for (const line of given.lines) {
    const known = lines.find(({ variant }) => variant === line.variant);
    const quantity = Math.min(maxQuantity, line.quantity + (known?.quantity ?? 0));
    const next =
      known === undefined ? [...lines, line] : lines.map((other) => (other === known ? { ...known, quantity } : other));
    if (next.length <= maxLines && totalOf(next) !== undefined) lines = next;
  }
  return lines;
}
