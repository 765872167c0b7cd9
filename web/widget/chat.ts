import type { HistoryBody, ServerFrame, SessionBody, VisitorAct } from "../../src/http/contract/webchat.ts";
import { createConnection } from "./connection.ts";
import { createGreeting } from "./greeting.ts";
import { askServer, postJson } from "./link.ts";
import {
  type ChatState,
  cursorOf,
  emptyChat,
  nextActOf,
  type OutboxItem,
  withAck,
  withAct,
  withEarlier,
  withMessages,
  withRefusal,
  withRetry,
  withSeen,
  withStanding,
} from "./state.ts";
import { createChatStorage } from "./storage.ts";
import { createView } from "./view.ts";
import { chooseLanguage } from "./words.ts";

export interface ChatOptions {
  /** Where the server is, without a trailing slash. */
  readonly server: string;
  readonly bot: string;
  /** Over the whole page, without a launcher. */
  readonly isPage: boolean;
  /** The payload that the chat is started with. */
  readonly start: string | undefined;
  readonly theme: "light" | "dark" | "auto";
}

/** Dots that promise an answer which does not come are a lie after this. */
const awaitMs = 8_000;

/** One chat on a page: holds its state, and ties storage, connection and view together. */
export function createChat({ server, bot, isPage, start, theme }: ChatOptions): { open(): void; close(): void } {
  const base = `${server}/webchat/${encodeURIComponent(bot)}`;
  const storage = createChatStorage(`${server}:${bot}`);
  const greeting = createGreeting({ isPage, start, storage });
  let state: ChatState = { ...emptyChat, seen: storage.read<number>("seen") ?? 0, outbox: readOutbox() };
  let token = storage.read<string>("token");
  let awaiting: ReturnType<typeof setTimeout> | undefined;

  /** What was done and not confirmed before the page was left. A key an item, so that tabs do not overwrite each other's. */
  function readOutbox(): OutboxItem[] {
    return storage.readAll<OutboxItem>("outbox:").sort((a, b) => a.at - b.at);
  }

  function keepOutbox(before: ChatState["outbox"], after: ChatState["outbox"]): void {
    const isKept = ({ state: itemState }: OutboxItem) => itemState !== "taken";
    for (const item of after) if (isKept(item) && !before.includes(item)) storage.write(`outbox:${item.act.id}`, item);
    const kept = new Set(after.filter(isKept).map(({ act }) => act.id));
    for (const { act } of before) if (!kept.has(act.id)) storage.remove(`outbox:${act.id}`);
  }

  function change(next: ChatState): void {
    const before = state;
    state = view.isInSight() ? withSeen(next) : next;
    if (state === before) return;
    keepOutbox(before.outbox, state.outbox);
    if (state.seen !== before.seen) storage.write("seen", state.seen);
    if (state.isAwaiting !== before.isAwaiting || state.outbox.length > before.outbox.length) {
      clearTimeout(awaiting);
      if (state.isAwaiting) awaiting = setTimeout(() => change({ ...state, isAwaiting: false }), awaitMs);
    }
    view.draw(state);
  }

  async function openSession(): Promise<SessionBody> {
    // Another tab may have begun to talk meanwhile: then this is the same visitor.
    token = storage.read<string>("token") ?? token;
    const session = await postJson<SessionBody>(`${base}/session`, token === undefined ? {} : { token });
    token = session.token;
    // Who only reads the page leaves nothing behind.
    if (isWanted()) storage.write("token", token);
    view.dress(session);
    return session;
  }

  const isWanted = () => isPage || view.isOpen() || storage.read("token") !== undefined;

  function act(done: DistributiveOmit<VisitorAct, "id">): void {
    change(withAct(state, { ...done, id: createId() }, Date.now()));
    connection.poke();
  }

  /** A chat that is open and whose history is known may have to begin by itself. */
  function greet(): void {
    if (!view.isOpen() || state.connection !== "online" || state.isKnown === undefined) return;
    const made = greeting.next(state);
    if (made !== undefined) act(made);
  }

  function hear(frame: ServerFrame): void {
    if (frame.type === "messages") change(withMessages(state, frame.messages));
    else if (frame.type === "ack") change(withAck(state, frame));
    else if (frame.type === "error" && frame.id !== undefined) change(withRefusal(state, frame.id));
    else if (frame.type === "ready") {
      change(withStanding(state, frame));
      greet();
    }
  }

  async function loadEarlier(): Promise<void> {
    const [first] = state.messages;
    if (first === undefined || token === undefined) return;
    const query = new URLSearchParams({ token, before: String(first.id) });
    const earlier = await askServer<HistoryBody>(`${base}/history?${query}`).catch(() => undefined);
    if (earlier !== undefined) change(withEarlier(state, earlier.messages, earlier.hasEarlier));
  }

  const view = createView({
    language: chooseLanguage(navigator.languages),
    isPage,
    theme,
    actions: {
      say: (text) => act({ kind: "text", text }),
      press: (payload, title) => act({ kind: "button", payload, title }),
      retry(id) {
        change(withRetry(state, id));
        connection.poke();
      },
      loadEarlier,
      opened() {
        change(withSeen(state));
        connection.start();
        greet();
      },
      cameIntoSight: () => change(withSeen(state)),
    },
  });
  const connection = createConnection({
    base,
    openSession,
    isWanted,
    cursor: () => cursorOf(state),
    nextAct: () => nextActOf(state),
    onFrame: hear,
    onState: (connectionState) => change({ ...state, connection: connectionState }),
  });
  view.draw(state);
  if (isPage) view.open();
  else connection.start();
  return view;
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

function createId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
