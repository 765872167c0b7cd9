import { describe, expect, it } from "vitest";
import { aBot, aContact, aFlow, anEvent, aWorld, catalogue } from "../../../test/builders.ts";
import { enter, reply, signal } from "../../../test/step-harness.ts";
import { createAdvance } from "../../engine/advance.ts";
import type { ChannelRules } from "../../model/channel-rules.ts";
import { message } from "./message.step.ts";

const place = { latitude: "55.75", longitude: "{{ fields.lon }}", title: "Club" };

describe("a message with a place", () => {
  const at = (lon: string) =>
    enter(
      message,
      { messages: [{ text: "Here", location: place }] },
      { world: { contact: aContact({ fields: { lon } }) } },
    );

  it("renders its numbers, in either way of writing them", () => {
    for (const lon of ["37.62", "37,62"]) {
      expect(at(lon).sent).toMatchObject([{ location: { latitude: 55.75, longitude: 37.62, title: "Club" } }]);
    }
  });

  it.each(["", "east", "181"])("goes out without it, and says so, where a number comes out as %j", (lon) => {
    const { sent, errors } = at(lon);
    expect(sent).toHaveLength(1);
    expect(sent[0]).not.toHaveProperty("location");
    expect(errors).toEqual(["message.incomplete"]);
  });

  it("needs no text", () => {
    const alone = { latitude: "1", longitude: "2" };
    expect(enter(message, { messages: [{ location: alone }] }).sent).toMatchObject([{ location: { latitude: 1 } }]);
  });
});

describe("a quick reply that asks the messenger", () => {
  const config = {
    messages: [{ text: "How can we reach you?" }],
    quickReplies: [
      { id: "tel", title: "My phone", request: "phone" },
      { id: "geo", title: "Where I am", request: "location" },
      { id: "no", title: "Not at all" },
    ],
    keyboard: "once",
  };
  const waiting = { state: { titles: [["no", "Not at all"]] } };
  const came = (more: object) => ({ kind: "reply" as const, message: { attachments: [], ...more } });

  it("is sent as such, and counts for no number", () => {
    const { sent, result } = enter(message, config);
    expect(sent[0]).toMatchObject({
      keyboard: "once",
      quickReplies: [{ request: "phone" }, { request: "location" }, {}],
    });
    expect(result).toMatchObject({ wait: "button", ...waiting });
  });

  it.each<[string, object, string]>([
    ["the person's own phone", { text: "+79161234567", sharedPhone: "+79161234567" }, "tel"],
    ["a phone that was typed", { text: "+7 916 123-45-67" }, "tel"],
    ["a place", { location: { latitude: 1, longitude: 2 } }, "geo"],
    ["the title of another", { text: "not at all" }, "no"],
    ["its number", { text: "1" }, "no"],
  ])("is answered by %s", (_what, more, id) => {
    expect(signal(message, config, came(more), waiting).result).toEqual({ go: `button:${id}` });
  });

  it("is not answered by anything else", () => {
    expect(signal(message, config, reply("later"), waiting).result).toEqual({ pass: true });
  });
});

describe("a message that a press leads to", () => {
  const advance = createAdvance(catalogue);
  const flow = (edit: boolean) =>
    aFlow({
      steps: [
        { ref: "a", kind: "message", config: { messages: [{ text: "One", buttons: [{ id: "go", title: "Go" }] }] } },
        { ref: "b", kind: "message", config: { messages: [{ text: "Two" }, { text: "Three" }], edit } },
      ],
      edges: [{ from: "a", output: "button:go", to: "b" }],
    });
  const press = (edit: boolean, rules: ChannelRules, more: object = { mid: "8" }) => {
    const bot = aBot({ flows: [flow(edit)], channelRules: new Map([["fake", rules]]) });
    const event = anEvent({ kind: "button", payload: "f1:a:go", ...more });
    return advance(aWorld({ bot }), event).messages.map(({ content }) => content.replaces);
  };

  it("takes the place of the one with the button, its first part alone", () => {
    expect(press(true, { edits: true })).toEqual(["8", undefined]);
  });

  it.each<[string, boolean, ChannelRules, object?]>([
    ["the step does not ask for it", false, { edits: true }],
    ["the channel cannot", true, {}],
    ["the channel does not say which message it was", true, { edits: true }, {}],
  ])("is another where %s", (_why, edit, rules, more) => {
    expect(press(edit, rules, more)).toEqual([undefined, undefined]);
  });

  it("is another where the event is no press", () => {
    expect(
      enter(message, { messages: [{ text: "Two" }], edit: true }, { world: { contact: aContact() } }).sent,
    ).toEqual([expect.not.objectContaining({ replaces: expect.anything() })]);
  });
});
