import type { TFunction } from "i18next";
import type { EventBody } from "../../../src/http/contract/events.ts";
import { describeSkip } from "../sequences/describe-step.ts";
import type { en } from "../words/en.ts";

type FactBody = EventBody["facts"][number];
type FactWord = keyof (typeof en)["fact"];
type EventWord = keyof (typeof en)["event"];

/** What came in, in a sentence. */
export function describeEvent(t: TFunction, { kind, payload }: EventBody): string {
  const said = payload as {
    readonly message?: { readonly text?: string };
    readonly title?: string;
    readonly payload?: string;
  };
  const word = Object.hasOwn(eventWords, kind) ? (kind as EventWord) : "other";
  const text = said.message?.text ?? said.title ?? said.payload ?? "";
  return t(`event.${word}`, { kind, text: shorten(text) });
}

/** What followed, in a sentence. A kind that has no words of its own shows its name: nothing is hidden. */
export function describeFact(t: TFunction, fact: FactBody): string {
  if (fact.kind === "sequence_step" && "reason" in fact) {
    const { sequence, step, reason } = fact as unknown as Record<"sequence" | "step" | "reason", string>;
    return t("fact.sequence_skipped", { sequence, step, reason: describeSkip(t, reason) });
  }
  const word = Object.hasOwn(factWords, fact.kind) ? (fact.kind as FactWord) : "other";
  const values = Object.fromEntries(
    Object.entries(fact).map(([key, value]) => [
      key,
      typeof value === "object" ? JSON.stringify(value) : String(value),
    ]),
  );
  return t(`fact.${word}`, { ...values, kind: fact.kind });
}

export function isFailure({ kind }: FactBody): boolean {
  return kind === "error" || kind === "message_skipped" || kind === "message_failed";
}

const eventWords: Readonly<Record<EventWord, true>> = {
  message: true,
  message_edited: true,
  outside_message: true,
  button: true,
  link_opened: true,
  start: true,
  blocked: true,
  unblocked: true,
  message_status: true,
  timer: true,
  job_result: true,
  actions: true,
  merge: true,
  sequence_changed: true,
  other: true,
};

const factWords: Readonly<Record<FactWord, true>> = {
  contact_created: true,
  contact_merged: true,
  entry: true,
  tag_added: true,
  tag_removed: true,
  label_added: true,
  label_removed: true,
  field_changed: true,
  profile_changed: true,
  variable_changed: true,
  sequence_subscribed: true,
  sequence_unsubscribed: true,
  sequence_finished: true,
  sequence_step: true,
  sequence_skipped: true,
  sequence_clicked: true,
  link_opened: true,
  opted_in: true,
  opted_out: true,
  conversation_moved: true,
  closing_note_added: true,
  agent_assigned: true,
  agent_mentioned: true,
  agent_unassigned: true,
  bot_paused: true,
  bot_resumed: true,
  banned: true,
  unbanned: true,
  marked_read: true,
  marked_unread: true,
  profile_viewed: true,
  consent_changed: true,
  custom_event: true,
  channel_blocked: true,
  channel_unblocked: true,
  message_delivered: true,
  message_read: true,
  message_failed: true,
  identity_added: true,
  flow_started: true,
  step_entered: true,
  waiting: true,
  position_ended: true,
  message_skipped: true,
  message_scheduled: true,
  scheduled_message_removed: true,
  note_added: true,
  cart_changed: true,
  order_created: true,
  order_changed: true,
  deal_created: true,
  deal_changed: true,
  deal_removed: true,
  error: true,
  other: true,
};

function shorten(text: string): string {
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
