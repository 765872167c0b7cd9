import type { ConditionGroup } from "../../../src/model/condition.ts";

export const contactOrders = ["newest", "oldest", "name"] as const;
export type ContactOrder = (typeof contactOrders)[number];

/** Which contacts, as the page's address says it. */
export interface ContactFilter {
  readonly q?: string;
  readonly segment?: number;
  /** Instead of the segment's own condition, where somebody is changing it. */
  readonly where?: ConditionGroup;
  readonly order?: ContactOrder;
}

/** Reads an address as somebody was given it. What a condition really is, the server says. */
export function readContactFilter(search: Record<string, unknown>): ContactFilter {
  const { q, segment, where, order, tag } = search;
  const isGroup = typeof where === "object" && where !== null && Array.isArray((where as { rules?: unknown }).rules);
  return {
    ...(typeof q === "string" || typeof q === "number" ? { q: String(q) } : {}),
    ...(typeof segment === "number" ? { segment } : {}),
    ...(isGroup ? { where: where as ConditionGroup } : typeof tag === "string" ? { where: hasTag(tag) } : {}),
    ...(contactOrders.some((one) => one === order) ? { order: order as ContactOrder } : {}),
  };
}

/** Everybody with the tag. */
export const hasTag = (key: string): ConditionGroup => ({
  match: "all",
  rules: [{ subject: "tag", key, operator: "has" }],
});

/** What the server is asked. */
export interface ContactAsk {
  readonly q?: string;
  readonly segment?: number;
  readonly condition?: ConditionGroup;
}

export function toAsk({ q, segment, where }: ContactFilter): ContactAsk {
  return {
    ...(q === undefined || q.trim() === "" ? {} : { q: q.trim() }),
    ...(where === undefined ? (segment === undefined ? {} : { segment }) : { condition: where }),
  };
}

export function isFiltered(filter: ContactFilter): boolean {
  return Object.keys(toAsk(filter)).length > 0;
}
