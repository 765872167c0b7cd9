import { type ExpressionBuilder, sql } from "kysely";
import { AppError } from "../model/app-error.ts";
import { say } from "../model/sentence.ts";
import type { Database } from "./database.ts";
import type { Tables } from "./tables.ts";
import { createVariants, type NewVariant, type StoredVariant, variantsOf } from "./variant-store.ts";

/** Something a workspace sells, with its variants in the order in which they were made. */
export interface Product {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly imageUrl: string | null;
  readonly active: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly variants: readonly StoredVariant[];
}

interface ProductValues {
  readonly name: string;
  readonly description: string;
  readonly imageUrl: string | null;
  readonly active: boolean;
}

/** Keys that are absent or undefined stay as they are. */
export type ProductChange = { readonly [K in keyof ProductValues]?: ProductValues[K] | undefined };

export interface ProductFilter {
  readonly active?: boolean | undefined;
  /** Part of a name, or a whole sku. */
  readonly search?: string | undefined;
}

const columns = ["id", "name", "description", "imageUrl", "active", "createdAt", "updatedAt"] as const;

/** A page of products in the order in which they were made: those after id `after`, without the first `skip` (doors whose lists have page numbers). */
export async function listProducts(
  db: Database,
  workspaceId: number,
  filter: ProductFilter,
  page: { readonly after?: number | undefined; readonly skip?: number; readonly limit: number },
): Promise<Product[]> {
  const rows = await foundProducts(db, workspaceId, filter)
    .select(columns)
    .where("id", ">", page.after ?? 0)
    .orderBy("id")
    .limit(page.limit)
    .offset(page.skip ?? 0)
    .execute();
  const variants = await variantsOf(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => ({ ...row, variants: variants.filter(({ productId }) => productId === row.id) }));
}

/** How many there are in all. */
export async function countProducts(db: Database, workspaceId: number, filter: ProductFilter): Promise<number> {
  const { count } = await foundProducts(db, workspaceId, filter)
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .executeTakeFirstOrThrow();
  return Number(count);
}

function foundProducts(db: Database, workspaceId: number, filter: ProductFilter) {
  return db
    .selectFrom("products")
    .where("workspaceId", "=", workspaceId)
    .where((eb) => eb.and(matches(eb, filter)));
}

function matches(eb: ExpressionBuilder<Tables, "products">, { active, search }: ProductFilter) {
  const pattern = `%${search?.replace(/[\\%_]/g, "\\$&")}%`;
  return [
    ...(active === undefined ? [] : [eb("active", "=", active)]),
    ...(search === undefined
      ? []
      : [
          sql<boolean>`(products.name ilike ${pattern}
            or exists (select 1 from variants v where v.product_id = products.id and v.sku = ${search}))`,
        ]),
  ];
}

/** Throws `product.not_found`. */
export async function requireProduct(db: Database, workspaceId: number, id: number): Promise<Product> {
  const rows = db.selectFrom("products").select(columns).where("workspaceId", "=", workspaceId);
  const row = await rows.where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw new AppError("product.not_found", say`there is no product ${{ id }}`);
  return { ...row, variants: await variantsOf(db, [id]) };
}

/** Throws `variant.sku_taken`. */
export async function createProduct(
  trx: Database,
  workspaceId: number,
  { variants, ...values }: ProductValues & { readonly variants: readonly NewVariant[] },
): Promise<Product> {
  const row = await trx
    .insertInto("products")
    .values({ ...values, workspaceId })
    .returning(columns)
    .executeTakeFirstOrThrow();
  await createVariants(trx, { workspaceId, productId: row.id }, variants);
  return { ...row, variants: await variantsOf(trx, [row.id]) };
}

/** Orders and carts keep what they hold. Throws `product.not_found`. */
export async function changeProduct(
  trx: Database,
  workspaceId: number,
  id: number,
  change: ProductChange,
): Promise<Product> {
  await trx
    .updateTable("products")
    .set({ ...change, updatedAt: sql<Date>`now()` })
    .where("workspaceId", "=", workspaceId)
    .where("id", "=", id)
    .execute();
  return await requireProduct(trx, workspaceId, id);
}

/** With its variants; orders keep their lines. Throws `product.not_found`. */
export async function deleteProduct(trx: Database, workspaceId: number, id: number): Promise<void> {
  await requireProduct(trx, workspaceId, id);
  await trx.deleteFrom("products").where("id", "=", id).execute();
}
