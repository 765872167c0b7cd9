import { describe, expect, it } from "vitest";
import { runScript } from "../../../test/scripts.ts";
import { type FlowDocumentInput, flowDocumentSchema } from "../../model/flow.ts";
import { Player } from "./play.ts";
import { simulateFlow } from "./simulate-flow.ts";

async function play(flow: Partial<FlowDocumentInput>, payload?: string) {
  const document = flowDocumentSchema.parse({ name: "Test", start: "a", ...flow });
  const simulation = simulateFlow({
    document,
    channelKind: "webchat",
    at: Date.UTC(2026, 0, 5, 9),
    seed: 1,
    timeZone: "UTC",
    runScript,
  });
  const player = new Player(simulation);
  return { simulation, player, opening: await player.start(payload), say: (line: string) => player.line(line) };
}

const text = (ref: string, words: string) => ({ ref, kind: "message", config: { messages: [{ text: words }] } });
const delay = (ref: string, amount: number, unit: string) => ({
  ref,
  kind: "delay",
  config: { mode: "duration", amount, unit },
});
const edge = (from: string, to: string, output = "next") => ({ from, output, to });

describe("the simulator", () => {
  it("plays a flow from its first step, also when a server would need a keyword", async () => {
    const { opening } = await play({ steps: [text("a", "hi")], triggers: [{ kind: "keyword", words: ["go"] }] });
    expect(opening).toEqual(["bot: hi"]);
  });

  it("numbers buttons, takes them by number, and keeps them until others come", async () => {
    const buttons = [
      { id: "x", title: "X" },
      { id: "u", title: "U", url: "https://example.com" },
    ];
    const { opening, say } = await play({
      steps: [{ ref: "a", kind: "message", config: { messages: [{ text: "choose", buttons }] } }, text("b", "chosen")],
      edges: [edge("a", "b", "button:x")],
    });
    expect(opening).toEqual(["bot: choose", "     (1) X", "     (2) U -> https://example.com"]);
    expect(await say("2")).toEqual(["   * opens https://example.com"]);
    expect(await say("1")).toEqual(["bot: chosen"]);
    expect(await say("1")).toEqual(["bot: chosen"]);
  });

  it("lets time go by only as far as it is told, and handles every wait on the way at its own time", async () => {
    const { opening, say, simulation } = await play({
      steps: [delay("a", 1, "hours"), text("b", "after one"), delay("c", 2, "hours"), text("d", "after three")],
      edges: [edge("a", "b"), edge("b", "c"), edge("c", "d")],
    });
    expect(opening).toEqual(["   * waits 1h (:next to go there)"]);
    expect(await say(":jump 59m")).toEqual(["   * 59m later", "   * waits 1m (:next to go there)"]);
    expect(await say(":jump 1d")).toEqual(["   * 1d later", "bot: after one", "bot: after three"]);
    expect(simulation.now).toBe(Date.UTC(2026, 0, 6, 9, 59));
    expect(await say(":next")).toEqual(["   * nothing here ends by itself"]);
  });

  it("passes a wait of some seconds by itself", async () => {
    const { opening } = await play({ steps: [delay("a", 5, "seconds"), text("b", "done")], edges: [edge("a", "b")] });
    expect(opening).toEqual(["   * 5s later", "bot: done"]);
  });

  it("ends a jump through an endless loop", async () => {
    const { say, player } = await play({
      steps: [delay("a", 1, "minutes"), { ref: "b", kind: "go_to", config: { step: "a" } }],
      edges: [edge("a", "b")],
    });
    await say(":jump 52w");
    expect(player.turns.length).toBeLessThan(1100);
  });

  it("has every field that the flow names, of the kind that the flow gives away", async () => {
    const question = { text: "age?", answer: { type: "number" }, saveTo: { field: "age" } };
    const rules = [{ subject: "field" as const, key: "age", operator: "gte", value: 18 }];
    const { say, simulation } = await play({
      steps: [
        { ref: "a", kind: "question", config: question },
        { ref: "b", kind: "condition", config: { condition: { match: "all", rules } } },
        text("c", "of age"),
      ],
      edges: [edge("a", "b", "answered"), edge("b", "c", "yes")],
    });
    expect(await say("42")).toEqual(["bot: of age", "   * field age = 42"]);
    expect(simulation.contact.fields).toEqual({ age: 42 });
  });

  it("runs scripts as a server does, at their own time", async () => {
    const code = "fields.city = message?.text ?? 'nowhere'; console.log('asked'); return fields.city";
    const { opening, say } = await play({
      steps: [
        delay("a", 1, "hours"),
        { ref: "b", kind: "script", config: { code, outputs: ["nowhere"] } },
        text("c", "in {{ fields.city }}"),
        { ref: "d", kind: "script", config: { code: "for (;;);" } },
        text("e", "it took too long"),
      ],
      edges: [edge("a", "b"), edge("b", "c", "nowhere"), edge("c", "d"), edge("d", "e", "failed")],
    });
    expect(opening).toEqual(["   * waits 1h (:next to go there)"]);
    expect(await say(":jump 1d")).toEqual([
      "   * 1d later",
      "bot: in nowhere",
      "   * log: asked",
      "   * field city = nowhere",
      "bot: it took too long",
      "   * error script.timeout: the script took longer than its 50 ms",
    ]);
  });

  it("shows what went wrong", async () => {
    const { opening } = await play({ steps: [{ ref: "a", kind: "teleport", config: {} }] });
    expect(opening.join("\n")).toContain('there is no step kind "teleport"');
  });

  it("explains its own commands, and ends when asked to", async () => {
    const { say } = await play({ steps: [text("a", "hi")] });
    expect((await say(":help"))?.join("\n")).toContain(":jump 2h");
    expect(await say(":fly")).toEqual(["   * there is no :fly; :help lists what there is"]);
    expect(await say(":jump far")).toEqual(['   * "far" is not a duration; try :jump 2h']);
    expect(await say(":quit")).toBeUndefined();
  });
});
