import { sql } from "kysely";
import { AppError } from "../model/app-error.ts";
import { say } from "../model/sentence.ts";
import type { Variant, VariantKey } from "../model/shop.ts";
import type { Database } from "./database.ts";

/** A variant as it is kept: what it lacks of its own, it has of its product. */
export interface StoredVariant {
  readonly id: number;
  readonly productId: number;
  readonly sku: string | null;
  readonly name: string;
  readonly description: string;
  readonly imageUrl: string | null;
  /** Minor units, like `comparePrice`. */
  readonly price: number;
  readonly comparePrice: number | null;
  readonly currency: string;
  readonly active: boolean;
  /** null: not counted. */
  readonly stock: number | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type NewVariant = Omit<StoredVariant, "id" | "productId" | "createdAt" | "updatedAt">;
/** Keys that are absent or undefined stay as they are. */
export type VariantChange = { readonly [K in keyof NewVariant]?: NewVariant[K] | undefined };

const columns = [
  "id",
  "productId",
  "sku",
  "name",
  "description",
  "imageUrl",
  "price",
  "comparePrice",
  "currency",
  "active",
  "stock",
  "createdAt",
  "updatedAt",
] as const;

/** Those of these products, in the order in which they were made. */
export async function variantsOf(db: Database, productIds: readonly number[]): Promise<StoredVariant[]> {
  if (productIds.length === 0) return [];
  return await db
    .selectFrom("variants")
    .select(columns)
    .where("productId", "in", productIds)
    .orderBy("productId")
    .orderBy("id")
    .execute();
}

/** Throws `variant.not_found`. */
export async function requireVariant(db: Database, workspaceId: number, id: number): Promise<StoredVariant> {
  const rows = db.selectFrom("variants").select(columns).where("workspaceId", "=", workspaceId);
  const variant = await rows.where("id", "=", id).executeTakeFirst();
  if (variant === undefined) throw new AppError("variant.not_found", say`there is no variant ${{ id }}`);
  return variant;
}

/** Throws `variant.sku_taken`. */
export async function createVariants(
  trx: Database,
  { workspaceId, productId }: { readonly workspaceId: number; readonly productId: number },
  variants: readonly NewVariant[],
): Promise<StoredVariant[]> {
  if (variants.length === 0) return [];
  const made = await trx
    .insertInto("variants")
    .values(variants.map((variant) => ({ ...variant, workspaceId, productId })))
    .onConflict((conflict) => conflict.columns(["workspaceId", "sku"]).doNothing())
    .returning(columns)
    .execute();
  if (made.length < variants.length) {
    const skus = variants.flatMap(({ sku }) => sku ?? []);
    const twice = skus.find((sku, place) => skus.indexOf(sku) < place);
    throw skuTaken(skus.find((sku) => made.every((variant) => variant.sku !== sku)) ?? twice ?? "");
  }
  return made;
}

const skuTaken = (sku: string) =>
  new AppError("variant.sku_taken", say`there is already a variant with the sku "${{ sku }}"`);

/** Orders and carts keep what they hold. Throws `variant.not_found`, `variant.sku_taken`. */
export async function changeVariant(
  trx: Database,
  workspaceId: number,
  id: number,
  change: VariantChange,
): Promise<StoredVariant> {
  // A batch that has read the stock decides over what stands: it must not be set meanwhile.
  if (change.stock !== undefined) await lockStock(trx, workspaceId);
  const { sku } = await requireVariant(trx, workspaceId, id);
  if (change.sku !== undefined && change.sku !== null && change.sku !== sku) {
    await lockSkus(trx, workspaceId);
    const others = trx.selectFrom("variants").select("id").where("workspaceId", "=", workspaceId);
    if ((await others.where("sku", "=", change.sku).executeTakeFirst()) !== undefined) throw skuTaken(change.sku);
  }
  await trx
    .updateTable("variants")
    .set({ ...change, updatedAt: sql<Date>`now()` })
    .where("id", "=", id)
    .execute();
  return await requireVariant(trx, workspaceId, id);
}

/** Two changes to the same sku are told of one another, and not by a broken constraint. */
async function lockSkus(trx: Database, workspaceId: number): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`skus:${workspaceId}`}, 8))`.execute(trx);
}

/** Orders keep their lines. Throws `variant.not_found`. */
export async function deleteVariant(trx: Database, workspaceId: number, id: number): Promise<void> {
  await requireVariant(trx, workspaceId, id);
  await trx.deleteFrom("variants").where("id", "=", id).execute();
}

/**
 * Until the transaction ends nobody else changes a stock of the workspace. One lock and not one a row: decisions meet their variants in any order, and two
 * processes that wait for each other's rows would have to be broken up by the database, a second later.
 */
export async function lockStock(trx: Database, workspaceId: number): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`stock:${workspaceId}`}, 8))`.execute(trx);
}

interface FoundVariant extends Omit<Variant, "sku" | "imageUrl" | "comparePrice" | "stock"> {
  readonly place: number;
  readonly sku: string | null;
  readonly imageUrl: string | null;
  readonly comparePrice: number | null;
  readonly stock: number | null;
}

/** What these keys name in a workspace, as the engine sees it; null: nothing. A text is a sku, else an id in digits. */
export async function findVariants(
  db: Database,
  workspaceId: number,
  keys: readonly VariantKey[],
): Promise<Map<VariantKey, Variant | null>> {
  const wanted = keys.map((key, place) => ({
    place,
    id: /^[1-9]\d{0,14}$/.test(String(key)) ? Number(key) : null,
    sku: typeof key === "string" ? key : null,
  }));
  const { rows } = await sql<FoundVariant>`/* prepare */
    select distinct on (w.place) w.place, v.id, v.product_id as "productId", v.sku,
      p.name || case when v.name = '' then '' else ', ' || v.name end as name,
      case when v.description = '' then p.description else v.description end as description,
      coalesce(v.image_url, p.image_url) as "imageUrl", v.price, v.compare_price as "comparePrice", v.currency,
      v.active and p.active as "isActive", v.stock
    from json_to_recordset(${JSON.stringify(wanted)}::json) as w(place integer, id bigint, sku text)
    join variants v on v.workspace_id = ${workspaceId} and (v.sku = w.sku or v.id = w.id)
    join products p on p.id = v.product_id
    order by w.place, (v.sku = w.sku) desc nulls last`.execute(db.withoutPlugins());
  const found = new Map<VariantKey, Variant | null>(keys.map((key) => [key, null]));
  for (const { place, sku, imageUrl, comparePrice, stock, ...variant } of rows) {
    const key = keys[place];
    if (key === undefined) continue;
    const rest = {
      sku: sku ?? undefined,
      imageUrl: imageUrl ?? undefined,
      comparePrice: comparePrice ?? undefined,
      stock: stock ?? undefined,
    };
    found.set(key, { ...variant, ...rest });
  }
  return found;
}

/** Adds to stocks (takes from them below zero); the lock is the caller's. Those that are not counted are left alone. */
export async function addToStock(trx: Database, changes: ReadonlyMap<number, number>): Promise<void> {
  const rows = [...changes].map(([id, by]) => ({ id, by }));
  await sql`/* prepare */ update variants v set stock = v.stock + c.by
    from json_to_recordset(${JSON.stringify(rows)}::json) as c(id bigint, by integer)
    where v.id = c.id and v.stock is not null`.execute(trx);
}
