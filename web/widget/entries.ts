import type { ChatMessage } from "../../src/http/contract/webchat.ts";
import { type ChatState, textOfAct } from "./state.ts";

/** A line of the log. `key` stays the same when a sent message comes back from the server, so that its line stays too. */
export type Entry =
  | { readonly kind: "day"; readonly key: string; readonly at: number }
  | { readonly kind: "dots"; readonly key: "dots" }
  | MessageEntry;

export interface MessageEntry {
  readonly kind: "message";
  readonly key: string;
  readonly side: "bot" | "visitor";
  readonly at: number;
  readonly content: Pick<ChatMessage, "text" | "attachments" | "buttons" | "quickReplies">;
  /** Of what was sent and has not come back: how it stands. */
  readonly delivery?: "waiting" | "taken" | "refused";
  /** The id to try again under. */
  readonly actId?: string;
  /** The last of several by the same side within a short time: shows when. */
  readonly isGroupEnd: boolean;
  /** Quick replies are offered under the last message only: once answered they are gone. */
  readonly offersReplies: boolean;
}

const groupMs = 5 * 60_000;
const dots: Entry = { kind: "dots", key: "dots" };

/** What the log shows, from top to bottom. `dayOf` tells days apart in the visitor's time zone. */
export function entriesOf(state: ChatState, dayOf: (at: number) => string): Entry[] {
  const lines = [...state.messages.map(fromMessage), ...state.outbox.flatMap(fromOutbox)];
  const entries = lines.flatMap((line, index): Entry[] => {
    const before = lines[index - 1];
    const next = lines[index + 1];
    const day = dayOf(line.at);
    const isGroupEnd = next === undefined || next.side !== line.side || next.at - line.at > groupMs;
    const entry: MessageEntry = { ...line, isGroupEnd, offersReplies: next === undefined };
    const isNewDay = before === undefined || dayOf(before.at) !== day;
    return isNewDay ? [{ kind: "day", key: `day ${day} ${line.key}`, at: line.at }, entry] : [entry];
  });
  return state.isAwaiting && state.connection === "online" ? [...entries, dots] : entries;
}

type Line = Omit<MessageEntry, "isGroupEnd" | "offersReplies">;

function fromMessage(message: ChatMessage): Line {
  const { id, direction, at, clientId } = message;
  const key = clientId === undefined ? `m${id}` : `c${clientId}`;
  return { kind: "message", key, side: direction === "in" ? "visitor" : "bot", at, content: message };
}

function fromOutbox({ act, at, state }: ChatState["outbox"][number]): Line[] {
  const text = textOfAct(act);
  if (text === undefined) return [];
  const content = { text, attachments: [], buttons: [], quickReplies: [] };
  return [{ kind: "message", key: `c${act.id}`, side: "visitor", at, content, delivery: state, actId: act.id }];
}
