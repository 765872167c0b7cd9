import type { ChatMessage, Standing, VisitorAct } from "../../src/http/contract/webchat.ts";

/** Something the visitor did, until its message has come back in the conversation. */
export interface OutboxItem {
  readonly act: VisitorAct;
  /** Unix milliseconds. */
  readonly at: number;
  /** `waiting`: to be sent, again if need be. `taken`: stored by the server. `refused`: not done; the visitor may try again. */
  readonly state: "waiting" | "taken" | "refused";
}

export type ConnectionState = "idle" | "connecting" | "online" | "offline";

/** The conversation as the widget knows it. Changed only by the functions below, which are pure. */
export interface ChatState {
  /** In the order of ids, each once. */
  readonly messages: readonly ChatMessage[];
  /** In the order in which they were done. */
  readonly outbox: readonly OutboxItem[];
  readonly connection: ConnectionState;
  /** Whether an answer may still come: shows the dots. */
  readonly isAwaiting: boolean;
  /** The last message that the visitor has had before their eyes. */
  readonly seen: number;
  /** Whether the server has messages before the first one here. */
  readonly hasEarlier: boolean;
  /** Whether the visitor has ever said or started something; undefined: not known yet. */
  readonly isKnown: boolean | undefined;
}

export const emptyChat: ChatState = {
  messages: [],
  outbox: [],
  connection: "idle",
  isAwaiting: false,
  seen: 0,
  hasEarlier: false,
  isKnown: undefined,
};

/** The last message that the page has; the server sends what comes after it. */
export const cursorOf = ({ messages }: ChatState): number => messages.at(-1)?.id ?? 0;

/** What is to be sent next: one at a time, so that the order stays. */
export const nextActOf = ({ outbox }: ChatState): VisitorAct | undefined =>
  outbox.find(({ state }) => state === "waiting")?.act;

export const unreadOf = ({ messages, seen }: ChatState): number =>
  messages.filter(({ id, direction }) => direction === "out" && id > seen).length;

export function withAct(state: ChatState, act: VisitorAct, at: number): ChatState {
  if (state.outbox.some((item) => item.act.id === act.id)) return state;
  return { ...state, outbox: [...state.outbox, { act, at, state: "waiting" }], isAwaiting: true };
}

/** Adds what the server sent: each message once, in the order of ids, in the place of the visitor's own that was in the outbox. */
export function withMessages(state: ChatState, received: readonly ChatMessage[]): ChatState {
  const known = new Set(state.messages.map(({ id }) => id));
  const fresh = received.filter(({ id }) => !known.has(id) && known.add(id));
  if (fresh.length === 0) return state;
  const settled = new Set(fresh.map(({ clientId }) => clientId));
  const newest = cursorOf(state);
  const isAnswered = fresh.some(({ id, direction }) => direction === "out" && id > newest);
  return {
    ...state,
    messages: [...state.messages, ...fresh].sort((a, b) => a.id - b.id),
    outbox: state.outbox.filter(({ act }) => !settled.has(act.id)),
    isAwaiting: state.isAwaiting && !isAnswered,
  };
}

/** A page of messages before the first one here. */
export function withEarlier(state: ChatState, received: readonly ChatMessage[], hasEarlier: boolean): ChatState {
  return { ...withMessages(state, received), hasEarlier };
}

/** All there was has come. Of earlier messages a page only hears when it began with none. */
export function withStanding(state: ChatState, { isKnown, hasEarlier }: Standing): ChatState {
  return { ...state, isKnown, hasEarlier: state.hasEarlier || hasEarlier };
}

/** Taken by the server. What shows in the conversation stays until its message comes; the rest is done with. A bot that says nothing to it promises nothing. */
export function withAck(
  state: ChatState,
  { id, isSilent = false }: { readonly id: string; readonly isSilent?: boolean | undefined },
): ChatState {
  const outbox = state.outbox.flatMap((item): OutboxItem[] => {
    if (item.act.id !== id) return [item];
    return textOfAct(item.act) === undefined ? [] : [{ ...item, state: "taken" }];
  });
  return { ...state, outbox, isKnown: true, isAwaiting: state.isAwaiting && !isSilent };
}

/** Refused for good: trying again by itself would not help. What does not show nobody can try again; it is dropped. */
export function withRefusal(state: ChatState, id: string): ChatState {
  const refused = withItemState(state, id, "refused");
  const outbox = refused.outbox.filter(({ act }) => act.id !== id || textOfAct(act) !== undefined);
  return { ...refused, outbox, isAwaiting: false };
}

/** A refused one is to be sent again. */
export function withRetry(state: ChatState, id: string): ChatState {
  return { ...withItemState(state, id, "waiting"), isAwaiting: true };
}

function withItemState(state: ChatState, id: string, next: OutboxItem["state"]): ChatState {
  return { ...state, outbox: state.outbox.map((item) => (item.act.id === id ? { ...item, state: next } : item)) };
}

/** All that is there lies before the visitor's eyes. */
export function withSeen(state: ChatState): ChatState {
  const seen = Math.max(state.seen, cursorOf(state));
  return seen === state.seen ? state : { ...state, seen };
}

/** How an act shows in the conversation; undefined: not at all. */
export function textOfAct(act: VisitorAct): string | undefined {
  if (act.kind === "text") return act.text;
  return act.kind === "button" ? act.title : undefined;
}
