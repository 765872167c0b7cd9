import { toDecimalText, totalOf } from "../../engine/money.ts";
import type { Line } from "../../model/shop.ts";
import type { Goods } from "../../simulator/desks.ts";

/** What the person is about to buy and has bought, a line each. */
export function renderShop({ cart, orders }: Goods): readonly string[] {
  const lines = cart?.lines ?? [];
  const inCart = cart === null ? "nothing" : describe(lines, totalOf(lines) ?? 0, cart.currency);
  return [
    `   * cart: ${inCart}`,
    ...orders.map(
      ({ id, status, lines: bought, total, currency }) =>
        `   * order ${id} (${status}): ${describe(bought, total, currency)}`,
    ),
  ];
}

function describe(lines: readonly Line[], total: number, currency: string): string {
  const items = lines.map(({ quantity, name }) => `${quantity} × ${name}`);
  return `${items.join(", ")}; ${toDecimalText(total, currency)} ${currency}`;
}
