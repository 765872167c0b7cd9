import type { z } from "zod";
import type { FlowUsesBody } from "../../../src/http/contract/flows.ts";
import type { FlowDocument, triggerSchema } from "../../../src/model/flow.ts";
import type { FlowProblem } from "./flow-types.ts";

/** The box that says what starts the flow: no step could have this ref. */
export const startId = ":start";

/** As the settings have it: what is not chosen yet is not there. */
type Trigger = z.input<typeof triggerSchema>;

const unfinished = "…";

/** What a trigger names, as people call it; `undefined`: it is called by its ref. */
export interface StartNames {
  link(ref: string): string | undefined;
  field(key: string): string | undefined;
  plan(ref: string): string | undefined;
  dealStatus(ref: string): string | undefined;
  orderStatus(status: string): string;
  channel(kind: string): string | undefined;
  step(ref: string): string | undefined;
}

export type SayStart = (word: string, values?: Readonly<Record<string, string>>) => string;

/** `Somebody writes “price” or “cost” (Telegram) → Menu` */
export function describeTrigger(trigger: Trigger, say: SayStart, names: StartNames): string {
  const { channels = [], step } = trigger;
  const what = describeKind(trigger, say, names);
  const kinds = channels.map((kind) => names.channel(kind) ?? kind).join(", ");
  const where = kinds === "" ? what : say("on", { what, channels: kinds });
  return step === undefined ? where : say("at", { what: where, step: names.step(step) ?? step });
}

function describeKind(trigger: Trigger, say: SayStart, names: StartNames): string {
  switch (trigger.kind) {
    case "entry_link": {
      const { link } = trigger;
      return link === undefined ? say("says.any_link") : say("says.entry_link", { link: names.link(link) ?? link });
    }
    case "keyword": {
      const words = trigger.words.map((word) => say("quoted", { word })).join(say("or"));
      return say(`says.keyword_${trigger.match ?? "exact"}`, { words: words === "" ? unfinished : words });
    }
    case "tag_added":
    case "tag_removed":
      return say(`says.${trigger.kind}`, { tag: trigger.tag === "" ? unfinished : trigger.tag });
    case "field_changed": {
      const { field } = trigger;
      return say("says.field_changed", { field: field === "" ? unfinished : (names.field(field) ?? field) });
    }
    case "link_opened":
      return trigger.page === undefined ? say("says.any_page") : say("says.link_opened", { page: trigger.page });
    case "order_status":
      return trigger.status === undefined
        ? say("says.any_order_status")
        : say("says.order_status", { status: names.orderStatus(trigger.status) });
    case "deal_status":
    case "deal_created":
    case "deal_removed":
      return describeDeal(trigger, say, names);
    default:
      return say(`says.${trigger.kind}`);
  }
}

function describeDeal(
  trigger: Extract<Trigger, { kind: "deal_status" | "deal_created" | "deal_removed" }>,
  say: SayStart,
  names: StartNames,
): string {
  const { kind, plan } = trigger;
  const status = trigger.kind === "deal_status" ? trigger.status : undefined;
  const what =
    kind === "deal_status" && status === undefined
      ? say("says.any_deal_status")
      : say(`says.${kind}`, status === undefined ? {} : { status: names.dealStatus(status) ?? status });
  return plan === undefined ? what : say("inPlan", { what, plan: names.plan(plan) ?? plan });
}

/** What starts the flow from outside of it, as far as it does by now: a draft's way in is none yet. */
export function describeUses(uses: FlowUsesBody, say: SayStart): string[] {
  return [
    ...uses.entryLinks.map(({ name }) => say("says.entry_link", { link: name })),
    ...uses.flows.filter(({ published }) => published).map(({ name }) => say("from.flow", { name })),
    ...uses.inboundWebhooks.filter(({ active }) => active).map(({ name }) => say("from.inboundWebhook", { name })),
    ...uses.sequences.map(({ name }) => say("from.sequence", { name })),
    ...uses.broadcasts.map(({ name }) => say("from.broadcast", { name })),
  ];
}

/** Of what is wrong with the flow as a whole, what is wrong with how it is started. */
export const isOfStart = ({ step, code }: FlowProblem): boolean => step === undefined && code.startsWith("trigger.");

/** The step that comes first; the same document where it is that already. */
export function beginAt(document: FlowDocument, ref: string): FlowDocument {
  const isThere = document.steps.some((step) => step.ref === ref);
  return !isThere || document.start === ref ? document : { ...document, start: ref };
}
