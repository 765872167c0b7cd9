import type { ChatMessage, Speaker } from "../../src/http/contract/webchat.ts";
import { type ChatState, textOfAct } from "./state.ts";

/** A line of the log. `key` stays the same when a sent message comes back from the server, so that its line stays too. */
export type Entry =
  | { readonly kind: "day"; readonly key: string; readonly at: number }
  | { readonly kind: "dots"; readonly key: "dots" }
  /** A person takes over; `name`: absent where it is not told. */
  | { readonly kind: "joined"; readonly key: string; readonly name: string | undefined }
  | MessageEntry;

export interface MessageEntry {
  readonly kind: "message";
  readonly key: string;
  readonly side: "bot" | "visitor";
  readonly at: number;
  readonly content: Pick<ChatMessage, "text" | "attachments" | "buttons" | "quickReplies">;
  /** Who says it to the visitor, where that is known. */
  readonly from?: Speaker | undefined;
  /** The first of several by the same within a short time: shows who. */
  readonly isGroupStart: boolean;
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
/** Whoever was silent for longer comes anew. */
const visitMs = 60 * 60_000;
const dots: Entry = { kind: "dots", key: "dots" };

/** What the log shows, from top to bottom. `dayOf` tells days apart in the visitor's time zone. */
export function entriesOf(state: ChatState, dayOf: (at: number) => string): Entry[] {
  const lines = [...state.messages.map(fromMessage), ...state.outbox.flatMap(fromOutbox)];
  const joining = findJoining(lines, state.hasEarlier);
  const entries = lines.flatMap((line, index): Entry[] => {
    const before = lines[index - 1];
    const next = lines[index + 1];
    const day = dayOf(line.at);
    const isNewDay = before === undefined || dayOf(before.at) !== day;
    const isGroupEnd = next === undefined || !isOneGroup(line, next) || joining.has(next);
    const isGroupStart = isNewDay || !isOneGroup(before, line) || joining.has(line);
    const entry: MessageEntry = { ...line, isGroupStart, isGroupEnd, offersReplies: next === undefined };
    return [
      ...(isNewDay ? [{ kind: "day", key: `day ${day} ${line.key}`, at: line.at } as const] : []),
      ...(joining.has(line) ? [{ kind: "joined", key: `joined ${line.key}`, name: line.from?.name } as const] : []),
      entry,
    ];
  });
  return promisesAnswer(state) ? [...entries, dots] : entries;
}

/** Only the server knows whether an answer follows: until it has taken what was said, nothing is promised. */
function promisesAnswer({ isAwaiting, connection, outbox }: ChatState): boolean {
  return isAwaiting && connection === "online" && !outbox.some(({ state }) => state === "waiting");
}

type Line = Omit<MessageEntry, "isGroupStart" | "isGroupEnd" | "offersReplies">;

function isOneGroup(one: Line, next: Line): boolean {
  const isOneSpeaker = one.from?.kind === next.from?.kind && one.from?.name === next.from?.name;
  return one.side === next.side && isOneSpeaker && next.at - one.at <= groupMs;
}

/** The messages with which a person takes over: another than the one before, or the same after a long silence. The first that is here may go on what came earlier. */
function findJoining(lines: readonly Line[], hasEarlier: boolean): ReadonlySet<Line> {
  const joining = new Set<Line>();
  const [first] = lines.filter(({ from }) => from !== undefined);
  let latest: Line | undefined;
  for (const line of lines) {
    if (line.from?.kind !== "agent") continue;
    const isOther = latest === undefined || latest.from?.name !== line.from.name || line.at - latest.at > visitMs;
    if (isOther && !(hasEarlier && line === first)) joining.add(line);
    latest = line;
  }
  return joining;
}

function fromMessage(message: ChatMessage): Line {
  const { id, direction, at, clientId, from } = message;
  const key = clientId === undefined ? `m${id}` : `c${clientId}`;
  return { kind: "message", key, side: direction === "in" ? "visitor" : "bot", at, content: message, from };
}

function fromOutbox({ act, at, state }: ChatState["outbox"][number]): Line[] {
  const text = textOfAct(act);
  if (text === undefined) return [];
  const content = { text, attachments: [], buttons: [], quickReplies: [] };
  return [{ kind: "message", key: `c${act.id}`, side: "visitor", at, content, delivery: state, actId: act.id }];
}
