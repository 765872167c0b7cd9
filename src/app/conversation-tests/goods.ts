import { decimalsOf, toDecimalText } from "../../engine/money.ts";
import { parseAmount } from "../../engine/sales-plans.ts";
import type { ActionCall } from "../../model/action-call.ts";
import type { Deal } from "../../model/sales-plan.ts";
import type { Line, Order, Variant } from "../../model/shop.ts";
import type { BotSnapshot } from "../../model/world.ts";
import { type Goods, noGoods } from "../../simulator/desks.ts";
import { Simulation, type SimulationOptions } from "../../simulator/simulation.ts";
import { toVariants } from "../simulator/products.ts";
import type { Check, ContactOfFile, ConversationFile } from "./conversation-file.ts";

/** The actions that give a contact what the file says it has. */
export function toSetUpCalls({ cart, orders, deals }: Pick<ContactOfFile, "cart" | "orders" | "deals">) {
  const named = (key: keyof ContactOfFile, action: string, list: readonly ActionCall["args"][], more: object = {}) =>
    list.map((args, index) => ({ path: [key, index], call: { action, args: { ...more, ...args } } as ActionCall }));
  return [
    ...named("orders", "create_order", orders),
    ...named("deals", "add_to_sales_plan", deals, { ifOpen: "another" }),
    ...named("cart", "add_to_cart", cart),
  ];
}

/** What there is when the conversation begins: made by the very actions, with nobody who hears of it. `refused`: what cannot be so. */
export async function prepareGoods(
  options: Omit<SimulationOptions, "goods">,
  products: ConversationFile["products"],
  contact: ContactOfFile | undefined,
): Promise<{ readonly goods: Goods; readonly refused: readonly string[] }> {
  const goods = { ...noGoods, variants: toVariants(products) };
  const calls = contact === undefined ? [] : toSetUpCalls(contact);
  if (calls.length === 0) return { goods, refused: [] };
  const bot = { ...options.bot, flows: new Map() };
  const simulation = new Simulation({ ...options, bot, goods });
  const turns = await simulation.handle({ kind: "actions", actions: calls.map(({ call }) => call) });
  const errors = turns.flatMap(({ facts }) => facts.flatMap((fact) => (fact.kind === "error" ? [fact.message] : [])));
  const refused = [...turns.flatMap((turn) => turn.refused ?? []), ...errors];
  return { goods: simulation.goods, refused: refused.map((reason) => `what the contact has: ${reason}`) };
}

type ExpectedOrder = NonNullable<Check["orders"]>[number];
type ExpectedDeal = NonNullable<Check["deals"]>[number];

/** What is not as expected of the shop and the deals, a sentence each. */
export function compareGoods(
  { cart, stock, orders, deals }: Pick<Check, "cart" | "stock" | "orders" | "deals">,
  goods: Goods,
  bot: BotSnapshot,
): readonly string[] {
  return [
    ...(cart === undefined ? [] : compareItems("cart", cart, goods.cart?.lines ?? [], goods.variants)),
    ...Object.entries(stock ?? {}).flatMap(([key, expected]) => {
      const found = findVariant(goods.variants, key)?.stock ?? null;
      return found === expected ? [] : [`stock of ${key}: expected ${expected}; is ${found ?? "not counted"}`];
    }),
    ...compareEach("order", orders, goods.orders, describeOrder, (wish, order) =>
      compareOrder(wish, order, goods.variants),
    ),
    ...compareEach(
      "deal",
      deals,
      goods.deals,
      (deal) => describeDeal(deal, bot),
      (wish, deal) => compareDeal(wish, deal, bot),
    ),
  ];
}

/** The whole list, oldest first; `compare` says what is different in a pair. */
function compareEach<Wish, Item>(
  what: string,
  expected: readonly Wish[] | undefined,
  found: readonly Item[],
  describe: (item: Item) => string,
  compare: (wish: Wish, item: Item) => readonly string[],
): readonly string[] {
  if (expected === undefined) return [];
  if (expected.length !== found.length) {
    const there = found.length === 0 ? "none" : found.map(describe).join("; ");
    return [`${what}s: expected ${expected.length}; there are ${found.length}: ${there}`];
  }
  return expected.flatMap((wish, index) => {
    const item = found[index] as Item;
    return compare(wish, item).map((difference) => `${what} ${describe(item)}: ${difference}`);
  });
}

function compareOrder({ items, ...wish }: ExpectedOrder, order: Order, variants: readonly Variant[]): string[] {
  const { id, status, total, currency, details } = order;
  return [
    ...compareKeys(wish, { id, status, total, currency, ...details }),
    ...(items === undefined ? [] : compareItems("items", items, order.lines, variants)),
  ];
}

function compareDeal({ plan, status, sum, ...wish }: ExpectedDeal, deal: Deal, bot: BotSnapshot): string[] {
  const { id, title, currency, manager, note } = deal;
  const ofDeal = [...bot.salesPlans.values()].find((one) => one.id === deal.plan);
  const statuses = ofDeal?.statuses.find(({ ref }) => ref === deal.status);
  const minor = sum === undefined ? undefined : parseAmount(sum, decimalsOf(currency));
  return [
    ...compareKeys({ plan }, { plan: plan === ofDeal?.name ? plan : ofDeal?.ref }),
    ...compareKeys({ status }, { status: status === statuses?.name ? status : deal.status }),
    ...(minor === undefined || minor === deal.sum ? [] : [`sum: expected ${sum}; is ${describeSum(deal)}`]),
    ...compareKeys(wish, { id, title, currency, manager, note }),
  ];
}

/** Only the keys that are named; null: there is no value. */
function compareKeys(wish: object, found: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(wish).flatMap(([key, expected]) => {
    const value = found[key] ?? null;
    if (expected === undefined || expected === value) return [];
    return [`${key}: expected ${JSON.stringify(expected)}; is ${JSON.stringify(value)}`];
  });
}

function compareItems(
  what: string,
  expected: Readonly<Record<string, number>>,
  lines: readonly Line[],
  variants: readonly Variant[],
): string[] {
  const wanted = new Map(
    Object.entries(expected).map(([key, quantity]) => [findVariant(variants, key)?.id ?? key, quantity]),
  );
  const isSame = wanted.size === lines.length && lines.every((line) => wanted.get(line.variant) === line.quantity);
  if (isSame) return [];
  const list = Object.entries(expected).map(([key, quantity]) => `${quantity} × ${key}`);
  return [`${what}: expected ${list.length === 0 ? "nothing" : list.join(", ")}; there is ${describeLines(lines)}`];
}

/** As actions name it: by its sku, else by its id in digits. */
export function findVariant(variants: readonly Variant[], key: string): Variant | undefined {
  return variants.find(({ sku }) => sku === key) ?? variants.find(({ id }) => String(id) === key);
}

const describeLines = (lines: readonly Line[]) =>
  lines.length === 0
    ? "nothing"
    : lines.map(({ sku, variant, quantity }) => `${quantity} × ${sku ?? variant}`).join(", ");

const describeOrder = ({ id, status, lines }: Order) => `${id} (${status}, ${describeLines(lines)})`;

const describeSum = ({ sum, currency }: Deal) => `${toDecimalText(sum, currency)} ${currency}`;

function describeDeal(deal: Deal, { salesPlans }: BotSnapshot): string {
  const plan = [...salesPlans.values()].find(({ id }) => id === deal.plan);
  return `${deal.id} (${plan?.ref ?? ""}, ${deal.status}, ${describeSum(deal)})`;
}
