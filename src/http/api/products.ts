import { toDecimalText } from "../../engine/money.ts";
import {
  changeProduct,
  createProduct,
  deleteProduct,
  listProducts,
  type Product,
  requireProduct,
} from "../../store/product-store.ts";
import {
  changeVariant,
  createVariants,
  deleteVariant,
  requireVariant,
  type StoredVariant,
} from "../../store/variant-store.ts";
import { idParams, noContent, pageOf } from "../contract/common.ts";
import {
  type ProductBody,
  productChangeSchema,
  productCreateSchema,
  productQuery,
  productSchema,
  type VariantBody,
  variantChangeSchema,
  variantCreateSchema,
  variantSchema,
} from "../contract/products.ts";
import { writeOnce } from "../idempotency.ts";
import { decodeCursor, toPage } from "./cursor.ts";
import { toInstant } from "./instant.ts";
import { type ApiApp, type ApiResource, route } from "./route.ts";

const tag = "Products";
const read = { tag, scope: "settings:read" } as const;
const write = { tag, scope: "settings:write", shared: true, writes: true } as const;

function presentVariant({ createdAt, updatedAt, ...variant }: StoredVariant): VariantBody {
  const times = { createdAt: toInstant(createdAt), updatedAt: toInstant(updatedAt) };
  return { ...variant, priceText: toDecimalText(variant.price, variant.currency), ...times };
}

function presentProduct({ id, name, description, imageUrl, active, variants, ...times }: Product): ProductBody {
  return {
    id,
    name,
    description,
    imageUrl,
    active,
    createdAt: toInstant(times.createdAt),
    updatedAt: toInstant(times.updatedAt),
    variants: variants.map(presentVariant),
  };
}

export const productResource: ApiResource = (app, dependencies) => {
  const { db } = dependencies;
  app.get(
    "/products",
    route(
      { ...read, id: "listProducts", summary: "List products with their variants" },
      { querystring: productQuery },
      pageOf(productSchema),
    ),
    async ({ caller, query }) => {
      const { limit, cursor, active, q: search } = query;
      const filter = { active: active === undefined ? undefined : active === "true", search };
      const page = { after: decodeCursor(cursor)?.[0], limit: limit + 1 };
      const products = await listProducts(db, caller.workspaceId, filter, page);
      return toPage(products, limit, { present: presentProduct, placeOf: ({ id }) => [id] });
    },
  );
  app.get(
    "/products/:id",
    route({ ...read, id: "getProduct", summary: "Read a product" }, { params: idParams }, productSchema),
    async ({ caller, params }) => presentProduct(await requireProduct(db, caller.workspaceId, params.id)),
  );
  app.post(
    "/products",
    route(
      { ...write, id: "createProduct", summary: "Make a product, with variants", status: 201 },
      { body: productCreateSchema },
      productSchema,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) =>
        presentProduct(await createProduct(trx, request.caller.workspaceId, request.body)),
      ),
  );
  app.patch(
    "/products/:id",
    route(
      { ...write, id: "changeProduct", summary: "Change a product; carts and orders keep what they hold" },
      { params: idParams, body: productChangeSchema },
      productSchema,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) =>
        presentProduct(await changeProduct(trx, request.caller.workspaceId, request.params.id, request.body)),
      ),
  );
  app.delete(
    "/products/:id",
    route(
      { ...write, id: "deleteProduct", summary: "Delete a product with its variants; orders keep it", status: 204 },
      { params: idParams },
      noContent,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        await deleteProduct(trx, request.caller.workspaceId, request.params.id);
        return null;
      }),
  );
  addVariants(app, dependencies);
};

function addVariants(app: ApiApp, dependencies: Parameters<ApiResource>[1]): void {
  app.get(
    "/variants/:id",
    route({ ...read, id: "getVariant", summary: "Read a variant" }, { params: idParams }, variantSchema),
    async ({ caller, params }) => presentVariant(await requireVariant(dependencies.db, caller.workspaceId, params.id)),
  );
  app.post(
    "/products/:id/variants",
    route(
      { ...write, id: "createVariant", summary: "Add a variant to a product", status: 201 },
      { params: idParams, body: variantCreateSchema },
      variantSchema,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        const { workspaceId } = request.caller;
        const { id: productId } = await requireProduct(trx, workspaceId, request.params.id);
        const [made] = await createVariants(trx, { workspaceId, productId }, [request.body]);
        return presentVariant(made as StoredVariant);
      }),
  );
  app.patch(
    "/variants/:id",
    route(
      { ...write, id: "changeVariant", summary: "Change a variant; carts and orders keep what they hold" },
      { params: idParams, body: variantChangeSchema },
      variantSchema,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) =>
        presentVariant(await changeVariant(trx, request.caller.workspaceId, request.params.id, request.body)),
      ),
  );
  app.delete(
    "/variants/:id",
    route(
      { ...write, id: "deleteVariant", summary: "Delete a variant; orders keep it", status: 204 },
      { params: idParams },
      noContent,
    ),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        await deleteVariant(trx, request.caller.workspaceId, request.params.id);
        return null;
      }),
  );
}
