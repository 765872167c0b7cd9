import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import { untilWaitedFor } from "../../test/locks.ts";
import {
  anotherProcess,
  aShop,
  contactOf,
  isOnServer,
  type Shop,
  type TestShell,
  testShell,
  untilSent,
} from "../../test/shell.ts";
import type { ActionCall } from "../model/action-call.ts";
import type { ActionResult } from "../model/outcome.ts";
import { findCart } from "../store/cart-store.ts";
import type { Database } from "../store/database.ts";
import { listEvents } from "../store/event-store.ts";
import { listOrders } from "../store/order-store.ts";
import { createProduct } from "../store/product-store.ts";
import { changeVariant, requireVariant } from "../store/variant-store.ts";
import { createShopDesk } from "./shop-desk.ts";
import type { SubmitReply } from "./submission.ts";

const says = (ref: string, text: string) => ({ ref, kind: "message", config: { messages: [{ text }] } });
const acts = (ref: string, ...actions: ActionCall[]) => ({ ref, kind: "action", config: { actions } });
const next = (from: string, to: string) => ({ from, output: "next", to });
const keyword = (word: string) => ({ kind: "keyword" as const, words: [word], match: "exact" as const });

let database: TestDatabase;
let one: TestShell;
let shop: Shop;
let variants: readonly { readonly id: number }[];
beforeAll(async () => {
  database = await testDatabase();
  one = await testShell(database);
});
afterAll(async () => {
  await one.stop();
  await database.close();
});

beforeEach(async () => {
  shop = await aShop(one, {
    flows: [
      {
        ref: "buy",
        name: "Buy",
        triggers: [keyword("buy")],
        start: "hello",
        steps: [
          says("hello", "one moment"),
          acts("put", { action: "add_to_cart", args: { variant: "TEA", quantity: "2" } }),
          acts("pay", { action: "check_out_cart", args: { status: "paid", note: "{{ message.text }}" } }),
          says("thanks", "thank you"),
        ],
        edges: [next("hello", "put"), next("put", "pay"), next("pay", "thanks")],
      },
      {
        ref: "paid",
        name: "Paid",
        triggers: [{ kind: "order_status", status: "paid" }],
        start: "a",
        steps: [says("a", "it is paid")],
        edges: [],
      },
    ],
  });
  ({ variants } = await createProduct(database.db, shop.workspaceId, {
    name: "Tea",
    description: "",
    imageUrl: null,
    active: true,
    variants: ["TEA", "MATE", "CHAI"].map((sku) => ({
      sku,
      name: "",
      description: "",
      imageUrl: null,
      price: 100,
      comparePrice: null,
      currency: "EUR",
      active: true,
      stock: 10,
    })),
  }));
});

const submitTo = ({ shell }: TestShell, person: string, ...actions: ActionCall[]): Promise<SubmitReply> =>
  shell.submit({ ...shop.from(person, { kind: "actions", actions }), source: "api" });
const resultsOf = (reply: SubmitReply): readonly ActionResult[] => ("results" in reply ? (reply.results ?? []) : []);
const stockOf = async (place: number) =>
  (await requireVariant(database.db, shop.workspaceId, variants[place]?.id ?? 0)).stock;
const setStock = (place: number, stock: number) =>
  database.db.transaction().execute((trx) => changeVariant(trx, shop.workspaceId, variants[place]?.id ?? 0, { stock }));
const ordersOf = (contact?: number) =>
  listOrders(database.db, { workspaceId: shop.workspaceId }, { contact }, { limit: 1000 });
const buy = (sku: string, quantity = 1): ActionCall => ({
  action: "create_order",
  args: { items: [{ variant: sku, quantity }] },
});

describe("a flow that sells", () => {
  it("says everything once, however often the decision had to read more of the shop", async () => {
    const reply = await one.shell.submit(shop.from("ann", "buy"));
    await untilSent(one);
    expect(one.platform.delivered("ann").sort()).toEqual(["it is paid", "one moment", "thank you"]);
    const [order, ...others] = await ordersOf(contactOf(reply));
    expect(others).toEqual([]);
    expect(order).toMatchObject({ status: "paid", total: 200, details: { note: "buy" }, lines: [{ quantity: 2 }] });
    expect(await findCart(database.db, contactOf(reply))).toBeUndefined();
    expect(await stockOf(0)).toBe(8);
  });

  it("goes on where the shop says no, and the reason stands in the history", async () => {
    await setStock(0, 1);
    const reply = await one.shell.submit(shop.from("bob", "buy"));
    await untilSent(one);
    expect(one.platform.delivered("bob")).toEqual(["one moment", "thank you"]);
    const [event] = await listEvents(
      database.db,
      { workspaceId: shop.workspaceId },
      { contactId: contactOf(reply) },
      { limit: 1 },
    );
    expect(event?.facts).toContainEqual(expect.objectContaining({ kind: "error", code: "variant.out_of_stock" }));
    expect(await ordersOf()).toEqual([]);
  });
});

describe("actions of one request, and requests of one batch", () => {
  it("see what those before them did", async () => {
    const reply = await submitTo(
      one,
      "ann",
      { action: "add_to_cart", args: { variant: "TEA", quantity: 6 } },
      { action: "check_out_cart", args: {} },
      buy("TEA", 4),
      buy("TEA"),
      { action: "add_to_cart", args: { variant: "MATE" } },
      { action: "list_cart_items", args: {} },
      { action: "list_orders", args: {} },
    );
    const results = resultsOf(reply);
    expect(results.map(({ ok }) => ok)).toEqual([true, true, true, false, true, true, true]);
    const last = results.slice(-2).map((result) => (result.ok ? result.result : undefined));
    expect(last).toMatchObject([{ total: 100 }, { orders: [{ total: 400 }, { total: 600 }] }]);
    expect(await stockOf(0)).toBe(0);
  });

  it("sell no more than there is, and each order has an id of its own", async () => {
    const people = Array.from({ length: 30 }, (_, index) => `p${index}`);
    const replies = await Promise.all(people.map((person) => submitTo(one, person, buy("TEA"))));
    expect(replies.flatMap(resultsOf).filter(({ ok }) => ok)).toHaveLength(10);
    expect(new Set((await ordersOf()).map(({ id }) => id)).size).toBe(10);
    expect(await stockOf(0)).toBe(0);
  });

  it("list what others of the batch ordered and changed", async () => {
    const list = { action: "list_orders", args: {} };
    const replies = await Promise.all([
      submitTo(one, "ann", list),
      submitTo(one, "ann", buy("TEA"), list),
      submitTo(one, "ann", buy("MATE", 2)),
      submitTo(one, "ann", list),
    ]);
    const lists = replies.map((reply) => resultsOf(reply).at(-1));
    expect(lists).toMatchObject([
      { result: { orders: [] } },
      { result: { orders: [{ total: 100 }] } },
      { ok: true },
      { result: { orders: [{ total: 200 }, { total: 100 }] } },
    ]);
  });

  it("can change an order that they made, and one from long ago", async () => {
    const first = await submitTo(one, "ann", buy("TEA"));
    const [old] = await ordersOf(contactOf(first));
    const paid = (order: unknown): ActionCall => ({
      action: "update_order",
      args: { order: order as number, status: "paid" },
    });
    const reply = await submitTo(one, "ann", buy("MATE"), paid(old?.id), paid((old?.id ?? 0) + 1), {
      action: "list_orders",
      args: {},
    });
    const list = resultsOf(reply).at(-1);
    expect(list).toMatchObject({ result: { orders: [{ status: "paid" }, { order: old?.id, status: "paid" }] } });
  });
});

describe("a batch in which nobody asks for the shop", () => {
  it("reads and writes nothing of it", async () => {
    const unreachable = new Proxy({} as Database, {
      get: () => {
        throw new Error("the database was asked");
      },
    });
    const desk = createShopDesk(unreachable);
    expect(desk.viewOf({ contactId: 1, botId: 1, workspaceId: 1 })).toMatchObject({
      orderIds: [],
      isStockLocked: false,
    });
    await desk.write();
  });
});

describe.runIf(isOnServer)("two processes", () => {
  let two: TestShell;
  beforeEach(async () => {
    two = await anotherProcess(one, database);
  });
  afterEach(async () => {
    await two.stop();
  });
  const both = (index: number) => (index % 2 === 0 ? one : two);

  it("that add to the same cart lose nothing", async () => {
    await setStock(0, 1000);
    const contact = contactOf(await submitTo(one, "ann"));
    await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        submitTo(both(index), "ann", { action: "add_to_cart", args: { variant: "TEA" } }),
      ),
    );
    expect(await findCart(database.db, contact)).toMatchObject({ lines: [{ quantity: 100 }] });
  });

  it("that check out the same cart make one order", async () => {
    for (let round = 0; round < 10; round += 1) {
      const person = `ann${round}`;
      const contact = contactOf(await submitTo(one, person, { action: "add_to_cart", args: { variant: "TEA" } }));
      const checkOut = { action: "check_out_cart", args: {} };
      const replies = await Promise.all([submitTo(one, person, checkOut), submitTo(two, person, checkOut)]);
      expect(
        replies
          .flatMap(resultsOf)
          .map(({ ok }) => ok)
          .sort(),
      ).toEqual([false, true]);
      expect(await ordersOf(contact)).toHaveLength(1);
    }
    expect(await stockOf(0)).toBe(0);
  });

  it("wait for each other's stock, and then decide over what is left", async () => {
    const tea = variants[0]?.id ?? 0;
    const sold = await two.database.db.transaction().execute(async (trx) => {
      await changeVariant(trx, shop.workspaceId, tea, { stock: 2 });
      const reply = submitTo(one, "ann", buy("TEA", 3));
      await untilWaitedFor("the other process waits for the stock", trx, database.db);
      return { reply };
    });
    const message = 'only 2 of "Tea" left';
    expect(resultsOf(await sold.reply)).toMatchObject([
      { ok: false, error: { code: "variant.out_of_stock", message } },
    ]);
    expect(await stockOf(0)).toBe(2);
  });

  it("sell no more than there is, whatever the order in which their contacts buy", async () => {
    const skus = ["TEA", "MATE", "CHAI"];
    const replies = await Promise.all(
      Array.from({ length: 90 }, async (_, index) => {
        const turned = [...skus.slice(index % 3), ...skus.slice(0, index % 3)];
        return await submitTo(both(index), `p${index}`, ...turned.map((sku) => buy(sku)));
      }),
    );
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => "done"));
    const results = replies.flatMap(resultsOf);
    expect(results.filter(({ ok }) => ok)).toHaveLength(30);
    const refusals = results.flatMap((result) => (result.ok ? [] : [result.error.code]));
    expect(new Set(refusals)).toEqual(new Set(["variant.out_of_stock"]));
    expect(await Promise.all([0, 1, 2].map(stockOf))).toEqual([0, 0, 0]);
    expect([...one.logged, ...two.logged]).toEqual([]);
  });
});
