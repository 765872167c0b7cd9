import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestServer, testServer } from "../../../../test/server.ts";
import {
  aUchatTenant,
  type DoorCase,
  describeDoor,
  doorTenants,
  nobody,
  type UchatTenant,
} from "../../../../test/uchat-door.ts";
import { createProduct } from "../../../store/product-store.ts";

let server: TestServer;
/** The variant of each tenant's one product, and the order that was made of it. */
const variants = new Map<UchatTenant, number>();
const orders = new Map<UchatTenant, number>();

async function aShop(): Promise<UchatTenant> {
  const tenant = await aUchatTenant(server);
  const made = await server.database.db.transaction().execute(
    async (trx) =>
      await createProduct(trx, tenant.workspace.id, {
        name: "T-shirt",
        description: "Cotton",
        imageUrl: "https://x.example/tee.png",
        active: true,
        variants: [
          {
            name: "Red",
            description: "",
            sku: `TEE-${tenant.workspace.id}`,
            price: 1050,
            comparePrice: 1250,
            currency: "AUD",
            stock: 5,
            imageUrl: null,
            active: true,
          },
        ],
      }),
  );
  variants.set(tenant, made.variants[0]?.id ?? 0);
  return tenant;
}

beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());
const tenants = doorTenants(aShop);
beforeAll(async () => {
  products.set(tenants.mine(), await productOf(tenants.mine()));
});

const me = ({ userNs }: UchatTenant) => ({ user_ns: userNs });
const one = (tenant: UchatTenant) => ({ user_ns: tenant.userNs, variant_id: variants.get(tenant) ?? 0 });
const fill = (tenant: UchatTenant) => tenant.door("POST /subscriber/add-to-cart", { ...one(tenant), qty: 2 });
const cartOf = async (tenant: UchatTenant) => (await tenant.door("GET /subscriber/cart", me(tenant))).json();
const ordersOf = async (tenant: UchatTenant) => (await tenant.door("GET /subscriber/orders", me(tenant))).json().data;
const buy = async (tenant: UchatTenant) => {
  await fill(tenant);
  const paid = await tenant.door("POST /subscriber/cart-paid", me(tenant));
  expect(paid.json()).toEqual({ status: "ok" });
  orders.set(tenant, (await ordersOf(tenant))[0].id);
};

const cases: readonly DoorCase[] = [
  {
    endpoint: "GET /subscriber/cart",
    good: me,
    before: fill,
    after: (tenant, body: object) =>
      expect(body).toMatchObject({
        created_at: "2026-01-15 12:00:00",
        items: [
          {
            id: variants.get(tenant),
            desc: "Cotton",
            image: "https://x.example/tee.png",
            price: 10.5,
            compare_price: 12.5,
            currency: "aud",
            num: 2,
            subtotal: 21,
          },
        ],
        num_of_items: 2,
        total_price: 21,
      }),
    missing: [nobody],
  },
  {
    endpoint: "POST /subscriber/add-to-cart",
    good: (tenant) => ({ ...one(tenant), qty: "2" }),
    after: async (tenant) => expect(await cartOf(tenant)).toMatchObject({ num_of_items: 2 }),
    missing: [nobody, () => ({ variant_id: 999_999 }), () => ({ qty: 6 })],
    bad: [{ qty: 0 }, { qty: "two" }, { variant_id: "" }],
  },
  {
    endpoint: "DELETE /subscriber/remove-from-cart",
    good: one,
    before: fill,
    after: async (tenant) => expect(await cartOf(tenant)).toMatchObject({ id: 0, items: [], total_price: 0 }),
    missing: [nobody],
  },
  {
    endpoint: "DELETE /subscriber/empty-cart",
    good: me,
    before: fill,
    after: async (tenant) => expect(await cartOf(tenant)).toMatchObject({ items: [] }),
    missing: [nobody],
  },
  {
    endpoint: "POST /subscriber/cart-paid",
    good: ({ userNs }) => ({ user_ns: userNs, payment_method: "card", reference_no: 12, name: "{{ Ann }}" }),
    before: fill,
    after: async (tenant) => {
      expect(await cartOf(tenant)).toMatchObject({ items: [] });
      expect(await ordersOf(tenant)).toMatchObject([{ total: "21.00", currency: "aud", status: "paid" }]);
    },
    missing: [nobody, () => ({})],
  },
  {
    endpoint: "POST /subscriber/update-order-status",
    before: buy,
    good: (tenant) => ({ user_ns: tenant.userNs, order_id: orders.get(tenant) ?? 999_999, status: "shipped" }),
    after: async (tenant) => expect(await ordersOf(tenant)).toMatchObject([{ status: "shipped" }]),
    missing: [nobody, () => ({ order_id: 999_999 })],
    bad: [{ status: "lost" }, { order_id: "x" }],
  },
  {
    endpoint: "GET /subscriber/orders",
    good: me,
    before: buy,
    after: (_tenant, body: object) =>
      expect(body).toMatchObject({ status: "ok", data: [{ total: "21.00", status: "paid" }], meta: { total: 1 } }),
    missing: [nobody],
    bad: [{ page: "x" }],
  },
];

const known = (tenant: UchatTenant) => ({ orderId: orders.get(tenant) ?? 999_999 });
const productOf = async (tenant: UchatTenant) =>
  (await tenant.door("GET /shop/products", {}, tenant.teamToken)).json().data[0].id;
const products = new Map<UchatTenant, number>();

const shop: readonly DoorCase[] = [
  {
    endpoint: "GET /shop/orders",
    good: me,
    before: buy,
    after: (_tenant, body: object) =>
      expect(body).toMatchObject({ status: "ok", data: [{ total: "21.00", currency: "aud", status: "paid" }] }),
    missing: [nobody],
    bad: [{ limit: "x" }],
  },
  {
    endpoint: "GET /shop/orders/{orderId}/get-info",
    good: known,
    before: buy,
    after: ({ userNs }, body: object) =>
      expect(body).toMatchObject({
        status: "ok",
        data: {
          user_ns: userNs,
          total: "21.00",
          total_price: 21,
          num_of_items: 2,
          status: "paid",
          items: [{ num: 2, price: 10.5 }],
        },
      }),
    missing: [() => ({ orderId: 999_999 })],
    bad: [{ orderId: "x" }],
  },
  {
    endpoint: "POST /shop/orders/create",
    good: (tenant) => ({
      user_ns: tenant.userNs,
      status: "processing",
      shipping_method: "pickup",
      items: [{ variant_id: variants.get(tenant) ?? 0, qty: 3 }],
    }),
    after: async (tenant) => expect(await ordersOf(tenant)).toMatchObject([{ total: "31.50", status: "processing" }]),
    missing: [nobody, () => ({ items: [{ variant_id: 999_999 }] })],
    bad: [{ items: [] }, { items: [1] }, { status: "lost" }],
  },
  {
    endpoint: "PUT /shop/orders/{orderId}/update",
    before: buy,
    good: (tenant) => ({
      ...known(tenant),
      status: "processing",
      tracking_no: "RR1",
      items: [{ variant_id: variants.get(tenant) ?? 0, qty: 1 }],
    }),
    after: async (tenant) => {
      const { data } = (
        await tenant.door("GET /shop/orders/{orderId}/get-info", known(tenant), tenant.teamToken)
      ).json();
      expect(data).toMatchObject({ status: "processing", tracking_no: "RR1", total: "10.50" });
      const none = await tenant.door("PUT /shop/orders/{orderId}/update", { ...known(tenant), items: [] });
      expect(none.json()).toEqual({ status: "ok" });
    },
    missing: [() => ({ orderId: 999_999 })],
    bad: [{ status: "lost" }],
  },
  {
    endpoint: "GET /shop/products",
    good: () => ({ name: "shirt" }),
    after: (tenant, body: object) =>
      expect(body).toMatchObject({
        data: [
          {
            name: "T-shirt",
            total_qty: 5,
            variants: [{ id: variants.get(tenant), price: 10.5, currency: "aud", qty: 5 }],
          },
        ],
        meta: { total: 1 },
      }),
    bad: [{ page: 0 }],
    isOwn: true,
  },
  {
    endpoint: "GET /shop/products/{productId}/get-info",
    before: async (tenant) => products.set(tenant, await productOf(tenant)),
    good: (tenant) => ({ productId: products.get(tenant) ?? 999_999 }),
    after: (_tenant, body: object) => expect(body).toMatchObject({ status: "ok", data: { name: "T-shirt" } }),
    missing: [() => ({ productId: 999_999 })],
    bad: [{ productId: "x" }],
  },
  {
    endpoint: "GET /shop/products/{productId}/variants",
    before: async (tenant) => products.set(tenant, await productOf(tenant)),
    good: (tenant) => ({ productId: products.get(tenant) ?? 999_999 }),
    after: (tenant, body: object) => expect(body).toMatchObject({ data: [{ id: variants.get(tenant) }] }),
    missing: [() => ({ productId: 999_999 })],
    bad: [{ limit: 0 }],
  },
];

describe("the door of the shop", () => {
  describeDoor([...cases, ...shop], tenants);

  it("does not change another subscriber's order", async () => {
    const tenant = await aShop();
    await buy(tenant);
    const made = (await tenant.door("POST /subscriber/create", { phone: "+79001234567" })).json();
    const input = { user_ns: made.user_ns, order_id: orders.get(tenant), status: "cancelled" };
    expect((await tenant.door("POST /subscriber/update-order-status", input)).statusCode).toBe(400);
    expect(await ordersOf(tenant)).toMatchObject([{ status: "paid" }]);
  });
});
