import { describe, expect, it } from "vitest";
import { aBot, aContact, anEvent, aWorld, channelId, noon } from "../../test/builders.ts";
import type { Contact } from "../model/contact.ts";
import type { Happening } from "../model/event.ts";
import type { Outcome } from "../model/outcome.ts";
import { advance } from "../steps/advance.ts";
import { isScheduled } from "./scheduled.ts";

const minute = 60_000;
let lastId = 0;
function happen(
  contact: Contact,
  happening: Happening,
  at = noon,
  others: Partial<ReturnType<typeof aWorld>> = {},
): Outcome {
  lastId += 1;
  const source = happening.kind === "timer" ? "timer" : "api";
  return advance({ ...aWorld({ bot: aBot(), contact }), ...others }, anEvent(happening, { id: lastId, at, source }));
}
const call = (action: string, args: Record<string, unknown>): Happening => ({
  kind: "actions",
  actions: [{ action, args }],
});
const schedule = (contact: Contact, args: Record<string, unknown>) =>
  happen(contact, call("schedule_message", { content: "Hello {{ contact.name }}", ...args }));
const positionOf = ({ contact }: Outcome) => {
  const [position] = contact.positions;
  if (position === undefined) throw new Error("nothing is scheduled");
  return position;
};

describe("a scheduled message", () => {
  it("is put together now and sent at its time, once", () => {
    const made = schedule(aContact({ profile: { name: "Ann" } }), { minutes: 30 });
    expect(made.messages).toEqual([]);
    const position = positionOf(made);
    expect(made.facts).toEqual([{ kind: "message_scheduled", id: position.id, at: noon + 30 * minute }]);
    expect(position.wakeAt).toBe(noon + 30 * minute);
    const timer = { kind: "timer", positionId: position.id } as const;
    expect(happen(made.contact, timer, noon + 29 * minute).messages).toEqual([]);
    const sent = happen({ ...made.contact, profile: { name: "Eve" } }, timer, noon + 30 * minute);
    expect(sent.messages).toMatchObject([{ channelId, content: { text: "Hello Ann" } }]);
    expect(sent.contact.positions).toEqual([]);
    expect(happen(sent.contact, timer, noon + 31 * minute).messages).toEqual([]);
  });

  it("takes a date and time in the contact's zone", () => {
    const contact = aContact({ profile: { timeZone: "Europe/Moscow" } });
    expect(positionOf(schedule(contact, { at: "2026-11-21T10:00" })).wakeAt).toBe(Date.UTC(2026, 10, 21, 7));
    for (const at of ["yesterday", "2026-11-20T10:00", "2040-01-01T00:00"]) {
      expect(schedule(contact, { at }).answer).toMatchObject({
        results: [{ ok: false, error: { code: "message.bad_time" } }],
      });
    }
    expect(schedule(contact, {}).answer).toMatchObject({ status: "refused", code: "action.bad_arguments" });
  });

  it("stays where delays are removed, where the bot is paused and where two contacts become one", () => {
    const made = schedule(aContact(), { minutes: 5, author: "agent" });
    const dropped = happen(made.contact, call("remove_all_delays", {}));
    expect(dropped.answer).toMatchObject({ results: [{ ok: true, result: { deleted: 0 } }] });
    const paused = happen(dropped.contact, call("pause_bot", {}));
    const timer = { kind: "timer", positionId: positionOf(paused).id } as const;
    expect(happen(paused.contact, timer, noon + 5 * minute).messages).toMatchObject([{ author: "agent" }]);
    const secondary = schedule(aContact({ id: 2, cuid: "c2" }), { minutes: 7 }).contact;
    const merged = happen(made.contact, { kind: "merge", secondaryId: 2, deleteSecondary: true }, noon, { secondary });
    expect(merged.contact.positions.filter(isScheduled)).toHaveLength(2);
  });

  it("is removed by its id, or with all others", () => {
    const two = schedule(schedule(aContact(), { minutes: 5 }).contact, { minutes: 6 });
    const one = happen(two.contact, call("remove_scheduled_message", { id: positionOf(two).id }));
    expect(one.contact.positions).toHaveLength(1);
    const gone = happen(one.contact, call("remove_scheduled_message", { id: positionOf(two).id }));
    expect(gone.answer).toMatchObject({ results: [{ ok: false, error: { code: "message.not_found" } }] });
    const none = happen(two.contact, call("remove_all_scheduled_messages", {}));
    expect(none.answer).toMatchObject({ results: [{ ok: true, result: { deleted: 2 } }] });
    expect(none.contact.positions).toEqual([]);
  });

  it("to somebody who wants none by then is skipped, and the history says so", () => {
    const made = schedule(aContact(), { minutes: 5 });
    const left = happen(made.contact, call("opt_out", {}));
    const { messages, facts } = happen(
      left.contact,
      { kind: "timer", positionId: positionOf(left).id },
      noon + 5 * minute,
    );
    expect(messages).toEqual([]);
    expect(facts).toMatchObject([{ kind: "message_skipped", reason: "opted_out" }]);
  });
});
