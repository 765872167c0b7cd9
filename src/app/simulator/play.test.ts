import { describe, expect, it } from "vitest";
import { type FlowDocumentInput, flowDocumentSchema } from "../../model/flow.ts";
import { Player } from "./play.ts";
import { Simulation } from "./simulation.ts";

function play(flow: Partial<FlowDocumentInput>, payload?: string) {
  const document = flowDocumentSchema.parse({ name: "Test", start: "a", ...flow });
  const simulation = new Simulation({
    document,
    channelKind: "webchat",
    at: Date.UTC(2026, 0, 5, 9),
    seed: 1,
    timeZone: "UTC",
  });
  const player = new Player(simulation);
  return { simulation, player, opening: player.start(payload), say: (line: string) => player.line(line) };
}

const text = (ref: string, words: string) => ({ ref, kind: "message", config: { messages: [{ text: words }] } });
const delay = (ref: string, amount: number, unit: string) => ({
  ref,
  kind: "delay",
  config: { mode: "duration", amount, unit },
});
const edge = (from: string, to: string, output = "next") => ({ from, output, to });

describe("the simulator", () => {
  it("plays a flow from its first step, also when a server would need a keyword", () => {
    const { opening } = play({ steps: [text("a", "hi")], triggers: [{ kind: "keyword", words: ["go"] }] });
    expect(opening).toEqual(["bot: hi"]);
  });

  it("numbers buttons, takes them by number, and keeps them until others come", () => {
    const buttons = [
      { id: "x", title: "X" },
      { id: "u", title: "U", url: "https://example.com" },
    ];
    const { opening, say } = play({
      steps: [{ ref: "a", kind: "message", config: { messages: [{ text: "choose", buttons }] } }, text("b", "chosen")],
      edges: [edge("a", "b", "button:x")],
    });
    expect(opening).toEqual(["bot: choose", "     (1) X", "     (2) U -> https://example.com"]);
    expect(say("2")).toEqual(["   * opens https://example.com"]);
    expect(say("1")).toEqual(["bot: chosen"]);
    expect(say("1")).toEqual(["bot: chosen"]);
  });

  it("lets time go by only as far as it is told, and handles every wait on the way at its own time", () => {
    const { opening, say, simulation } = play({
      steps: [delay("a", 1, "hours"), text("b", "after one"), delay("c", 2, "hours"), text("d", "after three")],
      edges: [edge("a", "b"), edge("b", "c"), edge("c", "d")],
    });
    expect(opening).toEqual(["   * waits 1h (:next to go there)"]);
    expect(say(":jump 59m")).toEqual(["   * 59m later", "   * waits 1m (:next to go there)"]);
    expect(say(":jump 1d")).toEqual(["   * 1d later", "bot: after one", "bot: after three"]);
    expect(simulation.now).toBe(Date.UTC(2026, 0, 6, 9, 59));
    expect(say(":next")).toEqual(["   * nothing here ends by itself"]);
  });

  it("passes a wait of some seconds by itself", () => {
    const { opening } = play({ steps: [delay("a", 5, "seconds"), text("b", "done")], edges: [edge("a", "b")] });
    expect(opening).toEqual(["   * 5s later", "bot: done"]);
  });

  it("ends a jump through an endless loop", () => {
    const { say, player } = play({
      steps: [delay("a", 1, "minutes"), { ref: "b", kind: "go_to", config: { step: "a" } }],
      edges: [edge("a", "b")],
    });
    say(":jump 52w");
    expect(player.turns.length).toBeLessThan(1100);
  });

  it("has every field that the flow names, of the kind that the flow gives away", () => {
    const question = { text: "age?", answer: { type: "number" }, saveTo: { field: "age" } };
    const rules = [{ subject: "field" as const, key: "age", operator: "gte", value: 18 }];
    const { say, simulation } = play({
      steps: [
        { ref: "a", kind: "question", config: question },
        { ref: "b", kind: "condition", config: { condition: { match: "all", rules } } },
        text("c", "of age"),
      ],
      edges: [edge("a", "b", "answered"), edge("b", "c", "yes")],
    });
    expect(say("42")).toEqual(["bot: of age", "   * field age = 42"]);
    expect(simulation.contact.fields).toEqual({ age: 42 });
  });

  it("shows what went wrong", () => {
    const { opening } = play({ steps: [{ ref: "a", kind: "teleport", config: {} }] });
    expect(opening.join("\n")).toContain('there is no step kind "teleport"');
  });

  it("explains its own commands, and ends when asked to", () => {
    const { say } = play({ steps: [text("a", "hi")] });
    expect(say(":help")?.join("\n")).toContain(":jump 2h");
    expect(say(":fly")).toEqual(["   * there is no :fly; :help lists what there is"]);
    expect(say(":jump far")).toEqual(['   * "far" is not a duration; try :jump 2h']);
    expect(say(":quit")).toBeUndefined();
  });
});
