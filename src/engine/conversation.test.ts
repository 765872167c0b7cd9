import { describe, expect, it } from "vitest";
import { aBot, aContact, aFlow, anEvent, aWorld, catalogue, fieldsOf, noon } from "../../test/builders.ts";
import type { ActionCall } from "../model/action-call.ts";
import type { Contact } from "../model/contact.ts";
import { forever } from "../model/conversation.ts";
import type { Happening } from "../model/event.ts";
import type { Outcome } from "../model/outcome.ts";
import { createAdvance } from "./advance.ts";

const advance = createAdvance(catalogue);
const minute = 60_000;

const echo = aFlow({
  ref: "echo",
  triggers: [{ kind: "default_reply" }, { kind: "start" }, { kind: "tag_added", tag: "go" }],
  steps: [{ ref: "say", kind: "message", config: { messages: [{ text: "hello" }] } }],
});
const later = aFlow({
  ref: "later",
  id: 2,
  steps: [
    { ref: "wait", kind: "delay", config: { mode: "duration", amount: 10, unit: "minutes" } },
    { ref: "say", kind: "message", config: { messages: [{ text: "later" }] } },
  ],
  edges: [{ from: "wait", output: "next", to: "say" }],
});
const asks = aFlow({
  ref: "asks",
  id: 3,
  steps: [
    { ref: "ask", kind: "query", config: { query: "list_messages", save: [{ path: "$.count", field: "count" }] } },
    { ref: "say", kind: "message", config: { messages: [{ text: "{{ fields.count }} found" }] } },
  ],
  edges: [{ from: "ask", output: "next", to: "say" }],
});
const bot = aBot({
  flows: [echo, later, asks],
  members: new Map([[7, "Eve"]]),
  closingNotes: new Map([
    ["Solved", { id: 1, name: "Solved", requireSummary: 0, requireAttachment: 0 }],
    ["Refund", { id: 2, name: "Refund", requireSummary: 2, requireAttachment: 0 }],
  ]),
  fields: fieldsOf({ tagged: "boolean", tags: "list", count: "number" }),
  tags: new Set(["go", "vip"]),
});

/** Ids are for ever. */
let events = 0;

/** Events one after the other, each some minutes after noon; what the contact and the outcomes are. */
function play(happenings: readonly (readonly [minutes: number, happening: Happening])[], start: Partial<Contact> = {}) {
  let contact = aContact(start);
  const outcomes: Outcome[] = [];
  for (const [minutes, happening] of happenings) {
    events += 1;
    const source = happening.kind === "message" || happening.kind === "start" ? "channel" : "api";
    const event = anEvent(happening, { id: events, at: noon + minutes * minute, source });
    const outcome = advance(aWorld({ bot, contact }), event);
    contact = outcome.contact;
    outcomes.push(outcome);
  }
  const said = outcomes.map(({ messages }) => messages.map(({ content }) => content.text));
  return { contact, outcomes, said, last: outcomes.at(-1) as Outcome };
}

const act = (...actions: readonly (Omit<ActionCall, "args"> & { args?: ActionCall["args"] })[]): Happening => ({
  kind: "actions",
  actions: actions.map((call) => ({ args: {}, ...call })),
});
const message: Happening = { kind: "message", message: { text: "hi", attachments: [] } };
const startLater = act({ action: "start_flow", args: { flow: "later" } });
const timer = (contact: Contact): Happening => ({ kind: "timer", positionId: contact.positions[0]?.id ?? "" });
const kindsOf = ({ facts }: Outcome) => facts.map(({ kind }) => kind);

describe("a paused bot", () => {
  it("answers nothing until the pause is over", () => {
    const pause = act({ action: "pause_bot", args: { minutes: 30 } });
    const { said, outcomes } = play([
      [0, message],
      [1, pause],
      [2, message],
      [30, { kind: "start" }],
      [32, message],
    ]);
    expect(said).toEqual([["hello"], [], [], [], ["hello"]]);
    expect(kindsOf(outcomes[1] as Outcome)).toEqual(["bot_paused"]);
  });

  it("without a time is silent until it is resumed, and starts nothing by a tag either", () => {
    const tag = act({ action: "add_tag", args: { tag: "go" } });
    const { said, contact } = play([
      [0, act({ action: "pause_bot" })],
      [1, tag],
      [600_000, message],
      [600_001, act({ action: "resume_bot" })],
      [600_002, message],
    ]);
    expect(said).toEqual([[], [], [], [], ["hello"]]);
    expect(contact.conversation?.pausedUntil).toBeUndefined();
  });

  it("does what doors and agents ask for all the same", () => {
    const send = act({ action: "send_message", args: { content: { text: "by hand" }, author: "agent" } });
    const start = act({ action: "start_flow", args: { flow: "echo" } });
    expect(
      play([
        [0, act({ action: "pause_bot" })],
        [1, send],
        [2, start],
      ]).said,
    ).toEqual([[], ["by hand"], ["hello"]]);
  });

  it("puts off a wait that ends meanwhile to the end of the pause", () => {
    const begun = play([
      [0, startLater],
      [1, act({ action: "pause_bot", args: { minutes: 60 } })],
    ]);
    const held = play([[10, timer(begun.contact)]], begun.contact);
    expect(held.said).toEqual([[]]);
    expect(held.contact.positions).toMatchObject([{ flow: "later", wakeAt: noon + 61 * minute }]);
    expect(held.contact.positions[0]?.id).not.toBe(begun.contact.positions[0]?.id);
    expect(play([[61, timer(held.contact)]], held.contact).said).toEqual([["later"]]);
  });

  it("lets waits that ended meanwhile go on at once when it is resumed", () => {
    const begun = play([
      [0, startLater],
      [1, act({ action: "pause_bot" })],
    ]);
    const held = play([[10, timer(begun.contact)]], begun.contact);
    expect(held.contact.positions).toMatchObject([{ wakeAt: forever }]);
    const resumed = play([[20, act({ action: "resume_bot" })]], held.contact);
    expect(resumed.contact.positions).toMatchObject([{ wakeAt: noon + 20 * minute }]);
    expect(play([[20, timer(resumed.contact)]], resumed.contact).said).toEqual([["later"]]);
  });

  it("that is paused anew waits for the new end", () => {
    const begun = play([
      [0, startLater],
      [1, act({ action: "pause_bot", args: { minutes: 60 } })],
    ]);
    const held = play([[10, timer(begun.contact)]], begun.contact);
    const again = play([[20, act({ action: "pause_bot", args: { minutes: 120 } })]], held.contact);
    expect(again.contact.positions).toMatchObject([{ wakeAt: noon + 140 * minute }]);
  });
});

describe("a banned contact", () => {
  it("gets no flow and no message until unbanned; what they wait for goes on then", () => {
    const begun = play([
      [0, startLater],
      [1, act({ action: "ban" })],
    ]);
    const send = act({ action: "send_message", args: { content: { text: "hello" } } });
    const banned = play(
      [
        [2, message],
        [3, send],
        [10, timer(begun.contact)],
      ],
      begun.contact,
    );
    expect(banned.said).toEqual([[], [], []]);
    expect(banned.outcomes[1]?.facts).toContainEqual(
      expect.objectContaining({ kind: "message_skipped", reason: "banned" }),
    );
    const start = advance(
      aWorld({ bot, contact: banned.contact }),
      anEvent(act({ action: "start_flow", args: { flow: "echo" } })),
    );
    expect(start.answer).toMatchObject({ results: [{ ok: false, error: { code: "contact.banned" } }] });
    const free = play([[20, act({ action: "unban" })]], banned.contact);
    expect(free.contact).toMatchObject({ bannedAt: undefined, positions: [{ wakeAt: noon + 20 * minute }] });
    expect(
      play(
        [
          [20, timer(free.contact)],
          [21, message],
        ],
        free.contact,
      ).said,
    ).toEqual([["later"], ["hello"]]);
  });

  it("who is unbanned while the bot is paused waits for the end of the pause", () => {
    const pause = act({ action: "pause_bot", args: { minutes: 60 } });
    const begun = play([
      [0, startLater],
      [1, pause],
      [2, act({ action: "ban" })],
    ]);
    const held = play([[10, timer(begun.contact)]], begun.contact);
    const free = play([[20, act({ action: "unban" })]], held.contact);
    expect(free.contact.positions).toMatchObject([{ wakeAt: noon + 61 * minute }]);
  });
});

describe("a conversation", () => {
  it("is moved, given to a member and taken back, each told once", () => {
    const done = act({ action: "move_conversation", args: { status: "done" } });
    const give = act({ action: "assign_agent", args: { agent: 7 } });
    const { outcomes, contact } = play([
      [0, done],
      [1, done],
      [2, give],
      [3, give],
      [4, act({ action: "unassign_agent" })],
    ]);
    expect(outcomes.map(kindsOf)).toEqual([["conversation_moved"], [], ["agent_assigned"], [], ["agent_unassigned"]]);
    expect(contact.conversation).toMatchObject({ status: "done", agent: undefined });
  });

  it("that is done opens again when the contact writes", () => {
    const { contact, last } = play([
      [0, act({ action: "move_conversation", args: { status: "done" } })],
      [1, message],
    ]);
    expect(contact.conversation?.status).toBe("open");
    expect(last.facts).toContainEqual({ kind: "conversation_moved", status: "open" });
  });

  it.each([
    [{ action: "assign_agent", args: { agent: 8 } }, "member.not_found"],
    [{ action: "move_conversation", args: { status: "done", closingNote: "Nothing" } }, "closing_note.not_found"],
    [
      { action: "move_conversation", args: { status: "done", closingNote: "Refund", summary: " " } },
      "closing_note.summary_missing",
    ],
    [{ action: "move_conversation", args: { status: "gone" } }, "action.bad_arguments"],
    [{ action: "has_tag", args: { tag: "x" }, save: [{ path: "$..[", field: "tagged" }] }, "action.bad_arguments"],
  ])("refuses %j", (call, code) => {
    expect(play([[0, act(call)]]).last.answer).toMatchObject({ status: "refused", code });
  });

  it("is closed with a note and what was said", () => {
    const args = { status: "done", closingNote: "Refund", summary: "Paid twice" };
    const { last } = play([[0, act({ action: "move_conversation", args })]]);
    expect(last.facts).toContainEqual({ kind: "closing_note_added", note: "Refund", summary: "Paid twice" });
  });

  it("is unread from a message on until an agent answers or says so", () => {
    const answer = act({ action: "send_message", args: { content: { text: "yes?" }, author: "agent" } });
    const { outcomes } = play([
      [0, act({ action: "mark_unread" })],
      [1, message],
      [2, answer],
      [3, act({ action: "mark_read" })],
      [4, act({ action: "mark_unread" })],
      [5, act({ action: "mark_read" })],
    ]);
    const marks = outcomes.map((outcome) => kindsOf(outcome).filter((kind) => kind.startsWith("marked")));
    expect(marks).toEqual([[], [], ["marked_read"], [], ["marked_unread"], ["marked_read"]]);
  });
});

describe("what can be asked of a contact", () => {
  it("is answered, and kept where the call says", () => {
    const { last, contact } = play(
      [
        [
          0,
          act(
            { action: "has_tag", args: { tag: "vip" }, save: [{ path: "$.has", field: "tagged" }] },
            { action: "list_tags", save: [{ path: "$.tags", field: "tags" }] },
            { action: "remove_all_tags", save: [{ path: "$.removed", field: "count" }] },
            { action: "has_tag", args: { tag: "vip" } },
            { action: "list_sequences" },
          ),
        ],
      ],
      { tags: ["vip", "old"] },
    );
    expect(contact).toMatchObject({ tags: [], fields: { tagged: true, tags: ["vip", "old"], count: 2 } });
    expect(last.answer).toMatchObject({
      results: [
        { result: { has: true } },
        {},
        { result: { removed: 2 } },
        { result: { has: false } },
        { result: { sequences: [] } },
      ],
    });
  });

  it("is an error where it does not fit, and nothing else is lost", () => {
    const { last, contact } = play([[0, act({ action: "list_tags", save: [{ path: "$.tags", field: "count" }] })]], {
      tags: ["a"],
    });
    expect(kindsOf(last)).toEqual(["error"]);
    expect(contact.fields).toEqual({});
  });

  it("removes all delays, and says how many", () => {
    const begun = play([[0, startLater]]);
    const { last, contact } = play(
      [[1, act({ action: "remove_all_delays" }, { action: "remove_all_delays" })]],
      begun.contact,
    );
    expect(last.answer).toMatchObject({ results: [{ result: { deleted: 1 } }, { result: { deleted: 0 } }] });
    expect(contact.positions).toEqual([]);
  });
});

describe("what a job finds while the bot is silent", () => {
  const startAsking = act({ action: "start_flow", args: { flow: "asks" } });
  const comes = (contact: Contact): Happening => ({
    kind: "job_result",
    positionId: contact.positions[0]?.id ?? "",
    result: { ok: true, result: { count: 3 } },
  });

  it("is told when the pause is over", () => {
    const pause = act({ action: "pause_bot", args: { minutes: 30 } });
    const asked = play([
      [0, startAsking],
      [0, pause],
    ]).contact;
    const held = play([[0, comes(asked)]], asked);
    expect([held.said, held.contact.positions]).toMatchObject([
      [[]],
      [{ waitsFor: "job", wakeAt: noon + 30 * minute }],
    ]);
    const over = play([[30, timer(held.contact)]], held.contact);
    expect([over.said, over.contact.positions, over.contact.fields.count]).toEqual([[["3 found"]], [], 3]);
  });

  it("is told when the contact is unbanned, and not before", () => {
    const asked = play([
      [0, startAsking],
      [0, act({ action: "ban" })],
    ]).contact;
    const held = play([[1, comes(asked)]], asked).contact;
    expect(held.positions).toMatchObject([{ wakeAt: forever }]);
    const unbanned = play([[2, act({ action: "unban" })]], held).contact;
    expect(play([[2, timer(unbanned)]], unbanned).said).toEqual([["3 found"]]);
  });

  it("is no reason to wait for ever where the step has meanwhile become another", () => {
    const state = { heldJobResult: { ok: true }, state: null };
    const stuck = { id: "1-0", flow: "later", step: "wait", kind: "delay", waitsFor: "job" as const, wakeAt: noon };
    const contact = aContact({ positions: [{ ...stuck, state, values: {}, enteredAt: noon }] });
    expect(play([[1, timer(contact)]], contact)).toMatchObject({ said: [["later"]], contact: { positions: [] } });
  });
});
