import type { PreparedFlow, Trigger } from "../model/flow.ts";
import type { Fact } from "../model/outcome.ts";
import type { BotSnapshot } from "../model/world.ts";
import { compilePattern } from "./pattern.ts";

/** A flow that a trigger chose, and the step it names. */
export interface Triggered {
  readonly flow: PreparedFlow;
  readonly step: string | undefined;
  readonly trigger: Trigger;
}

type Kind = Trigger["kind"];
type TriggerOf<K extends Kind> = Extract<Trigger, { kind: K }>;

/**
 * All triggers of a kind that match, in the order of the flows' ids (the oldest flow first). Where only one flow may start
 * (a start, a keyword, a default reply), the caller takes the first.
 */
export function findTriggers<K extends Kind>(
  bot: BotSnapshot,
  kind: K,
  channelKind: string | undefined,
  matches: (trigger: TriggerOf<K>) => boolean = () => true,
): Triggered[] {
  const found: Triggered[] = [];
  for (const flow of bot.flows.values()) {
    for (const trigger of flow.triggers) {
      if (trigger.kind !== kind || !worksOn(trigger, channelKind)) continue;
      if (matches(trigger as TriggerOf<K>)) found.push({ flow, step: trigger.step, trigger });
    }
  }
  return found;
}

function worksOn(trigger: Trigger, channelKind: string | undefined): boolean {
  const { channels } = trigger;
  return (
    channels === undefined || channels.length === 0 || (channelKind !== undefined && channels.includes(channelKind))
  );
}

const keywordRank = { exact: 0, contains: 1, pattern: 2 } as const;

/** The flow whose keyword fits the text: exact before contains before pattern. Case and outer white space do not count. */
export function findKeyword(
  bot: BotSnapshot,
  text: string,
  channelKind: string | undefined,
  options: { readonly onlyInterrupting: boolean },
): Triggered | undefined {
  const normalised = normalise(text);
  const found = findTriggers(
    bot,
    "keyword",
    channelKind,
    (trigger) => (trigger.interrupts || !options.onlyInterrupting) && wordsMatch(trigger, text, normalised),
  );
  return found.sort((a, b) => rank(a.trigger) - rank(b.trigger))[0];
}

/** The flow for this very word, and no other text. */
export function findExactKeyword(bot: BotSnapshot, text: string, channelKind: string | undefined) {
  const found = findKeyword(bot, text, channelKind, { onlyInterrupting: false });
  return found?.trigger.kind === "keyword" && found.trigger.match === "exact" ? found : undefined;
}

function rank(trigger: Trigger): number {
  return trigger.kind === "keyword" ? keywordRank[trigger.match] : 0;
}

interface Words {
  readonly match: TriggerOf<"keyword">["match"];
  readonly words: readonly string[];
}

/** Whether a text has one of the words, as keyword triggers read them. */
export function matchesWords(words: Words, text: string): boolean {
  return wordsMatch(words, text, normalise(text));
}

function wordsMatch({ match, words }: Words, text: string, normalised: string): boolean {
  return words.some((word) => {
    if (match === "pattern") {
      const pattern = compilePattern(word, { ignoreCase: true });
      return pattern.ok && pattern.test(text);
    }
    const wanted = normalise(word);
    // White space alone is in every text.
    if (wanted === "") return false;
    return match === "exact" ? normalised === wanted : normalised.includes(wanted);
  });
}

function normalise(text: string): string {
  return text.trim().replace(/\s+/g, " ").toLowerCase();
}

/** Flows that a fact of this very decision starts: a tag added or removed, a field or the cart changed, a link opened, an order, a deal. All that match. */
export function findFactTriggers(bot: BotSnapshot, fact: Fact, channelKind: string | undefined): Triggered[] {
  if (fact.kind === "tag_added" || fact.kind === "tag_removed") {
    return findTriggers(bot, fact.kind, channelKind, (trigger) => trigger.tag === fact.tag);
  }
  if (fact.kind === "field_changed") {
    const field = bot.fields.get(fact.field);
    return findTriggers(
      bot,
      fact.kind,
      channelKind,
      (trigger) => trigger.field === fact.field || trigger.field === field?.name,
    );
  }
  if (fact.kind === "cart_changed") return findTriggers(bot, fact.kind, channelKind);
  if (fact.kind === "link_opened") {
    const seen = [fact.url, fact.title].map(normalise);
    return findTriggers(bot, fact.kind, channelKind, ({ page = "" }) =>
      seen.some((text) => text.includes(normalise(page))),
    );
  }
  if (fact.kind === "order_created" || (fact.kind === "order_changed" && fact.status !== fact.before)) {
    const { status } = fact;
    return findTriggers(bot, "order_status", channelKind, (trigger) => (trigger.status ?? status) === status);
  }
  if (fact.kind === "deal_created" || fact.kind === "deal_changed" || fact.kind === "deal_removed") {
    return findDealTriggers(bot, fact, channelKind);
  }
  return [];
}

type DealFactOfAKind = Extract<Fact, { kind: "deal_created" | "deal_changed" | "deal_removed" }>;

function findDealTriggers(bot: BotSnapshot, fact: DealFactOfAKind, channelKind: string | undefined): Triggered[] {
  const isOfPlan = ({ plan }: { readonly plan?: string | undefined }) => (plan ?? fact.plan) === fact.plan;
  const ofKind =
    fact.kind === "deal_changed" ? [] : findTriggers(bot, fact.kind, channelKind, (trigger) => isOfPlan(trigger));
  const isThere = fact.kind === "deal_created" || (fact.kind === "deal_changed" && fact.status !== fact.before);
  if (!isThere) return ofKind;
  const ofStatus = findTriggers(
    bot,
    "deal_status",
    channelKind,
    (trigger) => isOfPlan(trigger) && (trigger.status ?? fact.status) === fact.status,
  );
  return [...ofKind, ...ofStatus];
}
