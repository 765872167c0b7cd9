import { afterEach, describe, expect, it, vi } from "vitest";
import { playFiles } from "../../../test/conversation-files.ts";
import { steps } from "../../steps/index.ts";

const bot = `kind: repartee-bot
ref: shop
name: Shop
flows:
  - ref: main
    name: Main
    start: hello
    triggers: [{ kind: keyword, words: [hello] }, { kind: keyword, words: [script], step: script }]
    steps:
      - { ref: hello, kind: message, config: { messages: [{ text: Hello. }] } }
      - { ref: script, kind: script, config: { code: "return 'next'" } }
`;
const conversations = `bot: bot.yaml
conversations:
  - title: First
    script:
      - say: something else
        bot: nothing
      - say: WORD
        bot: [Hello.]
  - title: Second
    script:
      - say: nobody knows this
        bot: nothing
`;

describe("an exception of the engine in a conversation", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("fails that conversation at its line and step, and the next is played", async () => {
    vi.spyOn(steps.message, "run").mockImplementation(() => {
      throw new TypeError("this step is broken");
    });
    const { results, problems } = await playFiles(bot, conversations.replace("WORD", "hello"));
    expect(problems).toEqual([]);
    expect(results).toMatchObject([
      {
        title: "First",
        failedLine: 7,
        failure: { index: 1, happening: "you: hello" },
        transcript: ["you: something else", "you: hello"],
      },
      { title: "Second" },
    ]);
    expect(results[0]?.failure?.reasons[0]).toBe("the engine broke in the step main/hello: this step is broken");
    expect(results[0]?.failure?.reasons[1]).toContain("run-conversations.test.ts");
    expect(results[1]).not.toHaveProperty("failure");
  });

  it("is as much of a failure where it comes from what a step waits for", async () => {
    const { results } = await playFiles(bot, conversations.replace("WORD", "script"), async () => {
      throw new Error("the sandbox is gone");
    });
    expect(results[0]?.failure?.reasons[0]).toBe("the engine broke in the step main/script: the sandbox is gone");
    expect(results[1]).not.toHaveProperty("failure");
  });
});
