import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

let tenant: Tenant;
beforeEach(async () => {
  tenant = await aTenant(server);
});

const red = { sku: "TEE-RED", name: "red", price: 2500, currency: "aud" };

async function aProduct(values: object = {}) {
  const answer = await tenant.call("POST", "/products", { body: { name: "T-shirt", variants: [red], ...values } });
  expect(answer.statusCode, answer.body).toBe(201);
  return answer.json();
}

describe("a product", () => {
  it("is made with its variants, and read", async () => {
    const product = await aProduct({ description: "Cotton", imageUrl: "https://shop.example/tee.png" });
    expect(product).toMatchObject({
      name: "T-shirt",
      description: "Cotton",
      imageUrl: "https://shop.example/tee.png",
      active: true,
      variants: [
        {
          sku: "TEE-RED",
          name: "red",
          price: 2500,
          priceText: "25.00",
          comparePrice: null,
          currency: "AUD",
          active: true,
          stock: null,
        },
      ],
    });
    expect((await tenant.call("GET", `/products/${product.id}`)).json()).toEqual(product);
    expect((await tenant.call("GET", `/variants/${product.variants[0].id}`)).json()).toEqual(product.variants[0]);
  });

  it("is changed and deleted, its variants with it", async () => {
    const { id, variants } = await aProduct();
    const changed = await tenant.call("PATCH", `/products/${id}`, { body: { name: "Shirt", active: false } });
    expect(changed.json()).toMatchObject({ id, name: "Shirt", active: false, variants });
    expect((await tenant.call("DELETE", `/products/${id}`)).statusCode).toBe(204);
    for (const path of [`/products/${id}`, `/variants/${variants[0].id}`]) {
      expect((await tenant.call("GET", path)).statusCode).toBe(404);
    }
  });

  it("is found by a part of its name, by a sku, and by whether it is for sale; pages hang together", async () => {
    await aProduct();
    await aProduct({ name: "Mug 100%", active: false, variants: [{ ...red, sku: "MUG" }] });
    await aProduct({ name: "Cap", variants: [] });
    const names = async (query: string) =>
      (await tenant.call("GET", `/products?${query}`)).json().data.map(({ name }: { name: string }) => name);
    expect(await names("")).toEqual(["T-shirt", "Mug 100%", "Cap"]);
    expect(await names("q=shirt")).toEqual(["T-shirt"]);
    expect(await names("q=100%25")).toEqual(["Mug 100%"]);
    expect(await names("q=MUG")).toEqual(["Mug 100%"]);
    expect(await names("active=false")).toEqual(["Mug 100%"]);
    const first = (await tenant.call("GET", "/products?limit=2")).json();
    const second = (await tenant.call("GET", `/products?limit=2&cursor=${first.nextCursor}`)).json();
    expect([first.data.length, second.data.length, second.nextCursor]).toEqual([2, 1, null]);
  });

  it.each([
    [{ name: "" }, "name"],
    [{ imageUrl: "javascript:alert(1)" }, "imageUrl"],
    [{ variants: [{ ...red, price: -1 }] }, "variants.0.price"],
    [{ variants: [{ ...red, price: 1.5 }] }, "variants.0.price"],
    [{ variants: [{ ...red, price: 1_000_000_000_001 }] }, "variants.0.price"],
    [{ variants: [{ ...red, currency: "XYZ" }] }, "variants.0.currency"],
    [{ variants: [{ ...red, stock: -1 }] }, "variants.0.stock"],
    [{ variants: [{ sku: "x", currency: "EUR" }] }, "variants.0.price"],
  ])("is refused with %j", async (values, path) => {
    const answer = await tenant.call("POST", "/products", { body: { name: "T-shirt", ...values } });
    expect([answer.statusCode, answer.json().error.code]).toEqual([422, "request.invalid"]);
    expect(answer.json().error.details.map((detail: { path: string }) => detail.path)).toContain(path);
  });

  it("is changed by a token of settings alone, and by none that is bound to a bot", async () => {
    const { id } = await aProduct();
    const reader = await tenant.mintToken({ scopes: ["settings:read"] });
    const bound = await tenant.mintToken({ botId: tenant.bot.id });
    const codeOf = async (token: string) =>
      (await tenant.call("PATCH", `/products/${id}`, { token, body: { name: "x" } })).json().error?.code;
    expect([await codeOf(reader), await codeOf(bound), await codeOf("rp_api_nonsense")]).toEqual([
      "token.missing_scope",
      "token.bot_bound",
      "token.invalid",
    ]);
    expect((await tenant.call("GET", `/products/${id}`, { token: bound })).statusCode).toBe(200);
  });
});

describe("a variant", () => {
  it("is added, changed and deleted", async () => {
    const { id } = await aProduct();
    const body = { sku: "TEE-BLUE", name: "blue", price: 3000, comparePrice: 3500, currency: "AUD", stock: 4 };
    const blue = (await tenant.call("POST", `/products/${id}/variants`, { body })).json();
    expect(blue).toMatchObject({ ...body, productId: id });
    const changed = await tenant.call("PATCH", `/variants/${blue.id}`, { body: { price: 2900, stock: null } });
    expect(changed.json()).toMatchObject({ ...body, price: 2900, stock: null });
    expect((await tenant.call("DELETE", `/variants/${blue.id}`)).statusCode).toBe(204);
    expect((await tenant.call("GET", `/products/${id}`)).json().variants).toHaveLength(1);
  });

  it("shares its sku with no other of the workspace, and with those of others at will", async () => {
    const { id, variants } = await aProduct();
    const codeOf = async (method: "POST" | "PATCH", path: string, body: object) =>
      (await tenant.call(method, path, { body })).json().error?.code;
    expect(await codeOf("POST", `/products/${id}/variants`, red)).toBe("variant.sku_taken");
    const twice = [
      { ...red, sku: "A" },
      { ...red, sku: "A" },
    ];
    expect(await codeOf("POST", "/products", { name: "x", variants: twice })).toBe("variant.sku_taken");
    expect((await tenant.call("GET", "/products")).json().data).toHaveLength(1);
    const other = (await tenant.call("POST", `/products/${id}/variants`, { body: { ...red, sku: "B" } })).json();
    expect(await codeOf("PATCH", `/variants/${other.id}`, { sku: "TEE-RED" })).toBe("variant.sku_taken");
    expect(await codeOf("PATCH", `/variants/${variants[0].id}`, { sku: "TEE-RED" })).toBeUndefined();
    tenant = await aTenant(server);
    await aProduct();
  });

  it("that is not there, or another workspace's, is not found", async () => {
    const { id, variants } = await aProduct();
    const stranger = await aTenant(server);
    for (const [method, path, body] of [
      ["GET", `/variants/${variants[0].id}`, undefined],
      ["PATCH", `/variants/${variants[0].id}`, { price: 1 }],
      ["DELETE", `/variants/${variants[0].id}`, undefined],
      ["POST", `/products/${id}/variants`, { ...red, sku: "mine" }],
    ] as const) {
      const answer = await stranger.call(method, path, body === undefined ? {} : { body });
      expect([method, answer.statusCode]).toEqual([method, 404]);
    }
    expect((await stranger.call("GET", "/products")).json().data).toEqual([]);
    expect((await tenant.call("GET", `/variants/${variants[0].id + 1000}`)).json().error.code).toBe(
      "variant.not_found",
    );
  });
});
