import { describe, expect, it } from "vitest";
import {
  aBot,
  aContact,
  aFlow,
  aSequence,
  catalogue,
  channelId,
  fieldsOf,
  noon,
  sequencesOf,
} from "../../test/builders.ts";
import type { Contact } from "../model/contact.ts";
import type { Event, Happening } from "../model/event.ts";
import type { Fact, Outcome } from "../model/outcome.ts";
import type { SequenceDefinition } from "../model/sequence.ts";
import type { BotSnapshot } from "../model/world.ts";
import { createAdvance } from "./advance.ts";
import { isSequenceWait } from "./sequence-progress.ts";

const hour = 3_600_000;
const advance = createAdvance(catalogue);
type Sequence = Parameters<typeof aSequence>[1];

/** A contact, a bot with the sequence `q`, and a clock. */
function play(
  sequence: Sequence,
  { contact = {}, bot = {} }: { contact?: Partial<Contact>; bot?: Parameters<typeof aBot>[0] } = {},
) {
  const make = (definition: SequenceDefinition): BotSnapshot =>
    aBot({ fields: fieldsOf({ start: "date" }), ...bot, sequences: sequencesOf(definition) });
  const stage = {
    bot: make(aSequence("q", sequence)),
    contact: aContact(contact),
    now: noon,
    facts: [] as Fact[],
    said: [] as string[],
    edit: (changed: Sequence) => {
      stage.bot = make(aSequence("q", changed));
    },
    happen(happening: Happening, source: Event["source"] = "api"): Outcome {
      ids += 1;
      const own = source === "channel" ? { channelId, externalId: "p1" } : {};
      const event: Event = { ...happening, ...own, id: ids, at: stage.now, seed: ids, source };
      const outcome = advance({ bot: stage.bot, variables: {}, contact: stage.contact }, event);
      stage.contact = outcome.contact;
      stage.facts.push(...outcome.facts);
      stage.said.push(...outcome.messages.map(({ content }) => content.text ?? ""));
      return outcome;
    },
    act: (action: string, args: Record<string, unknown> = { sequence: "q" }) =>
      stage.happen({ kind: "actions", actions: [{ action, args: args as never }] }),
    write: (text: string) => stage.happen({ kind: "message", message: { text, attachments: [] } }, "channel"),
    /** Lets time go by, waking what falls due. */
    wait(ms: number) {
      const end = stage.now + ms;
      for (let rounds = 0; rounds < 100; rounds += 1) {
        const due = stage.contact.positions
          .filter(({ wakeAt }) => wakeAt !== undefined && wakeAt <= end)
          .sort((a, b) => (a.wakeAt ?? 0) - (b.wakeAt ?? 0))[0];
        if (due === undefined) break;
        stage.now = Math.max(stage.now, due.wakeAt ?? 0);
        stage.happen({ kind: "timer", positionId: due.id }, "timer");
      }
      stage.now = end;
    },
    wake: () => stage.contact.positions.find(isSequenceWait)?.wakeAt,
    skips: () =>
      stage.facts.flatMap((fact) => (fact.kind === "sequence_step" && fact.reason !== undefined ? [fact.reason] : [])),
  };
  return stage;
}
let ids = 0;

const abc = { steps: [{ ref: "a" }, { ref: "b" }, { ref: "c" }] };

describe("a sequence", () => {
  it("sends its steps one after another, each its time after the one before, and ends", () => {
    const stage = play(abc);
    stage.act("subscribe_sequence");
    expect(stage.said).toEqual([]);
    stage.wait(hour);
    expect(stage.said).toEqual(["a"]);
    stage.wait(2 * hour);
    expect(stage.said).toEqual(["a", "b", "c"]);
    expect(stage.contact.sequences).toEqual([]);
    expect(stage.contact.positions).toEqual([]);
    expect(stage.contact.pastSequences?.q).toMatchObject({ end: "finished", passed: ["a", "b", "c"] });
    expect(stage.facts).toContainEqual({ kind: "sequence_finished", sequence: "q" });
  });

  it("says its messages in the bulk lane, under its own name", () => {
    const stage = play(abc);
    stage.act("subscribe_sequence");
    stage.now += hour;
    const position = stage.contact.positions[0]?.id ?? "";
    const [message] = stage.happen({ kind: "timer", positionId: position }, "timer").messages;
    expect(message).toMatchObject({ lane: "bulk", flow: "sequence:q", step: "a" });
  });

  it("without steps holds its subscribers, who wait from when the first step is there", () => {
    const stage = play({});
    stage.act("subscribe_sequence");
    stage.wait(1000 * hour);
    expect(stage.contact).toMatchObject({ sequences: ["q"], positions: [] });
    stage.edit(abc);
    stage.happen({ kind: "sequence_changed", sequence: "q" }, "job");
    expect(stage.wake()).toBe(stage.now + hour);
  });

  it("asks a step's condition when it is due, and goes on where it does not hold", () => {
    const condition = { match: "all" as const, rules: [{ subject: "tag" as const, key: "vip", operator: "has" }] };
    const stage = play({
      steps: [
        { ref: "a", condition },
        { ref: "b", condition },
      ],
    });
    stage.act("subscribe_sequence");
    stage.wait(hour);
    stage.act("add_tag", { tag: "vip" });
    stage.wait(hour);
    expect(stage.said).toEqual(["b"]);
    expect(stage.skips()).toEqual(["condition"]);
  });

  it("starts flows, and says where one is not published", () => {
    const flow = aFlow({
      ref: "f1",
      steps: [{ ref: "s1", kind: "message", config: { messages: [{ text: "flow" }] } }],
    });
    const start = (ref: string) => ({ kind: "flow" as const, flow: ref });
    const stage = play(
      {
        steps: [
          { ref: "a", content: start("f1") },
          { ref: "b", content: start("f2") },
        ],
      },
      { bot: { flows: [flow] } },
    );
    stage.act("subscribe_sequence");
    stage.wait(3 * hour);
    expect(stage.said).toEqual(["flow"]);
    expect(stage.skips()).toEqual(["no_flow"]);
  });

  it.each([
    ["opted_out", { optedOutAt: noon }],
    ["banned", { bannedAt: noon }],
    [
      "blocked",
      { identities: [{ id: 1, channelId, channelKind: "fake", externalId: "p1", status: "blocked" as const }] },
    ],
    ["no_channel", { identities: [] }],
  ])("says nothing to who is %s, and why", (reason, contact) => {
    const stage = play(abc, { contact });
    stage.act("subscribe_sequence");
    stage.wait(5 * hour);
    expect(stage.said).toEqual([]);
    expect(stage.skips()).toEqual([reason, reason, reason]);
  });

  it("waits while an agent talks, and goes on when the bot may speak again", () => {
    const stage = play(abc);
    stage.act("subscribe_sequence");
    stage.act("pause_bot", { minutes: 600 });
    stage.wait(5 * hour);
    expect(stage.said).toEqual([]);
    stage.act("resume_bot", {});
    stage.wait(1);
    expect(stage.said).toEqual(["a"]);
  });

  it("follows the date in a field, and skips a step whose date is missing", () => {
    const onDate = (days: number) => ({ mode: "on_date" as const, field: "start", days });
    const stage = play({
      steps: [
        { ref: "a", delay: onDate(-1) },
        { ref: "b", delay: onDate(0) },
      ],
    });
    stage.act("subscribe_sequence");
    stage.act("set_field", { field: "start", value: "2026-11-30" });
    stage.act("set_field", { field: "start", value: "2026-12-10" });
    expect(stage.wake()).toBe(Date.UTC(2026, 11, 9, 9));
    stage.wait(19 * 24 * hour);
    expect(stage.said).toEqual(["a"]);
    expect(stage.contact.sequences).toEqual(["q"]);
    stage.act("clear_field", { field: "start" });
    stage.wait(1);
    expect(stage.skips()).toEqual(["no_date"]);
    expect(stage.contact.sequences).toEqual([]);
  });

  it("is no delay that can be removed, and no walk that can be stopped", () => {
    const stage = play(abc);
    stage.act("subscribe_sequence");
    stage.act("remove_all_delays", {});
    stage.wait(hour);
    expect(stage.said).toEqual(["a"]);
  });

  it("counts the presses of its buttons, and leads where they were to lead, also of a step that is gone", () => {
    const flow = aFlow({
      ref: "f1",
      steps: [{ ref: "s1", kind: "message", config: { messages: [{ text: "flow" }] } }],
    });
    const content = {
      kind: "message" as const,
      content: {
        text: "a",
        attachments: [],
        buttons: [{ type: "press" as const, title: "Go", payload: "f1:s1" }],
        quickReplies: [],
      },
    };
    const stage = play({ steps: [{ ref: "a", content }] }, { bot: { flows: [flow] } });
    stage.act("subscribe_sequence");
    stage.wait(hour);
    stage.edit({ steps: [{ ref: "a", content, isRemoved: true }, { ref: "b" }] });
    stage.happen({ kind: "button", payload: "sequence/q/a/0" }, "channel");
    expect(stage.said).toEqual(["a", "flow"]);
    expect(stage.facts).toContainEqual({ kind: "sequence_clicked", sequence: "q", step: "a", button: 0 });
  });
});

describe("a reply", () => {
  it("ends the subscription where it is to, once something was said", () => {
    const stage = play({ ...abc, onReply: "end" });
    stage.act("subscribe_sequence");
    stage.write("hello");
    stage.wait(hour);
    expect(stage.said).toEqual(["a"]);
    stage.write("stop it");
    stage.wait(5 * hour);
    expect(stage.said).toEqual(["a"]);
    expect(stage.contact.pastSequences?.q).toMatchObject({ end: "replied", passed: ["a"], next: "b" });
  });

  it("puts the next step off where it is to, from the last reply on", () => {
    const stage = play({ ...abc, onReply: "pause", pauseHours: 10 });
    stage.act("subscribe_sequence");
    stage.wait(hour);
    stage.write("one");
    stage.wait(5 * hour);
    stage.write("two");
    expect(stage.wake()).toBe(stage.now + 10 * hour);
    stage.wait(10 * hour);
    expect(stage.said).toEqual(["a", "b"]);
    expect(stage.wake()).toBe(stage.now + hour);
  });
});

describe("who is subscribed again", () => {
  const twice = (restart: SequenceDefinition["restart"]) => {
    const stage = play({ ...abc, restart });
    stage.act("subscribe_sequence");
    stage.wait(hour);
    return stage;
  };

  it("is left alone while it goes on, and begins again after the end", () => {
    const stage = twice("after_end");
    stage.act("subscribe_sequence");
    stage.wait(3 * hour);
    expect(stage.said).toEqual(["a", "b", "c"]);
    stage.act("subscribe_sequence");
    stage.wait(hour);
    expect(stage.said).toEqual(["a", "b", "c", "a"]);
  });

  it("always begins again", () => {
    const stage = twice("always");
    stage.act("subscribe_sequence");
    stage.wait(2 * hour);
    expect(stage.said).toEqual(["a", "a", "b"]);
    expect(stage.contact.sequences).toEqual(["q"]);
  });

  it("goes on behind the last step, and hears what was added since", () => {
    const stage = twice("continue");
    stage.act("unsubscribe_sequence");
    stage.wait(5 * hour);
    stage.act("subscribe_sequence");
    stage.wait(2 * hour);
    expect(stage.said).toEqual(["a", "b", "c"]);
    const [again] = (stage.act("subscribe_sequence").answer as { results?: unknown[] }).results ?? [];
    expect(again).toMatchObject({ result: { subscribed: false } });
    stage.edit({ restart: "continue", steps: [...abc.steps, { ref: "d" }] });
    stage.act("subscribe_sequence");
    stage.wait(hour);
    expect(stage.said).toEqual(["a", "b", "c", "d"]);
  });

  it("is never let in twice", () => {
    const stage = twice("never");
    stage.act("unsubscribe_sequence");
    stage.act("subscribe_sequence");
    expect(stage.contact.sequences).toEqual([]);
  });
});

describe("a merge", () => {
  it("takes a subscription along with how far it has come, once", () => {
    const ahead = play(abc);
    ahead.act("subscribe_sequence");
    ahead.wait(2 * hour);
    const behind = play(abc, { contact: { id: 2, cuid: "c2" } });
    behind.act("subscribe_sequence");
    behind.now = ahead.now;
    const event: Event = {
      kind: "merge",
      secondaryId: 1,
      deleteSecondary: true,
      id: 9_999,
      at: ahead.now,
      seed: 1,
      source: "api",
    };
    const outcome = advance(
      { bot: behind.bot, variables: {}, contact: behind.contact, secondary: ahead.contact },
      event,
    );
    expect(outcome.contact.sequences).toEqual(["q"]);
    expect(outcome.contact.positions).toMatchObject([{ step: "q", state: { passed: ["a", "b"], next: "c" } }]);
  });
});
