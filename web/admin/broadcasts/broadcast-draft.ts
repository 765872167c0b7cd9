import type { BroadcastBody, BroadcastDetailBody } from "../../../src/http/contract/broadcasts.ts";
import type { ActionCall } from "../../../src/model/action-call.ts";
import { type AudienceDraft, everybody, fromAudience, toAudience } from "./audience-draft.ts";
import { emptyPlan, fromPlan, type PlanDraft, toPlan } from "./plan-draft.ts";
import { emptyWhat, fromActions, toWhat, type WhatDraft } from "./what-draft.ts";

/** One of several versions, as the form has it. */
export interface VariantDraft {
  readonly name: string;
  readonly share: number;
  readonly what: WhatDraft;
}

/** A broadcast as its form has it. */
export interface BroadcastDraft {
  readonly name: string;
  readonly audience: AudienceDraft;
  /** Where there are no versions. */
  readonly what: WhatDraft;
  /** Empty: everybody gets the same. */
  readonly variants: readonly VariantDraft[];
  readonly winnerBy: NonNullable<BroadcastBody["split"]>["winnerBy"];
  readonly afterMinutes: number;
  readonly plan: PlanDraft;
  readonly perMinute: number | null;
}

export const emptyDraft: BroadcastDraft = {
  name: "",
  audience: everybody,
  what: emptyWhat,
  variants: [],
  winnerBy: "hand",
  afterMinutes: 240,
  plan: emptyPlan,
  perMinute: null,
};

const mostVariants = 5;
export const letterOf = (index: number) => String.fromCharCode(65 + index);

/** Two versions of what there was: a tenth of the audience each. */
export function splitUp(what: WhatDraft): readonly VariantDraft[] {
  return [0, 1].map((index) => ({ name: letterOf(index), share: 10, what }));
}

/** One more; undefined: there are enough. */
export function addVariant(variants: readonly VariantDraft[]): readonly VariantDraft[] | undefined {
  const last = variants.at(-1);
  if (last === undefined || variants.length >= mostVariants) return undefined;
  const name = [0, 1, 2, 3, 4].map(letterOf).find((one) => !variants.some((variant) => variant.name === one));
  return [...variants, { ...last, name: name ?? letterOf(variants.length) }];
}

/** Percent of the audience that is in no share, and gets the winner; negative: the shares are too many. */
export const restOf = (variants: readonly { readonly share: number }[]): number =>
  100 - variants.reduce((sum, { share }) => sum + share, 0);

/** As the API takes it, but for the bot. */
export function toBody({ name, audience, what, variants, winnerBy, afterMinutes, plan, perMinute }: BroadcastDraft) {
  const split = {
    variants: variants.map((one) => ({ name: one.name, share: one.share, ...toWhat(one.what) })),
    ...{ winnerBy, afterMinutes },
  };
  return {
    ...{ name, audience: toAudience(audience), perMinute, ...toPlan(plan) },
    ...(variants.length > 0 ? { split } : toWhat(what)),
  };
}

/** A broadcast's draft as it is kept. */
export function fromBroadcast(broadcast: BroadcastDetailBody): BroadcastDraft {
  const { name, audience, actions, perMinute, split } = broadcast;
  const base = { ...emptyDraft, name, perMinute, plan: fromPlan(broadcast), audience: fromAudience(audience) };
  const what = fromActions(actions as readonly ActionCall[]);
  if (split == null) return { ...base, what };
  const { winnerBy, afterMinutes } = split;
  const variants = split.variants.map((one) => ({
    ...{ name: one.name, share: one.share },
    what: fromActions(one.actions as readonly ActionCall[]),
  }));
  return { ...base, what, variants, winnerBy, afterMinutes };
}
