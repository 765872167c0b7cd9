import { z } from "zod";
import type { FieldValue } from "./field.ts";
import { orderStatusSchema } from "./shop.ts";

/** A `ref`: short, stable, safe in URLs and in a Telegram button (64 bytes hold flow, step and button together). */
export const refSchema = z.string().regex(/^[A-Za-z0-9_-]{1,20}$/, "a ref has 1 to 20 of A-Z, a-z, 0-9, _ and -");

/** A step as it is stored. `config` is checked by the step type's own schema (`steps/index.ts`). */
export const storedStepSchema = z.object({
  ref: refSchema,
  kind: z.string().min(1).max(40),
  name: z.string().max(200).optional(),
  config: z.record(z.string(), z.unknown()).default({}),
  /** Where the canvas draws it. */
  at: z.object({ x: z.number(), y: z.number() }).optional(),
});
export type StoredStep = z.infer<typeof storedStepSchema>;

export const edgeSchema = z.object({ from: refSchema, output: z.string().min(1).max(60), to: refSchema });
export type Edge = z.infer<typeof edgeSchema>;

const triggerBase = {
  /** Channel kinds on which it works; absent: all. */
  channels: z.array(z.string()).max(20).optional(),
  /** Step at which this trigger starts the flow; absent: the flow's first. */
  step: refSchema.optional(),
};

/** What starts a flow. */
export const triggerSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("start"), ...triggerBase }),
  z.object({ kind: z.literal("entry_link"), link: refSchema.optional(), ...triggerBase }),
  z.object({
    kind: z.literal("keyword"),
    match: z.enum(["exact", "contains", "pattern"]).default("exact"),
    words: z.array(z.string().min(1).max(500)).min(1).max(100),
    interrupts: z
      .boolean()
      .default(false)
      .describe("Whether it also works while a question waits for an answer; otherwise the question gets the text."),
    ...triggerBase,
  }),
  z.object({ kind: z.literal("default_reply"), ...triggerBase }),
  z.object({ kind: z.literal("tag_added"), tag: z.string().min(1), ...triggerBase }),
  z.object({ kind: z.literal("tag_removed"), tag: z.string().min(1), ...triggerBase }),
  z.object({ kind: z.literal("field_changed"), field: z.string().min(1), ...triggerBase }),
  /** Something was put into the contact's cart or taken out; a delay after it finds carts that were left standing. */
  z.object({ kind: z.literal("cart_changed"), ...triggerBase }),
  /** The page of a tracked link was opened; `page`: a part of its address or of the button's title, absent: any. */
  z.object({ kind: z.literal("link_opened"), page: z.string().max(500).optional(), ...triggerBase }),
  /** An order was made with this status, or came to it; absent: with whichever. */
  z.object({ kind: z.literal("order_status"), status: orderStatusSchema.optional(), ...triggerBase }),
  /** A deal was made. `plan`: the ref of a sales plan; absent: any. */
  z.object({ kind: z.literal("deal_created"), plan: refSchema.optional(), ...triggerBase }),
  /** A deal was made in this status (a ref), or came to it; absent: in whichever. */
  z.object({
    kind: z.literal("deal_status"),
    plan: refSchema.optional(),
    status: refSchema.optional(),
    ...triggerBase,
  }),
  z.object({ kind: z.literal("deal_removed"), plan: refSchema.optional(), ...triggerBase }),
]);
export type Trigger = z.infer<typeof triggerSchema>;

/** A flow as drawn: what a draft, a version and an exported file hold. */
export const flowDocumentSchema = z.object({
  schema: z.literal(1).default(1),
  name: z.string().min(1).max(200),
  /** For people. */
  description: z.string().max(2000).optional(),
  /** What the flow is kept under in lists; absent: nothing. */
  folder: z.string().trim().min(1).max(60).optional(),
  triggers: z.array(triggerSchema).max(100).default([]),
  /** Ref of the first step; absent while a draft has none. */
  start: refSchema.optional(),
  steps: z.array(storedStepSchema).max(2000).default([]),
  edges: z.array(edgeSchema).max(10_000).default([]),
});
export type FlowDocument = z.infer<typeof flowDocumentSchema>;
export type FlowDocumentInput = z.input<typeof flowDocumentSchema>;

/** A published flow, prepared once for walking (`engine/prepare-flow.ts`). */
export interface PreparedFlow {
  readonly id: number;
  readonly ref: string;
  readonly name: string;
  readonly version: number;
  readonly start: string | undefined;
  readonly triggers: readonly Trigger[];
  readonly steps: ReadonlyMap<string, PreparedStep>;
}

export interface PreparedStep {
  readonly ref: string;
  readonly kind: string;
  readonly name: string | undefined;
  /** Parsed by the step type's schema; `unknown` here, typed inside the step. */
  readonly config: unknown;
  /** Why the step cannot run (unknown kind, config of an older release), in words; a position that meets it ends visibly. */
  readonly problem: string | undefined;
  /** Targets by output, action steps first (they run before messages). */
  readonly next: ReadonlyMap<string, readonly string[]>;
}

/** An entry link as the engine sees it. */
export interface EntryLink {
  readonly ref: string;
  readonly name: string;
  /** Ref of the flow it starts; absent: whatever an `entry_link` or `start` trigger names. */
  readonly flow: string | undefined;
  readonly step: string | undefined;
  /** Values that the link carries on the server side, applied like those of a payload. */
  readonly data: EntryData | undefined;
  /** What stands in the link, where that is known. */
  readonly payload?: string | undefined;
}

/** What a link's payload says, decoded (requirements/002: `p`, `e`, `eId`, `v`; `l` is ours: the entry link's ref). */
export interface EntryData {
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
  readonly externalId?: string | undefined;
  readonly variables?: Readonly<Record<string, FieldValue>> | undefined;
  readonly link?: string | undefined;
}
