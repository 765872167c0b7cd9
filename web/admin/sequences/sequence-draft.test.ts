import { describe, expect, it } from "vitest";
import { duplicateStep, messageOf, moveStep, newStep, toContent } from "./sequence-draft.ts";

describe("a sequence in its editor", () => {
  const first = newStep([]);
  const second = newStep([first]);

  it("begins soon and goes on by days", () => {
    expect(first.delay).toMatchObject({ amount: 5, unit: "minutes" });
    expect(second.delay).toMatchObject({ amount: 1, unit: "days" });
    expect(first.ref).not.toBe(second.ref);
  });

  it("moves steps within its bounds", () => {
    const steps = [first, second];
    expect(moveStep(steps, 0, 1)).toEqual([second, first]);
    expect(moveStep(steps, 0, -1)).toBe(steps);
    expect(moveStep(steps, 1, 1)).toBe(steps);
  });

  it("copies a step under a ref of its own", () => {
    const [one, copy, two] = duplicateStep([first, second], 0);
    expect([one, two]).toEqual([first, second]);
    expect(copy).toEqual({ ...first, ref: copy?.ref });
    expect(copy?.ref).not.toBe(first.ref);
  });

  it("keeps a text a text, and a message a message", () => {
    expect(toContent(messageOf({ kind: "message", content: "Hi" }))).toEqual({ kind: "message", content: "Hi" });
    const content = {
      text: "Hi",
      attachments: [],
      buttons: [{ type: "url" as const, title: "a", url: "b" }],
      quickReplies: [],
    };
    expect(toContent(messageOf({ kind: "message", content }))).toEqual({ kind: "message", content });
  });
});
