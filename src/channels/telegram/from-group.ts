import type { TelegramMessage } from "./telegram-update.ts";

/** What the channel's settings say about groups. */
export interface GroupRules {
  /** Whether the bot answers in groups at all. */
  readonly groups: boolean;
  /** The bot's own, without @. */
  readonly username: string;
}

export const isGroup = (type: string) => type === "group" || type === "supergroup";

/**
 * What of a group's talk is said to the bot: a command, a message that mentions it, an answer to a message of its own. The rest, which Telegram hands over only where the bot's privacy mode is off or it is an
 * administrator (https://core.telegram.org/bots/features#privacy-mode), is not ours. Undefined: not said to the bot. The mention is taken out, for it says nothing.
 */
export function saidToBot(message: TelegramMessage, { username }: GroupRules): TelegramMessage | undefined {
  const name = username.toLowerCase();
  const written = message.text ?? message.caption ?? "";
  const command = /^\/\w+(?:@(\w+))?/.exec(written);
  if (command !== null) {
    const [, meant] = command;
    if (meant !== undefined && meant.toLowerCase() !== name) return undefined;
    return withText(message, written.replace(/^(\/\w+)@\w+/, "$1"));
  }
  if (name !== "" && message.reply_to_message?.from?.username?.toLowerCase() === name) return message;
  const mention = name === "" ? undefined : new RegExp(`(^|\\W)@${name}\\b`, "i");
  if (mention?.test(written) !== true) return undefined;
  return withText(message, written.replace(mention, "$1").trim());
}

function withText(message: TelegramMessage, text: string): TelegramMessage {
  const said = text === "" ? undefined : text;
  return message.text === undefined ? { ...message, caption: said } : { ...message, text: said };
}
