import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { playFiles } from "../../../test/conversation-files.ts";

const bot = `kind: repartee-bot
ref: shop
name: Shop
fields: [{ key: bill, name: Bill, kind: text }]
salesPlans:
  - ref: course
    name: Course
    currency: EUR
    averageCheck: 99000
    distribution: even
    statuses: [{ ref: new, name: New, kind: open }, { ref: paid, name: Paid, kind: won }]
flows:
  - ref: buy
    name: Buy
    start: take
    triggers: [{ kind: keyword, words: [buy] }, { kind: keyword, words: [pay], step: pay }]
    steps:
      - { ref: take, kind: action, config: { actions: [{ action: add_to_cart, args: { variant: TEE-RED, quantity: 2 } }, { action: add_to_sales_plan, args: { plan: course, sum: 12.5 } }] } }
      - { ref: taken, kind: message, config: { messages: [{ text: It is in your cart. }] } }
      - ref: pay
        kind: action
        config:
          actions:
            - { action: check_out_cart, args: { status: ordered, paymentMethod: card }, save: [{ path: $.totalText, field: bill }] }
      - { ref: bill, kind: message, config: { messages: [{ text: "That is {{ fields.bill }}." }] } }
    edges: [{ from: take, output: next, to: taken }, { from: pay, output: next, to: bill }]
  - ref: cart
    name: Cart
    start: left
    triggers: [{ kind: cart_changed }]
    steps:
      - { ref: left, kind: delay, config: { mode: duration, amount: 1, unit: days } }
      - { ref: still, kind: message, config: { messages: [{ text: Still interested? }] } }
    edges: [{ from: left, output: next, to: still }]
  - ref: paid
    name: Paid
    start: win
    triggers: [{ kind: order_status, status: paid }]
    steps:
      - { ref: win, kind: action, config: { actions: [{ action: change_deal_status, args: { plan: course, status: paid } }] } }
      - { ref: thanks, kind: message, config: { messages: [{ text: Thank you! }] } }
    edges: [{ from: win, output: next, to: thanks }]
  - ref: won
    name: Won
    start: is
    triggers: [{ kind: deal_status, plan: course, status: paid }]
    steps:
      - { ref: is, kind: condition, config: { condition: { match: all, rules: [{ subject: deal_status, key: course, operator: is, value: paid }] } } }
      - { ref: yes, kind: message, config: { messages: [{ text: A deal is won. }] } }
    edges: [{ from: is, output: "yes", to: yes }]
`;

const file = (script: string, more = "") => `bot: bot.yaml
members: [{ id: 4, name: Ann, email: ann@x.io, managerOf: [course] }, { id: 7, name: Bob, email: bob@x.io, managerOf: [course] }]
products:
  - name: T-shirt
    variants:
      - { sku: TEE-RED, name: red, price: 2500, currency: EUR, stock: 10 }
      - { sku: TEE-OLD, name: old, price: 1000, currency: EUR, active: false }
  - { name: Lesson, variants: [{ price: 4000, currency: EUR }] }
conversations:
  - title: It
${more}    script:
${script.replace(/^/gm, "      ")}
`;

async function failureOf(script: string, more = "") {
  const { results, problems } = await playFiles(bot, file(script, more));
  expect(problems).toEqual([]);
  return results[0]?.failure;
}

describe("the shop and deals in conversation tests", () => {
  it("plays a purchase from the cart to the won deal, by triggers, actions and conditions of the bot", async () => {
    const script = `- say: buy
  bot: [It is in your cart.]
  check:
    cart: { TEE-RED: 2 }
    deals: [{ plan: course, status: new, sum: 12.5, manager: 4 }]
    stock: { TEE-RED: 10, "3": null }
- after: 1 day
  bot: [Still interested?]
- say: pay
  bot: [That is 50.00.]
  check:
    cart: {}
    stock: { TEE-RED: 8 }
    orders: [{ id: 1, status: ordered, total: 5000, currency: EUR, items: { TEE-RED: 2 }, paymentMethod: card, trackingNo: null }]
- do: [{ action: update_order, args: { order: 1, status: paid } }]
  bot: [Thank you!, A deal is won.]
  check:
    orders: [{ status: paid }]
    deals: [{ status: Paid, sum: 12.5 }]
    facts: [{ kind: order_changed, before: ordered, status: paid }, { kind: deal_changed, status: paid }]
- do: [{ action: update_order, args: { order: 1, status: cancelled } }, { action: add_to_sales_plan, args: { plan: course } }]
  check: { stock: { TEE-RED: 10 }, deals: [{ id: 1, manager: 4 }, { id: 2, sum: 990, manager: 7 }] }
- do: [{ action: create_order, args: { items: [{ variant: 3 }], status: paid } }]
  check: { orders: [{ items: { TEE-RED: 2 } }, { id: 2, items: { "3": 1 } }] }`;
    expect(await failureOf(script)).toBeUndefined();
  });

  it("begins with what the contact is said to have, of which no trigger hears", async () => {
    const contact = `    contact:
      cart: [{ variant: TEE-RED }]
      orders: [{ items: [{ variant: TEE-RED, quantity: 3 }], status: paid, note: gift }]
      deals: [{ plan: course, status: paid }, { plan: course, title: Second }]
`;
    const script = `- say: hello
  bot: nothing
  check:
    cart: { TEE-RED: 1 }
    orders: [{ status: paid, note: gift }]
    deals: [{ status: paid, sum: 990 }, { title: Second, status: new }]
    stock: { TEE-RED: 7 }
    positions: []
- do: [{ action: change_deal_status, args: { plan: course, status: paid } }]
  bot: [A deal is won.]`;
    expect(await failureOf(script, contact)).toBeUndefined();
  });

  it("plays the example of the documentation", async () => {
    const page = readFileSync(new URL("../../../docs/flows-as-code.md", import.meta.url), "utf8");
    const example = /```yaml\n(products:[^`]*)```/.exec(page)?.[1] ?? "";
    const { results, problems } = await playFiles(bot, `bot: bot.yaml\n${example}`);
    expect(problems).toEqual([]);
    expect(results).toMatchObject([{ title: "Somebody buys, pays, and is won" }]);
    expect(results[0]).not.toHaveProperty("failure");
  });

  it.each([
    ["cart: { TEE-RED: 1 }", "cart: expected 1 × TEE-RED; there is 2 × TEE-RED"],
    ["cart: {}", "cart: expected nothing; there is 2 × TEE-RED"],
    ["orders: [{ status: paid }]", "orders: expected 1; there are 0: none"],
    ["deals: [{ sum: 13 }]", "deal 1 (course, new, 12.50 EUR): sum: expected 13; is 12.50 EUR"],
    ["deals: [{ status: paid }]", 'deal 1 (course, new, 12.50 EUR): status: expected "paid"; is "new"'],
    ["deals: []", "deals: expected 0; there are 1: 1 (course, new, 12.50 EUR)"],
    ["stock: { TEE-RED: 9 }", "stock of TEE-RED: expected 9; is 10"],
  ])("fails over %s", async (check, reason) => {
    expect(await failureOf(`- say: buy\n  check: { ${check} }`)).toMatchObject({ index: 0, reasons: [reason] });
  });

  it("tells what an action refuses, as an error that somebody has to expect", async () => {
    const buy = (more: string) =>
      `- do: [{ action: create_order, args: { items: [{ variant: TEE-RED, quantity: 11 }] } }]\n  check: ${more}`;
    expect(await failureOf(buy("{ errors: [variant.out_of_stock], orders: [], stock: { TEE-RED: 10 } }"))).toBe(
      undefined,
    );
    expect((await failureOf(buy("{ orders: [] }")))?.reasons[0]).toContain('only 10 of "T-shirt, red" left');
  });

  it("fails before the first line where the contact cannot have what it is said to have", async () => {
    const contact = "    contact: { cart: [{ variant: TEE-OLD }] }\n";
    const { results } = await playFiles(bot, file("- say: a\n  bot: nothing", contact));
    expect(results[0]).toMatchObject({ failedLine: 11, failure: { happening: "-- before the first line" } });
    expect(results[0]?.failure?.reasons).toEqual(['what the contact has: "T-shirt, old" is not for sale at present']);
  });

  it.each([
    ["check: { cart: { TEE-BLUE: 1 } }", 'no variant "TEE-BLUE": there are TEE-RED, TEE-OLD, 3'],
    ["check: { deals: [{ plan: cours }] }", 'no sales plan "cours": there are course'],
    ["check: { deals: [{ status: lost }] }", 'no status of a deal "lost": there are new, paid'],
  ])("knows a slip in %s before it plays", async (check, message) => {
    const { results, problems } = await playFiles(bot, file(`- say: a\n  ${check}`));
    expect(results).toEqual([]);
    expect(problems).toEqual([{ file: "a.conversation.yaml", line: 13, message: expect.stringContaining(message) }]);
  });
});
