import { describe, expect, it } from "vitest";
import { aBot, aContact, aFlow, anEvent, aWorld, catalogue, noon } from "../../test/builders.ts";
import type { Contact } from "../model/contact.ts";
import type { Happening } from "../model/event.ts";
import { createAdvance } from "./advance.ts";
import { defaultPolicy } from "./channel-policy.ts";

const advance = createAdvance(catalogue);
const minute = 60_000;
const hello = aFlow({
  ref: "hello",
  triggers: [{ kind: "default_reply" }],
  steps: [{ ref: "say", kind: "message", config: { messages: [{ text: "hello" }] } }],
});
const policies = (agentPauseMinutes: number) => new Map([[1, { ...defaultPolicy(), agentPauseMinutes }]]);
const message: Happening = { kind: "message", message: { text: "hi", attachments: [] } };
const answer = (author?: "agent"): Happening => ({
  kind: "actions",
  actions: [{ action: "send_message", args: { content: "I am looking", ...(author === undefined ? {} : { author }) } }],
});

let ids = 0;
function play(
  happenings: readonly (readonly [minutes: number, happening: Happening, by?: number | undefined])[],
  { pause = 30, start = {} }: { readonly pause?: number; readonly start?: Partial<Contact> } = {},
) {
  const bot = aBot({ flows: [hello], channelPolicies: policies(pause) });
  let contact = aContact(start);
  return happenings.map(([minutes, happening, by]) => {
    ids += 1;
    const source = by === undefined && happening.kind === "message" ? "channel" : "api";
    const event = { ...anEvent(happening, { id: ids, at: noon + minutes * minute, source }), by };
    const outcome = advance(aWorld({ bot, contact }), event);
    contact = outcome.contact;
    return {
      said: outcome.messages.map(({ content }) => content.text),
      pauses: outcome.facts.filter(({ kind }) => kind === "bot_paused").length,
      until: contact.conversation?.pausedUntil,
    };
  });
}

describe("while a member of the team answers", () => {
  it("the bot keeps still for as long as the channel says, from the last answer on", () => {
    const played = play([
      [0, message],
      [1, answer("agent"), 7],
      [20, message],
      [21, answer("agent"), 7],
      [50, message],
      [51, message],
    ]);
    expect(played.map(({ said }) => said)).toEqual([["hello"], ["I am looking"], [], ["I am looking"], [], ["hello"]]);
    expect(played[3]?.until).toBe(noon + 51 * minute);
  });

  it("the history tells of it once, not with every answer", () => {
    const played = play([
      [0, answer("agent"), 7],
      [5, answer("agent"), 7],
      [60, answer("agent"), 7],
    ]);
    expect(played.map(({ pauses }) => pauses)).toEqual([1, 0, 1]);
  });

  it("a longer pause stays as it is", () => {
    const paused = { start: { conversation: { status: "open" as const, pausedUntil: noon + 500 * minute } } };
    expect(play([[0, answer("agent"), 7]], paused)[0]?.until).toBe(noon + 500 * minute);
  });

  it.each([
    ["what a program writes in an agent's name", "agent" as const, undefined, 30],
    ["what a member has the bot say", undefined, 7, 30],
    ["an answer on a channel that is set to go on at once", "agent" as const, 7, 0],
  ])("%s does not silence the bot", (_case, author, by, pause) => {
    const played = play(
      [
        [0, answer(author), by],
        [1, message],
      ],
      { pause },
    );
    expect(played[1]?.said).toEqual(["hello"]);
  });
});
