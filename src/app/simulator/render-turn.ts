import type { MessageContent } from "../../model/message.ts";
import type { Fact } from "../../model/outcome.ts";
import type { Turn } from "../../simulator/simulation.ts";

/** What can be chosen by its number. */
export interface Choice {
  readonly title: string;
  /** Absent: a link, which the simulator does not open. */
  readonly payload?: string | undefined;
  readonly url?: string | undefined;
}

export function choicesOf(content: MessageContent): readonly Choice[] {
  return [
    ...content.buttons.map((button) =>
      button.type === "press"
        ? { title: button.title, payload: button.payload }
        : { title: button.title, url: button.url },
    ),
    ...content.quickReplies,
  ];
}

/** The lines of one turn: what the bot says, with its choices numbered from `firstChoice` on, then what became so. */
export function renderTurn(turn: Turn, firstChoice: number): readonly string[] {
  const lines: string[] = [];
  let number = firstChoice;
  for (const { content } of turn.messages) {
    const said = [
      ...content.attachments.map(({ kind, url }) => `[${kind}] ${url ?? ""}`),
      ...(content.text ?? "").split("\n"),
    ];
    lines.push(...said.map((line, index) => (index === 0 ? `bot: ${line}` : `     ${line}`)));
    for (const choice of choicesOf(content)) {
      lines.push(`     (${number}) ${choice.title}${choice.url === undefined ? "" : ` -> ${choice.url}`}`);
      number += 1;
    }
  }
  for (const fact of turn.facts) {
    const line = renderFact(fact, turn.at);
    if (line !== undefined) lines.push(`   * ${line}`);
  }
  for (const { kind } of turn.jobs) lines.push(`   * job ${kind}: a server would run it now`);
  if (turn.refused !== undefined) lines.push(`   * refused: ${turn.refused}`);
  return lines;
}

/** A fact in words; undefined for those that the messages show anyway. */
function renderFact(fact: Fact, _at: number): string | undefined {
  switch (fact.kind) {
    case "tag_added":
    case "tag_removed":
      return `${fact.kind === "tag_added" ? "tag added" : "tag removed"}: ${fact.tag}`;
    case "label_added":
    case "label_removed":
      return `${fact.kind === "label_added" ? "label added" : "label removed"}: ${fact.label}`;
    case "field_changed":
      return `field ${fact.field} = ${renderValue(fact.value)}`;
    case "profile_changed":
      return `${fact.key} = ${renderValue(fact.value)}`;
    case "variable_changed":
      return `variable ${fact.variable} = ${renderValue(fact.value)}`;
    case "sequence_subscribed":
      return `subscribed to ${fact.sequence}`;
    case "sequence_unsubscribed":
      return `unsubscribed from ${fact.sequence}`;
    case "cart_changed":
      return `cart: ${fact.quantity} items`;
    case "order_created":
    case "order_changed":
      return `order ${fact.order}: ${fact.status}`;
    case "deal_created":
    case "deal_changed":
    case "deal_removed":
      return `${fact.kind.replace("_", " ")}: ${fact.planName} / ${fact.statusName}, ${fact.sumText} ${fact.currency}`;
    case "opted_in":
    case "opted_out":
      return fact.kind.replace("_", " ");
    case "note_added":
      return `note: ${fact.text}`;
    case "traced":
      return `log: ${fact.lines.join(" | ")}`;
    case "message_skipped":
      return `message not sent: ${fact.reason}`;
    case "error":
      return `error ${fact.code}: ${fact.message}`;
    case "question_left":
      return `the question at ${fact.step} is left: no text is for it any more`;
    case "position_ended":
      return fact.reason === "finished" ? undefined : `the flow ended at ${fact.step}: ${fact.message ?? fact.reason}`;
    default:
      return undefined;
  }
}

function renderValue(value: unknown): string {
  if (value === null) return "(cleared)";
  return typeof value === "string" ? value : JSON.stringify(value);
}
