import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChatMessage } from "../../src/http/contract/webchat.ts";
import { entriesOf } from "./entries.ts";
import {
  type ChatState,
  cursorOf,
  emptyChat,
  nextActOf,
  unreadOf,
  withAck,
  withAct,
  withEarlier,
  withMessages,
  withRefusal,
  withRetry,
  withSeen,
  withStanding,
} from "./state.ts";

const noon = Date.UTC(2026, 10, 20, 12);
const said = (id: string, text = id) => ({ kind: "text", id, text }) as const;

function message(id: number, change: Partial<ChatMessage> = {}): ChatMessage {
  return { id, direction: "out", at: noon, text: `m${id}`, attachments: [], buttons: [], quickReplies: [], ...change };
}

const own = (id: number, clientId: string) => message(id, { direction: "in", text: clientId, clientId });

/** The texts that a person sees, from top to bottom. */
const shown = (state: ChatState) =>
  entriesOf(state, () => "today").flatMap((entry) => (entry.kind === "message" ? [entry.content.text] : []));

describe("what was said", () => {
  it("shows at once, and stays the same line when it comes back", () => {
    const saying = withAct(emptyChat, said("a"), noon);
    const keyOf = (state: ChatState) => entriesOf(state, () => "today").at(1)?.key;
    expect(shown(saying)).toEqual(["a"]);
    const taken = withAck(saying, { id: "a" });
    const back = withMessages(taken, [own(1, "a")]);
    expect([shown(taken), shown(back)]).toEqual([["a"], ["a"]]);
    expect(new Set([keyOf(saying), keyOf(taken), keyOf(back)]).size).toBe(1);
  });

  it("is gone from the outbox whether the message or the acknowledgement comes first", () => {
    const saying = withAct(emptyChat, said("a"), noon);
    expect(withMessages(withAck(saying, { id: "a" }), [own(1, "a")]).outbox).toEqual([]);
    expect(withAck(withMessages(saying, [own(1, "a")]), { id: "a" }).outbox).toEqual([]);
  });

  it("is to be sent one by one until each is taken", () => {
    const saying = withAct(withAct(emptyChat, said("a"), noon), said("b"), noon);
    expect(nextActOf(saying)?.id).toBe("a");
    expect(nextActOf(withAck(saying, { id: "a" }))?.id).toBe("b");
    expect(nextActOf(withAck(withAck(saying, { id: "a" }), { id: "b" }))).toBeUndefined();
  });

  it("waits for the visitor when it was refused, and holds up nothing", () => {
    const refused = withRefusal(withAct(withAct(emptyChat, said("a"), noon), said("b"), noon), "a");
    expect(nextActOf(refused)?.id).toBe("b");
    expect(refused.isAwaiting).toBe(false);
    expect(nextActOf(withRetry(refused, "a"))?.id).toBe("a");
  });

  it("is forgotten when it was refused and nobody could see it to try again", () => {
    const refused = withRefusal(withAct(emptyChat, { kind: "start", id: "s" }, noon), "s");
    expect(refused.outbox).toEqual([]);
  });

  it("shows no start and no press without a title, and keeps neither once it is taken", () => {
    const acts = withAct(
      withAct(emptyChat, { kind: "start", id: "s" }, noon),
      { kind: "button", id: "b", payload: "p" },
      noon,
    );
    expect(shown(acts)).toEqual([]);
    expect(withAck(withAck(acts, { id: "s" }), { id: "b" }).outbox).toEqual([]);
  });
});

describe("the dots", () => {
  const asked = { ...withAct(emptyChat, said("a"), noon), connection: "online" as const };

  const lastOf = (state: ChatState) => entriesOf(state, () => "today").at(-1)?.kind;

  it("show from when a word is taken to its answer", () => {
    expect(lastOf(asked)).toBe("message");
    expect(lastOf(withAck(asked, { id: "a" }))).toBe("dots");
    const echoed = withMessages(asked, [own(1, "a")]);
    expect(echoed.isAwaiting).toBe(true);
    expect(withMessages(echoed, [message(2)]).isAwaiting).toBe(false);
  });

  it("promise nothing where no answer follows", () => {
    const taken = withAck(asked, { id: "a", isSilent: true });
    expect([withAck(asked, { id: "a" }).isAwaiting, taken.isAwaiting]).toEqual([true, false]);
    expect(lastOf(taken)).toBe("message");
  });

  it("promise nothing while there is no connection", () => {
    expect(lastOf({ ...withAck(asked, { id: "a" }), connection: "offline" })).toBe("message");
  });

  it("are not ended by earlier messages that are loaded meanwhile", () => {
    const asking = withAct(withMessages(emptyChat, [message(50)]), said("a"), noon);
    expect(withEarlier(asking, [message(10)], false).isAwaiting).toBe(true);
  });
});

describe("what is unread", () => {
  it("counts the bot's messages that were not before the visitor's eyes", () => {
    const state = withMessages({ ...emptyChat, seen: 2 }, [
      message(1),
      message(2),
      message(3),
      own(4, "a"),
      message(5),
    ]);
    expect(unreadOf(state)).toBe(2);
    expect(unreadOf(withSeen(state))).toBe(0);
    expect(unreadOf(withMessages(withSeen(state), [message(6)]))).toBe(1);
  });
});

it("remembers that there are earlier messages until they are loaded", () => {
  const standing = withStanding(emptyChat, { isKnown: true, hasEarlier: true });
  // After a reconnect the server only speaks of what is new.
  const again = withStanding(standing, { isKnown: true, hasEarlier: false });
  expect(again.hasEarlier).toBe(true);
  expect(withEarlier(again, [message(1)], false).hasEarlier).toBe(false);
});

it("offers quick replies under the last message only", () => {
  const state = withMessages(emptyChat, [message(1), message(2)]);
  const offers = (some: ChatState) =>
    entriesOf(some, () => "today").flatMap((entry) => (entry.kind === "message" ? [entry.offersReplies] : []));
  expect(offers(state)).toEqual([false, true]);
  expect(offers(withAct(state, said("a"), noon))).toEqual([false, false, true]);
});

it("groups what one side says within five minutes, and tells days apart", () => {
  const minutes = (count: number) => noon + count * 60_000;
  const state = withMessages(emptyChat, [
    message(1, { at: minutes(0) }),
    message(2, { at: minutes(4) }),
    message(3, { at: minutes(10) }),
    { ...own(4, "a"), at: minutes(11) },
    message(5, { at: minutes(24 * 60) }),
  ]);
  const entries = entriesOf(state, (at) => new Date(at).toISOString().slice(0, 10));
  expect(entries.map((entry) => (entry.kind === "message" ? entry.isGroupEnd : entry.kind))).toEqual([
    "day",
    false,
    true,
    true,
    true,
    "day",
    true,
  ]);
});

describe("who answers", () => {
  const bot = { kind: "bot", name: "Shop" } as const;
  const ann = { kind: "agent", name: "Ann" } as const;
  const minutes = (count: number) => noon + count * 60_000;
  /** The names and quiet lines that a visitor reads. */
  const read = (state: ChatState) =>
    entriesOf(state, () => "today").flatMap((entry) => {
      if (entry.kind === "joined") return [`${entry.name ?? "team"} joined`];
      return entry.kind === "message" && entry.isGroupStart && entry.from !== undefined
        ? [entry.from.name ?? "team"]
        : [];
    });

  it("stands above what each says, and a quiet line tells when a person takes over", () => {
    const state = withMessages(emptyChat, [
      message(1, { from: bot }),
      message(2, { from: bot }),
      message(3, { from: ann }),
      message(4, { from: ann, at: minutes(1) }),
      message(5, { from: bot, at: minutes(2) }),
      message(6, { from: ann, at: minutes(3) }),
      message(7, { from: { kind: "agent" }, at: minutes(4) }),
    ]);
    expect(read(state)).toEqual(["Shop", "Ann joined", "Ann", "Shop", "Ann", "team joined", "team"]);
  });

  it("comes anew after an hour of silence", () => {
    const state = withMessages(emptyChat, [message(1, { from: ann }), message(2, { from: ann, at: minutes(61) })]);
    expect(read(state)).toEqual(["Ann joined", "Ann", "Ann joined", "Ann"]);
  });

  it("is not said to have joined where that may have been earlier than what is here", () => {
    const state = withMessages({ ...emptyChat, hasEarlier: true }, [message(2, { from: ann })]);
    expect(read(state)).toEqual(["Ann"]);
    expect(read(withEarlier(state, [message(1, { from: bot })], false))).toEqual(["Shop", "Ann joined", "Ann"]);
  });

  it("is nobody where the server does not say", () => {
    expect(read(withMessages(emptyChat, [message(1)]))).toEqual([]);
  });
});

/**
 * A page and a server with a network between them that cuts off, delivers again and in pieces: whatever it does, in the end both have the same conversation,
 * every word of the visitor's once, in the order in which it was said.
 */
describe("over a bad network", () => {
  type Move = "say" | "send" | "send, answer lost" | "deliver one" | "deliver all" | "deliver again" | "reconnect";
  const moves: readonly Move[] = [
    "say",
    "send",
    "send, answer lost",
    "deliver one",
    "deliver all",
    "deliver again",
    "reconnect",
  ];

  function world() {
    let state: ChatState = { ...emptyChat, connection: "online" };
    const stored: ChatMessage[] = [];
    const words: string[] = [];
    const step: Record<Move, () => void> = {
      say() {
        words.push(`w${words.length}`);
        state = withAct(state, said(`w${words.length - 1}`), noon);
      },
      send() {
        const id = receive();
        if (id !== undefined) state = withAck(state, { id });
      },
      "send, answer lost"() {
        receive();
      },
      "deliver one"() {
        state = withMessages(state, stored.filter(({ id }) => id > cursorOf(state)).slice(0, 1));
      },
      "deliver all"() {
        state = withMessages(
          state,
          stored.filter(({ id }) => id > cursorOf(state)),
        );
      },
      "deliver again"() {
        state = withMessages(state, stored.filter(({ id }) => id <= cursorOf(state)).reverse());
      },
      reconnect() {
        // A reload: what storage keeps of the outbox, and nothing else.
        state = { ...emptyChat, connection: "online", outbox: state.outbox.filter((item) => item.state !== "taken") };
      },
    };

    /** The server takes what the page sends next; what it has had before it only acknowledges. */
    function receive(): string | undefined {
      const act = nextActOf(state);
      if (act === undefined) return undefined;
      if (!stored.some(({ clientId }) => clientId === act.id)) {
        stored.push(own(stored.length + 1, act.id), message(stored.length + 2, { text: `re ${act.id}` }));
      }
      return act.id;
    }

    return { step, stored, words, current: () => state };
  }

  it("always shows each message once, in order, with what is on its way at the end", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...moves), { maxLength: 60 }), (script) => {
        const { step, current } = world();
        for (const move of script) {
          step[move]();
          const { messages, outbox } = current();
          const ids = messages.map(({ id }) => id);
          expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
          const back = new Set(messages.map(({ clientId }) => clientId));
          expect(outbox.filter(({ act }) => back.has(act.id))).toEqual([]);
          expect(shown(current()).length).toBe(messages.length + outbox.length);
        }
      }),
    );
  });

  it("ends with every word said once, in order, and nothing left to send", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...moves), { maxLength: 60 }), (script) => {
        const { step, stored, words, current } = world();
        for (const move of script) step[move]();
        while (nextActOf(current()) !== undefined) step.send();
        step["deliver all"]();
        expect(shown(current())).toEqual(words.flatMap((word) => [word, `re ${word}`]));
        expect(current().messages).toEqual(stored);
        expect(current().outbox).toEqual([]);
      }),
    );
  });
});
