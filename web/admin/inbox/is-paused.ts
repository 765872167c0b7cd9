import type { ContactBody } from "../../../src/http/contract/contacts.ts";

/** Whether the bot is silent in this conversation now. */
export function isPaused({ conversation: { pausedUntil } }: ContactBody): boolean {
  return pausedUntil !== null && Date.parse(pausedUntil) > Date.now();
}
