import { z } from "zod";
import type { ChannelPolicy } from "../model/channel-policy.ts";
import type { ConsentWords } from "../model/channel-rules.ts";
import type { Json } from "../model/field.ts";

/** What people write in English and in Russian; small letters serve, as they are compared without looking at case. */
const usual = {
  optOut: ["stop", "unsubscribe", "стоп", "отписаться", "отписка"],
  optIn: ["start", "subscribe", "старт", "подписаться"],
} as const;

export function defaultPolicy(words: ConsentWords = {}): ChannelPolicy {
  return {
    optOutWords: [...usual.optOut, ...(words.optOut ?? [])],
    optInWords: [...usual.optIn, ...(words.optIn ?? [])],
    optOutAnswer: "",
    optInAnswer: "",
    agentPauseMinutes: 30,
    outsidePauseMinutes: 60,
  };
}

const words = z.array(z.string().trim().min(1).max(60)).max(50);
const answer = z.string().max(2000);
const minutes = z.number().int().min(0).max(43_200);

/** Of a channel's settings, those that every kind has. */
export function policySettings(own: ConsentWords = {}) {
  const { optOutWords, optInWords } = defaultPolicy(own);
  return {
    /** A message that is one of these alone opts the contact out, before any trigger sees it. */
    optOutWords: words.default([...optOutWords]),
    optInWords: words.default([...optInWords]),
    /** What is said then (a template); empty: a sentence in the contact's language. */
    optOutAnswer: answer.default(""),
    optInAnswer: answer.default(""),
    /** For so long the bot is silent after a member of the team answered in the inbox; 0: not at all. */
    agentPauseMinutes: minutes.default(30),
  };
}

/** How a channel hears of messages, where its platform leaves the choice; the format tells forms what the choice is about. */
export const receivingMode = z.enum(["webhook", "polling"]).default("webhook").meta({ format: "receiving" });

/** Of the settings of channels on which the company may write in the messenger's own inbox. */
export const outsideSettings = {
  /** For so long the bot is silent after that; 0: not at all. */
  outsidePauseMinutes: minutes.default(60),
};

/** What stands in a channel's settings; what does not, or was written by an older version, is as the kind has it. */
export function policyOf(own: ConsentWords | undefined, settings: Readonly<Record<string, Json>>): ChannelPolicy {
  const defaults = defaultPolicy(own);
  const chosen = z.object({ ...policySettings(own), ...outsideSettings }).safeParse(settings);
  return chosen.success ? chosen.data : defaults;
}
