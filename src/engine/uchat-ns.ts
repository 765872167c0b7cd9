/**
 * UChat's ids of things ("ns"): `f<bot><letters><number>`. Both ways without a look-up: the number is the row's own id, but for two.
 *
 * - User fields and bot fields are both `v` there and come from two tables here. A user field has twice its id, a bot field twice its id and one
 *   more: what is even is a user field, what is odd a bot field, and neither is ever taken for the other.
 * - A node is a step, whose ref is text and unique only within its flow: see `engine/node-ns.ts`.
 */
const letters = {
  contact: "u",
  tag: "t",
  flow: "s",
  segment: "sg",
  closingNote: "cn",
  customEvent: "e",
  webhook: "w",
} as const;

export type NsKind = keyof typeof letters | "field" | "variable";

/** What an ns says: the bot's id and the thing's. */
export interface Ns {
  readonly bot: number;
  readonly id: number;
}

export function toNs(kind: NsKind, bot: number, id: number): string {
  if (kind === "field") return `f${bot}v${id * 2}`;
  if (kind === "variable") return `f${bot}v${id * 2 + 1}`;
  return `f${bot}${letters[kind]}${id}`;
}

/** Undefined: not an ns of this kind. */
export function parseNs(kind: NsKind, ns: string): Ns | undefined {
  const [, bot = "", letter = "", number = ""] = /^f(\d{1,15})([a-z]{1,2})(\d{1,15})$/.exec(ns.trim()) ?? [];
  if (kind !== "field" && kind !== "variable") {
    return letter === letters[kind] ? { bot: Number(bot), id: Number(number) } : undefined;
  }
  if (letter !== "v" || (Number(number) % 2 === 0) !== (kind === "field")) return undefined;
  return { bot: Number(bot), id: Math.floor(Number(number) / 2) };
}

/** A bot of ours is a "flow" there. */
export const toFlowNs = (bot: number) => `f${bot}`;

export function parseFlowNs(ns: string): number | undefined {
  const digits = /^f(\d{1,15})$/.exec(ns.trim())?.[1];
  return digits === undefined ? undefined : Number(digits);
}
