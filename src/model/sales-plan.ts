import { z } from "zod";
import { refSchema } from "./flow.ts";
import { maxPrice } from "./shop.ts";

/** What a deal in a status is: still to be won, won, or lost. */
export const dealStatusKinds = ["open", "won", "lost"] as const;
export type DealStatusKind = (typeof dealStatusKinds)[number];

/** Who gets a new deal: nobody (a person says it by hand), each in turn, anybody, who has the fewest open ones, or the agent of the conversation (else each in turn). */
export const distributions = ["manual", "even", "random", "fewest", "agent"] as const;
export type Distribution = (typeof distributions)[number];

export const maxPlanLabel = 12;
export const maxPlanStatuses = 50;
export const maxPlanManagers = 200;
/** Deals of one contact that are open in one plan at most. */
export const maxOpenDeals = 50;
/** Minor units of one deal at most; all open deals of a contact together stay exact in a double. */
export const maxDealSum = maxPrice;

/** A stage of a sales plan. `ref` stays when it is renamed or moved. */
export interface DealStatus {
  readonly ref: string;
  readonly name: string;
  readonly kind: DealStatusKind;
}

/** A pipeline: what deals go through, and who looks after them. */
export interface SalesPlan {
  readonly id: number;
  readonly ref: string;
  readonly name: string;
  readonly currency: string;
  /** Minor units: what a deal is worth where nobody says it. */
  readonly averageCheck?: number | undefined;
  /** Shown in the inbox at whoever has an open deal; empty: nothing is. */
  readonly label: string;
  readonly distribution: Distribution;
  /** In their order; at least one is open. */
  readonly statuses: readonly DealStatus[];
  /** Ids of members, in the order of their turns. */
  readonly managers: readonly number[];
}

/** Something that may be sold to a contact. */
export interface Deal {
  readonly id: number;
  /** Id of the plan. */
  readonly plan: number;
  /** Ref of the status. */
  readonly status: string;
  readonly title: string;
  /** Minor units. */
  readonly sum: number;
  readonly currency: string;
  /** Id of a member; absent: nobody's. */
  readonly manager?: number | undefined;
  readonly note: string;
  /** Unix milliseconds. */
  readonly createdAt: number;
  readonly changedAt: number;
  /** When it was won or lost; absent: it is open. */
  readonly closedAt?: number | undefined;
}

/** A plan at the moment of a decision, which nobody else changes or gives deals of until that is committed. */
export interface PlanState {
  readonly plan: SalesPlan;
  /** Open deals by manager; whoever has none is not in it. */
  readonly openDeals: ReadonlyMap<number, number>;
  /** Who got a deal last when its managers took turns. */
  readonly lastManager?: number | undefined;
}

/** What a decision knows of deals so far; read on demand as the shop is (`engine/deal-context.ts`). */
export interface DealView {
  /** The contact's: all open ones and the newest of the others, newest first; undefined: not read. */
  readonly deals?: readonly Deal[] | undefined;
  /** Others of the contact's by id; null: it has no such deal. */
  readonly others: ReadonlyMap<number, Deal | null>;
  /** By id; null: there is no such plan any more. */
  readonly plans: ReadonlyMap<number, PlanState | null>;
  /** Ids that new deals may take. */
  readonly dealIds: readonly number[];
}

/** What a decision changes of deals. */
export interface DealChanges {
  /** Made or changed, by id; null: removed. */
  readonly deals: ReadonlyMap<number, Deal | null>;
  /** Plans as they are after it. */
  readonly plans: ReadonlyMap<number, PlanState>;
  /** How many of the view's deal ids were taken. */
  readonly dealIdsTaken: number;
}

/** A name, or part of one: no line breaks or other control characters. */
const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^\P{Cc}*$/u, "no control characters");

export const planLabelSchema = z
  .string()
  .trim()
  .regex(/^\P{Cc}*$/u, "no control characters")
  .refine((label) => [...label].length <= maxPlanLabel, `has to have at most ${maxPlanLabel} characters`);

const uniqueBy = <T>(items: readonly T[], keyOf: (item: T) => string | undefined) => {
  const keys = items.flatMap((item) => keyOf(item) ?? []);
  return new Set(keys).size === keys.length;
};

/** The statuses of a plan as people give them; one without a `ref` is new. */
export const dealStatusesSchema = z
  .array(z.strictObject({ ref: refSchema.optional(), name: nameSchema, kind: z.enum(dealStatusKinds) }))
  .min(1)
  .max(maxPlanStatuses)
  .refine((statuses) => statuses.some(({ kind }) => kind === "open"), "needs at least one open status")
  .refine((statuses) => uniqueBy(statuses, ({ name }) => name.toLowerCase()), "names two statuses alike")
  .refine((statuses) => uniqueBy(statuses, ({ ref }) => ref), "names a status twice");
