import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

let tenant: Tenant;
/** A contact, and a product with two variants: red (25.00, three in stock) and blue (30.00, not counted). */
let contact: number;
let red: number;
let blue: number;
beforeEach(async () => {
  tenant = await aTenant(server);
  const body = {
    name: "T-shirt",
    description: "Cotton",
    variants: [
      { sku: "RED", name: "red", price: 2500, comparePrice: 3000, currency: "AUD", stock: 3 },
      { sku: "BLUE", name: "blue", price: 3000, currency: "AUD" },
    ],
  };
  const product = await tenant.call("POST", "/products", { body });
  [red, blue] = product.json().variants.map(({ id }: { id: number }) => id);
  contact = (await tenant.call("POST", "/contacts", { body: { bot: tenant.bot.ref, firstName: "Ann" } })).json().id;
});

async function act(action: string, args: object = {}, who = contact) {
  const answer = await tenant.call("POST", `/contacts/${who}/actions`, { body: { action, args } });
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json().results[0];
}
const codeOf = async (action: string, args: object = {}) => (await act(action, args)).error?.code;
const cart = async () => (await tenant.call("GET", `/contacts/${contact}/cart`)).json();
const order = async (id: number) => (await tenant.call("GET", `/orders/${id}`)).json();
const stock = async () => (await tenant.call("GET", `/variants/${red}`)).json().stock;
const patch = async (id: number, body: object) => await tenant.call("PATCH", `/orders/${id}`, { body });
const factsOf = async (kind: string) => {
  const { data } = (await tenant.call("GET", `/contacts/${contact}/events`)).json();
  return data.flatMap(({ facts }: { facts: { kind: string }[] }) => facts.filter((fact) => fact.kind === kind));
};
async function ordered(items: object[] = [{ variant: red, quantity: 2 }]): Promise<number> {
  const { ok, result, error } = await act("create_order", { items });
  expect(ok, error?.message).toBe(true);
  return result.order;
}

describe("a cart", () => {
  it("is empty at first, takes in variants by id and by sku, and shows what they cost", async () => {
    expect(await cart()).toMatchObject({ contactId: contact, id: null, currency: null, items: [], total: 0 });
    await act("add_to_cart", { variant: red });
    const { result } = await act("add_to_cart", { variant: "RED" });
    expect(result).toMatchObject({ variant: red, quantity: 2, items: 2, total: 5000, totalText: "50.00" });
    await act("add_to_cart", { variant: String(blue), quantity: "{{ 1 | plus: 2 }}" });
    const filled = await cart();
    expect(filled).toMatchObject({
      currency: "AUD",
      quantity: 5,
      total: 14_000,
      totalText: "140.00",
      items: [
        {
          variant: red,
          sku: "RED",
          name: "T-shirt, red",
          description: "Cotton",
          price: 2500,
          comparePrice: 3000,
          quantity: 2,
          subtotal: 5000,
        },
        { variant: blue, name: "T-shirt, blue", comparePrice: null, quantity: 3, subtotal: 9000 },
      ],
    });
    expect(filled.id).toBeGreaterThan(0);
    expect((await act("list_cart_items")).result).toMatchObject({ quantity: 5, total: 14_000, totalText: "140.00" });
  });

  it("loses an item, some of it, or all", async () => {
    await act("add_to_cart", { variant: red, quantity: 3 });
    await act("add_to_cart", { variant: blue });
    expect((await act("remove_from_cart", { variant: "RED", quantity: 1 })).result).toEqual({ removed: 1 });
    expect((await act("remove_from_cart", { variant: red })).result).toEqual({ removed: 2 });
    expect((await act("remove_from_cart", { variant: red })).result).toEqual({ removed: 0 });
    expect(await cart()).toMatchObject({ quantity: 1, total: 3000 });
    expect((await act("empty_cart")).result).toEqual({ removed: 1 });
    expect((await act("empty_cart")).result).toEqual({ removed: 0 });
    expect(await cart()).toMatchObject({ id: null, items: [] });
    expect(await factsOf("cart_changed")).toContainEqual({
      kind: "cart_changed",
      quantity: 0,
      total: 0,
      currency: "AUD",
    });
  });

  it("is refused what is not there, not for sale, too much, or of another currency, and stays as it was", async () => {
    const body = { name: "Mug", variants: [{ sku: "MUG", price: 500, currency: "JPY" }] };
    const mug = (await tenant.call("POST", "/products", { body })).json().variants[0].id;
    await act("add_to_cart", { variant: blue });
    expect(await codeOf("add_to_cart", { variant: 999_999 })).toBe("variant.not_found");
    expect(await codeOf("add_to_cart", { variant: "NO-SUCH" })).toBe("variant.not_found");
    expect(await codeOf("add_to_cart", { variant: mug })).toBe("shop.other_currency");
    expect((await act("add_to_cart", { variant: red, quantity: 4 })).error).toEqual({
      code: "variant.out_of_stock",
      message: 'only 3 of "T-shirt, red" left',
      form: 'only {stock} of "{name}" left',
      parameters: { stock: 3, name: "T-shirt, red" },
    });
    for (const quantity of ["0", "-1", "1.5", "many", "10000"]) {
      expect(await codeOf("add_to_cart", { variant: blue, quantity })).toBe("shop.bad_quantity");
    }
    await act("add_to_cart", { variant: blue, quantity: 9998 });
    expect(await codeOf("add_to_cart", { variant: blue })).toBe("shop.bad_quantity");
    await tenant.call("PATCH", `/variants/${red}`, { body: { active: false } });
    expect(await codeOf("add_to_cart", { variant: red })).toBe("variant.not_for_sale");
    expect(await cart()).toMatchObject({ quantity: 9999, total: 29_997_000 });
  });

  it("does not grow past what can be counted", async () => {
    const body = { name: "Yacht", variants: [{ sku: "YACHT", price: 1_000_000_000_000, currency: "AUD" }] };
    await tenant.call("POST", "/products", { body });
    await act("add_to_cart", { variant: "YACHT", quantity: 1000 });
    expect(await codeOf("add_to_cart", { variant: "YACHT" })).toBe("shop.total_too_large");
    expect(await codeOf("add_to_cart", { variant: blue })).toBe("shop.total_too_large");
    expect(await cart()).toMatchObject({ quantity: 1000, total: 1_000_000_000_000_000 });
  });

  it("of a contact of another workspace is not found", async () => {
    const stranger = await aTenant(server);
    expect((await stranger.call("GET", `/contacts/${contact}/cart`)).json().error.code).toBe("contact.not_found");
    const theirs = (await stranger.call("POST", "/contacts", { body: { bot: stranger.bot.ref } })).json().id;
    const path = `/contacts/${theirs}/actions`;
    const answer = await stranger.call("POST", path, { body: { action: "add_to_cart", args: { variant: red } } });
    expect(answer.json().results[0].error.code).toBe("variant.not_found");
  });
});

describe("a check-out", () => {
  it("makes an order at the prices that the cart showed, takes it from the stock and empties the cart", async () => {
    await act("add_to_cart", { variant: red, quantity: 2 });
    await act("add_to_cart", { variant: blue });
    await tenant.call("PATCH", `/variants/${red}`, { body: { price: 9900, name: "crimson" } });
    const checkedOut = await act("check_out_cart", {
      status: "paid",
      paymentMethod: "card",
      referenceNo: "TX-{{ 1 }}",
    });
    expect(checkedOut).toMatchObject({ ok: true, result: { status: "paid", total: 8000, totalText: "80.00" } });
    expect(await order(checkedOut.result.order)).toMatchObject({
      contactId: contact,
      botId: tenant.bot.id,
      status: "paid",
      currency: "AUD",
      total: 8000,
      quantity: 3,
      items: [
        { name: "T-shirt, red", price: 2500, quantity: 2 },
        { name: "T-shirt, blue", quantity: 1 },
      ],
      name: "Ann",
      paymentMethod: "card",
      referenceNo: "TX-1",
      trackingNo: null,
    });
    expect(await cart()).toMatchObject({ id: null, items: [] });
    expect(await stock()).toBe(1);
    const { order: id } = checkedOut.result;
    expect(await factsOf("order_created")).toEqual([
      { kind: "order_created", order: id, status: "paid", total: 8000, currency: "AUD" },
    ]);
  });

  it("of an empty cart, or of what ran out or is gone, is refused and leaves the cart", async () => {
    expect(await codeOf("check_out_cart")).toBe("cart.empty");
    await act("add_to_cart", { variant: red, quantity: 3 });
    await tenant.call("PATCH", `/variants/${red}`, { body: { stock: 2 } });
    expect(await codeOf("check_out_cart")).toBe("variant.out_of_stock");
    await tenant.call("DELETE", `/variants/${red}`);
    expect(await codeOf("check_out_cart")).toBe("variant.not_found");
    expect(await cart()).toMatchObject({ quantity: 3 });
    expect((await tenant.call("GET", "/orders")).json().data).toEqual([]);
  });
});

describe("an order", () => {
  it("is made of named items, those named twice together", async () => {
    const id = await ordered([{ variant: red }, { variant: "BLUE", quantity: 2 }, { variant: "RED", quantity: 1 }]);
    expect(await order(id)).toMatchObject({ status: "ordered", quantity: 4, total: 11_000 });
    expect(await stock()).toBe(1);
    expect(await codeOf("create_order", { items: [{ variant: red, quantity: 2 }] })).toBe("variant.out_of_stock");
    expect(await stock()).toBe(1);
    expect((await act("list_orders")).result.orders).toMatchObject([{ order: id, total: 11_000, quantity: 4 }]);
  });

  it("is changed: status, payment and delivery; null clears", async () => {
    const id = await ordered();
    server.pass(1000);
    const changed = await patch(id, { status: "shipped", trackingNo: "{{ RR1 }}", country: "AU" });
    expect(changed.json()).toMatchObject({ status: "shipped", trackingNo: "{{ RR1 }}", country: "AU", name: "Ann" });
    expect(changed.json().updatedAt).not.toBe(changed.json().createdAt);
    expect((await patch(id, { country: null, trackingNo: "" })).json()).toMatchObject({
      country: null,
      trackingNo: null,
    });
    expect(await factsOf("order_changed")).toMatchObject([
      { order: id, status: "shipped" },
      { order: id, status: "shipped", total: 5000, currency: "AUD" },
    ]);
    await patch(id, { status: "shipped" });
    expect(await factsOf("order_changed")).toHaveLength(2);
  });

  it("keeps the prices of items that stay, until it is shipped", async () => {
    const id = await ordered();
    await tenant.call("PATCH", `/variants/${red}`, { body: { price: 1 } });
    await tenant.call("PATCH", `/variants/${blue}`, { body: { price: 100 } });
    const items = [{ variant: red, quantity: 3 }, { variant: "BLUE" }];
    expect((await patch(id, { items })).json()).toMatchObject({ total: 7600, quantity: 4 });
    expect(await stock()).toBe(0);
    expect((await patch(id, { items: [{ variant: red, quantity: 4 }] })).json().error.details.code).toBe(
      "variant.out_of_stock",
    );
    expect((await patch(id, { items: [{ variant: blue }] })).json()).toMatchObject({ total: 100 });
    expect(await stock()).toBe(3);
    await patch(id, { status: "shipped" });
    expect((await patch(id, { items })).json().error.details.code).toBe("order.closed");
  });

  it("that is cancelled gives its items back, and takes them again when it is taken up again", async () => {
    const id = await ordered([{ variant: red, quantity: 3 }]);
    await patch(id, { status: "cancelled" });
    expect(await stock()).toBe(3);
    await patch(id, { status: "cancelled" });
    const other = await ordered([{ variant: red, quantity: 1 }]);
    const refused = await patch(id, { status: "paid" });
    expect([refused.statusCode, refused.json().error.details.code]).toEqual([422, "variant.out_of_stock"]);
    await patch(other, { status: "refunded" });
    expect(await stock()).toBe(2);
    await patch(other, { status: "cancelled" });
    expect((await patch(id, { status: "paid" })).json()).toMatchObject({ status: "paid" });
    expect(await stock()).toBe(0);
  });

  it("is changed once by a request that comes twice", async () => {
    const id = await ordered();
    const body = { items: [{ variant: red, quantity: 1 }] };
    for (const _ of [1, 2]) {
      expect((await tenant.call("PATCH", `/orders/${id}`, { body, key: "once" })).json()).toMatchObject({
        quantity: 1,
      });
    }
    expect(await factsOf("order_changed")).toHaveLength(1);
  });

  it.each([
    [{ status: "lost" }, "status"],
    [{ items: [] }, "items"],
    [{ items: [{ variant: 1, quantity: 10_000 }] }, "items.0.quantity"],
    [{ note: "x".repeat(2001) }, "note"],
  ])("is not changed by %j", async (body, path) => {
    const answer = await patch(await ordered(), body);
    expect([answer.statusCode, answer.json().error.code]).toEqual([422, "request.invalid"]);
    expect(answer.json().error.details.map((detail: { path: string }) => detail.path)).toContain(path);
  });

  it("is another contact's, bot's or workspace's: not found", async () => {
    const id = await ordered();
    const body = { bot: tenant.bot.ref };
    const someone = (await tenant.call("POST", "/contacts", { body })).json().id;
    expect((await act("update_order", { order: id, status: "paid" }, someone)).error.code).toBe("order.not_found");
    expect(await codeOf("update_order", { order: "{{ nothing }}", status: "paid" })).toBe("order.not_found");
    const second = (await tenant.call("POST", "/bots", { body: { name: "Second" } })).json();
    const bound = await tenant.mintToken({ botId: second.id });
    const stranger = await aTenant(server);
    for (const token of [bound, stranger.token]) {
      expect((await tenant.call("GET", `/orders/${id}`, { token })).json().error.code).toBe("order.not_found");
      const change = await tenant.call("PATCH", `/orders/${id}`, { token, body: { status: "paid" } });
      expect(change.json().error.code).toBe("order.not_found");
      expect((await tenant.call("GET", "/orders", { token })).json().data).toEqual([]);
    }
    const settings = await tenant.mintToken({ scopes: ["settings:write"] });
    expect((await tenant.call("GET", `/orders/${id}`, { token: settings })).statusCode).toBe(403);
    expect((await tenant.call("GET", `/orders/${id}`, { token: "rp_api_no" })).statusCode).toBe(401);
  });

  it("goes with its contact, and with the contact that it is merged into", async () => {
    const id = await ordered();
    await act("add_to_cart", { variant: red });
    await act("add_to_cart", { variant: blue, quantity: 2 });
    const body = { bot: tenant.bot.ref, name: "Anna" };
    const primary = (await tenant.call("POST", "/contacts", { body })).json().id;
    await act("add_to_cart", { variant: blue, quantity: 3 }, primary);
    const merged = await tenant.call("POST", `/contacts/${primary}/merge`, { body: { secondary: contact } });
    expect(merged.statusCode, merged.body).toBe(200);
    expect(await order(id)).toMatchObject({ contactId: primary });
    const joined = (await tenant.call("GET", `/contacts/${primary}/cart`)).json();
    expect(joined).toMatchObject({ quantity: 6, items: [{ variant: blue, quantity: 5 }, { variant: red }] });
    await tenant.call("DELETE", `/contacts/${primary}`);
    expect((await tenant.call("GET", `/orders/${id}`)).statusCode).toBe(404);
  });
});

describe("a list of orders", () => {
  it("comes newest first, in pages, narrowed by contact, status and time", async () => {
    const body = { bot: tenant.bot.ref };
    const other = (await tenant.call("POST", "/contacts", { body })).json().id;
    const first = await ordered([{ variant: blue }]);
    server.pass(60_000);
    const noon = new Date(server.now()).toISOString();
    const second = (await act("create_order", { items: [{ variant: blue }], status: "paid" }, other)).result.order;
    server.pass(60_000);
    const third = await ordered([{ variant: blue }]);
    const ids = async (query: string) =>
      (await tenant.call("GET", `/orders?${query}`)).json().data.map(({ id }: { id: number }) => id);
    expect(await ids("")).toEqual([third, second, first]);
    expect(await ids(`contact=${contact}`)).toEqual([third, first]);
    expect(await ids("status=paid")).toEqual([second]);
    expect(await ids("status=paid&status=ordered&limit=2")).toEqual([third, second]);
    expect(await ids(`createdFrom=${noon}`)).toEqual([third, second]);
    expect(await ids(`createdTo=${noon}`)).toEqual([first]);
    const page = (await tenant.call("GET", "/orders?limit=2")).json();
    expect(await ids(`limit=2&cursor=${page.nextCursor}`)).toEqual([first]);
    expect((await tenant.call("GET", "/orders?createdFrom=yesterday")).statusCode).toBe(422);
    expect((await tenant.call("GET", "/orders?status=lost")).statusCode).toBe(422);
    expect((await tenant.call("GET", "/orders?cursor=no")).statusCode).toBe(400);
  });
});
