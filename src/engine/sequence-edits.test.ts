import fc from "fast-check";
import { expect, it } from "vitest";
import { aBot, aContact, aSequence, catalogue, noon, sequencesOf } from "../../test/builders.ts";
import type { Contact } from "../model/contact.ts";
import type { Event, Happening } from "../model/event.ts";
import type { SequenceStep } from "../model/sequence.ts";
import { createAdvance } from "./advance.ts";
import { replaceSteps } from "./sequence-edit.ts";
import { isSequenceWait, progressOf } from "./sequence-progress.ts";

const hour = 3_600_000;
const advance = createAdvance(catalogue);

const stepEdits = ["insert", "delete", "restore", "toggle", "move", "delay"] as const;
/** `to`: where a step is moved to, or its new delay in hours. */
interface StepEdit {
  readonly kind: (typeof stepEdits)[number];
  readonly at: number;
  readonly to: number;
}
type Edit = StepEdit | { readonly kind: "wait"; readonly hours: number } | { readonly kind: "settle" | "reply" };

const place = fc.nat(9);
const edits: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constantFrom(...stepEdits), at: place, to: fc.nat(5) }) as fc.Arbitrary<StepEdit>,
  fc.record({ kind: fc.constant("wait" as const), hours: fc.nat(6) }),
  fc.record({ kind: fc.constantFrom("settle" as const, "reply" as const) }),
);

/** Plays edits while somebody is inside; gives what they got. */
function play(all: readonly Edit[]) {
  let steps: readonly SequenceStep[] = aSequence("q", { steps: [{ ref: "a0" }, { ref: "a1" }, { ref: "a2" }] }).steps;
  const deleted: SequenceStep[] = [];
  let contact: Contact = aContact();
  let [id, now, made] = [0, noon, 0];
  const said: string[] = [];
  const happen = (happening: Happening, source: Event["source"]) => {
    id += 1;
    const bot = aBot({ sequences: sequencesOf({ ...aSequence("q", { onReply: "pause", pauseHours: 3 }), steps }) });
    const outcome = advance({ bot, variables: {}, contact }, { ...happening, id, at: now, seed: id, source });
    contact = outcome.contact;
    said.push(...outcome.messages.map(({ content }) => content.text ?? ""));
  };
  const wait = (ms: number) => {
    const end = now + ms;
    for (let rounds = 0; rounds < 200; rounds += 1) {
      const due = contact.positions.find(({ wakeAt }) => wakeAt !== undefined && wakeAt <= end);
      if (due === undefined) break;
      now = Math.max(now, due.wakeAt ?? 0);
      happen({ kind: "timer", positionId: due.id }, "timer");
    }
    now = end;
  };
  const live = () => steps.filter(({ isRemoved }) => isRemoved !== true);
  const change = (next: readonly SequenceStep[]) => {
    steps = replaceSteps(steps, next);
  };
  happen({ kind: "actions", actions: [{ action: "subscribe_sequence", args: { sequence: "q" } }] }, "api");
  const fresh = (): SequenceStep => {
    made += 1;
    const [step] = aSequence("q", { steps: [{ ref: `n${made}` }] }).steps;
    if (step === undefined) throw new Error("no step");
    return step;
  };
  const editSteps: {
    readonly [K in StepEdit["kind"]]: (list: readonly SequenceStep[], edit: StepEdit) => readonly SequenceStep[];
  } = {
    insert: (list, { at }) => list.toSpliced(at, 0, fresh()),
    delete: (list, { at }) => {
      deleted.push(...list.slice(at, at + 1));
      return list.toSpliced(at, 1);
    },
    restore: (list, { at }) => list.toSpliced(at, 0, ...deleted.splice(-1)),
    toggle: (list, { at }) => list.map((step, index) => (index === at ? { ...step, isOn: !step.isOn } : step)),
    move: (list, { at, to }) => list.toSpliced(at, 1).toSpliced(to, 0, ...list.slice(at, at + 1)),
    delay: (list, { at, to: amount }) =>
      list.map((step, index) =>
        index === at ? { ...step, delay: { mode: "after", amount, unit: "hours", weekdays: [] } } : step,
      ),
  };
  for (const edit of all) {
    if ("at" in edit) {
      const list = live();
      change(editSteps[edit.kind](list, { ...edit, at: edit.at % Math.max(1, list.length) }));
    } else if (edit.kind === "wait") wait(edit.hours * hour);
    else if (edit.kind === "settle") happen({ kind: "sequence_changed", sequence: "q" }, "job");
    else if (edit.kind === "reply") happen({ kind: "message", message: { text: "hm", attachments: [] } }, "channel");
  }
  /** As the job does for everybody inside, after each change. */
  const settle = () => happen({ kind: "sequence_changed", sequence: "q" }, "job");
  return { said, person: () => contact, live, wait, settle };
}

it("sends no step twice, whatever is changed while somebody is inside", () => {
  fc.assert(
    fc.property(fc.array(edits, { maxLength: 40 }), (all) => {
      const { said, person, wait, live, settle } = play(all);
      settle();
      wait(1000 * hour);
      const contact = person();
      expect(said).toEqual([...new Set(said)]);
      const waits = contact.positions.filter(isSequenceWait);
      expect(waits.length).toBeLessThanOrEqual(1);
      for (const position of waits) {
        const { passed } = progressOf(position);
        expect(passed).toEqual([...new Set(passed)]);
      }
      // Nobody is left behind: who is still inside waits for what is not there yet.
      if (!contact.sequences.includes("q")) return;
      expect(live().filter(({ isOn, ref }) => isOn && !said.includes(ref)).length === 0 || waits.length === 1).toBe(
        true,
      );
    }),
    { numRuns: 400 },
  );
});

it("sends every step that is there from the beginning when only the order behind is changed", () => {
  const moves = fc.array(fc.record({ kind: fc.constant("move" as const), at: place, to: place }), { maxLength: 10 });
  fc.assert(
    fc.property(moves, (all) => {
      const { said, wait } = play(all);
      wait(1000 * hour);
      expect(said.toSorted()).toEqual(["a0", "a1", "a2"]);
    }),
    { numRuns: 200 },
  );
});
