import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import type { CartBody, OrderBody } from "../contract/orders.ts";
import type { ProductBody } from "../contract/products.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

/** Places in the lists of variants and orders; what is not there is a no that changes nothing. */
const variant = fc.nat(3);
const order = fc.nat(1);
const quantity = fc.integer({ min: 1, max: 7 });
const items = fc.array(fc.record({ variant, quantity }), { minLength: 1, maxLength: 3 });
const status = fc.constantFrom("paid", "shipped", "cancelled", "cancelled");

const command = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("add" as const), variant, quantity }) },
  fc.record({ kind: fc.constant("remove" as const), variant, quantity: fc.option(quantity, { nil: undefined }) }),
  fc.record({ kind: fc.constant("empty" as const) }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("check_out" as const), status }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("create" as const), items, status }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("status" as const), order, status }) },
  fc.record({ kind: fc.constant("items" as const), order, items }),
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("price" as const),
      variant,
      price: fc.nat(1_000_000),
      name: fc.constantFrom("", "old", "new"),
      active: fc.boolean(),
    }),
  },
  fc.record({ kind: fc.constant("delete" as const), variant }),
);
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;

/** What there is of the first two variants; the third is not counted, the fourth costs another currency. */
const stocks = [12, 5, null, 9];

async function aWorldOf(tenant: Tenant) {
  const variants = stocks.map((stock, place) => {
    const currency = place === 3 ? "JPY" : "KWD";
    return { sku: `S${place}`, name: `v${place}`, price: 100 * (place + 1), currency, stock };
  });
  const product = (await tenant.call("POST", "/products", { body: { name: "Tea", variants } })).json();
  const contact = (await tenant.call("POST", "/contacts", { body: { bot: tenant.bot.ref } })).json();
  return { ids: product.variants.map(({ id }: { id: number }) => id) as number[], contact: contact.id as number };
}

async function obey(tenant: Tenant, world: Awaited<ReturnType<typeof aWorldOf>>, orders: OrderBody[], asked: Command) {
  const act = (action: string, args: object) =>
    tenant.call("POST", `/contacts/${world.contact}/actions`, { body: { action, args } });
  const named = (place: number) => world.ids[place] ?? 0;
  const toItems = (list: readonly { variant: number; quantity: number }[]) =>
    list.map((item) => ({ variant: named(item.variant), quantity: item.quantity }));
  switch (asked.kind) {
    case "add":
      return await act("add_to_cart", { variant: named(asked.variant), quantity: asked.quantity });
    case "remove":
      return await act("remove_from_cart", { variant: `S${asked.variant}`, quantity: asked.quantity });
    case "empty":
      return await act("empty_cart", {});
    case "check_out":
      return await act("check_out_cart", { status: asked.status });
    case "create":
      return await act("create_order", { items: toItems(asked.items), status: asked.status });
    case "status":
      return await tenant.call("PATCH", `/orders/${orders[asked.order]?.id ?? 999_999_999}`, {
        body: { status: asked.status },
      });
    case "items":
      return await tenant.call("PATCH", `/orders/${orders[asked.order]?.id ?? 999_999_999}`, {
        body: { items: toItems(asked.items) },
      });
    case "price": {
      const { price, name, active } = asked;
      return await tenant.call("PATCH", `/variants/${named(asked.variant)}`, { body: { price, name, active } });
    }
    case "delete":
      return await tenant.call("DELETE", `/variants/${named(asked.variant)}`);
  }
}

function expectSums({ items: lines, total, quantity: count, currency }: CartBody | OrderBody): void {
  expect(total).toBe(lines.reduce((sum, line) => sum + line.price * line.quantity, 0));
  expect(lines.every((line) => line.subtotal === line.price * line.quantity && line.quantity > 0)).toBe(true);
  expect(count).toBe(lines.reduce((sum, line) => sum + line.quantity, 0));
  expect(new Set(lines.map((line) => line.variant)).size).toBe(lines.length);
  // The fourth variant is the only one in yen.
  if (lines.length > 0) expect(currency).toBe(lines.some((line) => line.sku === "S3") ? "JPY" : "KWD");
}

/** What was there is there, or is held by an order. */
function expectStock(ids: readonly number[], product: ProductBody, orders: readonly OrderBody[]): void {
  const held = orders.filter((order) => order.status !== "cancelled").flatMap((order) => order.items);
  for (const [place, stock] of stocks.entries()) {
    const found = product.variants.find(({ id }) => id === ids[place]);
    if (found === undefined || stock === null) continue;
    const taken = held.filter((line) => line.variant === found.id).reduce((sum, line) => sum + line.quantity, 0);
    expect(found.stock).toBe(stock - taken);
    expect(found.stock).toBeGreaterThanOrEqual(0);
  }
}

it("whatever is bought and changed: sums are right, orders stay as they were made, and no stock is lost or sold twice", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 16, size: "max" }), async (commands) => {
      const tenant = await aTenant(server);
      const world = await aWorldOf(tenant);
      let before: OrderBody[] = [];
      for (const asked of commands) {
        const answer = await obey(tenant, world, before, asked);
        expect(answer.statusCode, answer.body).toBeLessThan(500);
        const cart: CartBody = (await tenant.call("GET", `/contacts/${world.contact}/cart`)).json();
        const orders: OrderBody[] = (await tenant.call("GET", "/orders")).json().data;
        for (const sums of [cart, ...orders]) expectSums(sums);
        const meant = asked.kind === "items" ? before[asked.order]?.id : undefined;
        for (const { id, items: lines } of before) {
          if (id !== meant) expect(orders.find((other) => other.id === id)?.items).toEqual(lines);
        }
        before = orders;
        expectStock(world.ids, (await tenant.call("GET", "/products")).json().data[0], orders);
      }
    }),
    { numRuns: 30 },
  );
}, 120_000);
