import { defaultPolicy } from "./channel-policy.ts";
import { DraftContext } from "./contact-context.ts";
import type { Draft } from "./draft.ts";
import { isCyrillic, readsRussian } from "./reads-russian.ts";

/** Case, white space around and a closing mark do not count. */
const same = (text: string) =>
  text
    .trim()
    .replace(/\s+/g, " ")
    .replace(/[.!]+$/, "")
    .toLowerCase();

/** Where the settings say nothing. `word`: what changes it back. */
const sentences = {
  out: {
    en: (word: string) => `You will get no more messages from us. Write ${word} to get them again.`,
    ru: (word: string) => `Мы больше не будем вам писать. Чтобы снова получать сообщения, напишите ${word}.`,
  },
  in: {
    en: (word: string) => `You get messages from us again. Write ${word} to stop them.`,
    ru: (word: string) => `Вы снова получаете наши сообщения. Чтобы отписаться, напишите ${word}.`,
  },
} as const;

/** What a word of the person's changed: tells whether anything else is to answer the message. */
export type SaidConsent = "out" | "in" | undefined;

/**
 * Opts the contact out or in where the whole text is one of the channel's words for that, whatever else the bot waits for, and whether or not it is silent. A word that changes nothing is a text like any other,
 * except that who opted out may be told so again.
 */
export function hearConsent(draft: Draft, text: string): SaidConsent {
  const policy = policyOn(draft);
  const said = same(text);
  if (said === "") return undefined;
  const isOut = policy.optOutWords.some((word) => same(word) === said);
  const isIn = !isOut && policy.optInWords.some((word) => same(word) === said);
  const isOptedOut = draft.contact.optedOutAt !== undefined;
  if (!isOut && !(isIn && isOptedOut)) return undefined;
  new DraftContext(draft).setOptedOut(isOut, text.trim());
  return isOut ? "out" : "in";
}

/** Says what has become of it, as the channel's settings have it. */
export function confirmConsent(draft: Draft, said: "out" | "in"): void {
  const policy = policyOn(draft);
  const context = new DraftContext(draft);
  const own = said === "out" ? policy.optOutAnswer : policy.optInAnswer;
  const isRussian = readsRussian(draft.contact, draft.message?.text ?? "");
  const sentence = sentences[said][isRussian ? "ru" : "en"];
  const words = said === "out" ? policy.optInWords : policy.optOutWords;
  const back = words.find((word) => isCyrillic(word) === isRussian) ?? words[0] ?? "";
  const text = own.trim() === "" ? sentence(back.toUpperCase()) : context.render(own).trim();
  if (text !== "") context.send({ text, attachments: [], buttons: [], quickReplies: [] });
}

function policyOn({ bot, channelId }: Draft) {
  return bot.channelPolicies?.get(channelId ?? 0) ?? defaultPolicy();
}
