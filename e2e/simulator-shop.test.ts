import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../test/until.ts";
import { hasBrowser } from "./browser.ts";
import { type Admin, openAdmin } from "./open-admin.ts";

const sale = {
  name: "Sale",
  start: "cart",
  steps: [
    {
      ref: "cart",
      kind: "action",
      config: {
        actions: [
          { action: "add_to_cart", args: { variant: "TEE", quantity: 2 } },
          { action: "check_out_cart", args: {} },
          { action: "add_to_cart", args: { variant: "CAP", quantity: 1 } },
        ],
      },
    },
    { ref: "said", kind: "message", config: { messages: [{ text: "Ordered." }] } },
  ],
  edges: [{ from: "cart", output: "next", to: "said" }],
};
const paid = {
  name: "Paid",
  start: "thanks",
  triggers: [{ kind: "order_status", status: "paid" }],
  steps: [{ ref: "thanks", kind: "message", config: { messages: [{ text: "Thank you for the money!" }] } }],
  edges: [],
};

/** A shop is played in the builder: the real products are sold, and nothing is kept of it. */
describe.skipIf(!hasBrowser)("the simulator's shop", () => {
  let admin: Admin;
  let page: Page;
  let token: string;

  // biome-ignore lint/suspicious/noExplicitAny: whatever the API answers.
  const call = async (method: string, at: string, body?: object): Promise<any> => {
    const response = await fetch(`${admin.server.url}/api/v1${at}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect(response.ok, await response.clone().text()).toBe(true);
    return await response.json();
  };

  beforeAll(async () => {
    admin = await openAdmin({ width: 1440, height: 900 });
    page = admin.page;
    token = await admin.server.run("token", "create", "--workspace", "demo", "--kind", "api");
    const variants = [
      { sku: "TEE", name: "red", price: 2500, currency: "EUR", stock: 10 },
      { sku: "CAP", name: "blue", price: 900, currency: "EUR" },
    ];
    await call("POST", "/products", { name: "Clothes", variants });
    for (const document of [paid, sale]) {
      const { ref } = await call("POST", "/flows", { bot: "demo", document });
      await call("POST", `/flows/${ref}/publish`, {});
      if (document === sale) await page.goto(`${admin.server.url}/w/demo/flows/${ref}`);
    }
  }, 240_000);

  afterAll(async () => {
    await admin?.close();
  });

  it("shows cart and orders, starts what a paid order starts, and sells nothing on the server", async () => {
    await page.getByRole("button", { name: "Try it" }).click();
    const simulator = page.getByRole("complementary", { name: "Simulator" });
    await simulator.getByRole("button", { name: "Begin", exact: true }).click();
    await simulator.getByText("Ordered.", { exact: true }).waitFor();
    await until("the canvas has moved to where the play is", async () => {
      const [said, canvas] = await Promise.all([
        page.locator('[data-trail="walked"]').filter({ hasText: "Ordered." }).boundingBox(),
        page.locator(".react-flow").boundingBox(),
      ]);
      return said !== null && canvas !== null && said.x + said.width <= canvas.x + canvas.width;
    });
    const shop = simulator.getByRole("group", { name: "Orders and cart" });
    await shop.getByText("2 × Clothes, red: €50.00").waitFor();
    await shop.getByText("1 × Clothes, blue: €9.00").waitFor();
    await shop.getByRole("combobox").click();
    await page.getByRole("option", { name: "Paid", exact: true }).click();
    await simulator.getByText("Thank you for the money!").waitFor();
    expect(await call("GET", "/orders")).toMatchObject({ data: [] });
    expect(await call("GET", "/products")).toMatchObject({
      data: [{ variants: [{ sku: "TEE", stock: 10 }, { sku: "CAP" }] }],
    });
    expect(admin.tab.complaints).toEqual([]);
  });
});
