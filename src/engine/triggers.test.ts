import { describe, expect, it } from "vitest";
import { aBot } from "../../test/builders.ts";
import type { PreparedFlow, Trigger } from "../model/flow.ts";
import type { Fact } from "../model/outcome.ts";
import { findFactTriggers, findKeyword, findTriggers } from "./triggers.ts";

function aFlow(ref: string, ...triggers: Trigger[]): PreparedFlow {
  return { id: 1, ref, name: ref, version: 1, start: "s1", triggers, steps: new Map() };
}

type Keyword = Extract<Trigger, { kind: "keyword" }>;
const keyword = (words: string | readonly string[], more: Partial<Keyword> = {}): Keyword => ({
  kind: "keyword",
  match: "exact",
  words: typeof words === "string" ? [words] : [...words],
  interrupts: false,
  ...more,
});

function find(text: string, flows: readonly PreparedFlow[], { channel = "telegram", onlyInterrupting = false } = {}) {
  return findKeyword(aBot({ flows }), text, channel, { onlyInterrupting })?.flow.ref;
}

describe("a keyword", () => {
  it.each([
    ["Price", true],
    ["  PRICE  ", true],
    ["price list", false],
    ["the price", false],
    ["", false],
  ])("that has to be the whole text fits %j: %s", (text, expected) => {
    expect(find(text, [aFlow("f", keyword("price"))])).toBe(expected ? "f" : undefined);
  });

  it("of several words takes any white space between them", () => {
    expect(find("price\n  list", [aFlow("f", keyword("Price list"))])).toBe("f");
  });

  it("that has to be in the text fits wherever it stands", () => {
    const flow = aFlow("f", keyword("price", { match: "contains" }));
    expect(find("What PRICES do you have?", [flow])).toBe("f");
    expect(find("What costs it?", [flow])).toBeUndefined();
  });

  it("that is a pattern minds no case, and fits nothing where it cannot be used", () => {
    expect(find("order 12", [aFlow("f", keyword("^ORDER \\d+$", { match: "pattern" }))])).toBe("f");
    expect(find("(", [aFlow("f", keyword("(", { match: "pattern" }))])).toBeUndefined();
  });

  it.each(["exact", "contains"] as const)("of white space alone (%s) fits nothing, and spoils no other", (match) => {
    expect(find("hello", [aFlow("f", keyword(["  ", "bye"], { match }))])).toBeUndefined();
    expect(find("", [aFlow("f", keyword("  ", { match }))])).toBeUndefined();
    expect(find("bye", [aFlow("f", keyword(["  ", "bye"], { match }))])).toBe("f");
  });

  it("as a whole goes before one inside, and that before a pattern, however old the flows are", () => {
    const pattern = aFlow("pattern", keyword("p.*", { match: "pattern" }));
    const inside = aFlow("inside", keyword("price", { match: "contains" }));
    const whole = aFlow("whole", keyword("price"));
    expect(find("price", [pattern, inside, whole])).toBe("whole");
    expect(find("price", [pattern, inside])).toBe("inside");
    expect(find("price", [pattern])).toBe("pattern");
  });

  it("that two flows have starts the older one", () => {
    expect(find("price", [aFlow("older", keyword("price")), aFlow("newer", keyword("price"))])).toBe("older");
  });

  it("that may not interrupt stays silent while a question waits, also behind one that may", () => {
    const flows = [
      aFlow("waits", keyword("stop")),
      aFlow("cuts in", keyword("stop", { match: "contains", interrupts: true })),
    ];
    expect(find("stop", flows)).toBe("waits");
    expect(find("stop", flows, { onlyInterrupting: true })).toBe("cuts in");
    expect(find("stop", flows.slice(0, 1), { onlyInterrupting: true })).toBeUndefined();
  });

  it("names the step at which it starts the flow", () => {
    const flow = aFlow("f", keyword("price", { step: "prices" }));
    const found = findKeyword(aBot({ flows: [flow] }), "price", "telegram", { onlyInterrupting: false });
    expect(found).toMatchObject({ step: "prices", trigger: { kind: "keyword" } });
  });
});

describe("a trigger's channels", () => {
  it.each<[Trigger["channels"], string | undefined, boolean]>([
    [undefined, "telegram", true],
    [undefined, undefined, true],
    [[], "telegram", true],
    [["telegram", "webchat"], "telegram", true],
    [["webchat"], "telegram", false],
    [["webchat"], undefined, false],
  ])("%j let it work on %s: %s", (channels, kind, expected) => {
    const flow = aFlow("f", { kind: "start", ...(channels === undefined ? {} : { channels }) });
    expect(findTriggers(aBot({ flows: [flow] }), "start", kind)).toHaveLength(expected ? 1 : 0);
    const trigger = keyword("hi", channels === undefined ? {} : { channels });
    const found = findKeyword(aBot({ flows: [aFlow("f", trigger)] }), "hi", kind, { onlyInterrupting: false });
    expect(found !== undefined).toBe(expected);
  });
});

describe("triggers of a kind", () => {
  it("come oldest flow first, in each flow in the order in which they stand", () => {
    const flows = [
      aFlow("a", { kind: "start", step: "one" }, { kind: "default_reply" }, { kind: "start", step: "two" }),
      aFlow("b", { kind: "start" }),
    ];
    const found = findTriggers(aBot({ flows }), "start", "telegram");
    expect(found.map(({ flow, step }) => [flow.ref, step])).toEqual([
      ["a", "one"],
      ["a", "two"],
      ["b", undefined],
    ]);
  });
});

describe("a fact", () => {
  const fields = new Map(
    ["city", "Город"].map((name) => [name, { id: 1, key: "city", name: "Город", kind: "text" as const }]),
  );
  const flows = [
    aFlow("vip", { kind: "tag_added", tag: "vip" }),
    aFlow("also vip", { kind: "tag_added", tag: "vip" }),
    aFlow("lost vip", { kind: "tag_removed", tag: "vip" }),
    aFlow("moved", { kind: "field_changed", field: "city" }),
    aFlow("moved, by name", { kind: "field_changed", field: "Город" }),
    aFlow("cart", { kind: "cart_changed" }),
    aFlow("any page", { kind: "link_opened" }),
    aFlow("shop", { kind: "link_opened", page: " Shop.example/Sale" }),
    aFlow("by title", { kind: "link_opened", page: "to the sale" }),
    aFlow("any order", { kind: "order_status" }),
    aFlow("paid", { kind: "order_status", status: "paid" }),
    aFlow("on the web", { kind: "tag_added", tag: "vip", channels: ["webchat"] }),
  ];

  it.each<[Fact, string[]]>([
    [{ kind: "tag_added", tag: "vip" }, ["vip", "also vip"]],
    [{ kind: "tag_added", tag: "lead" }, []],
    [{ kind: "tag_removed", tag: "vip" }, ["lost vip"]],
    [{ kind: "field_changed", field: "city", value: "Tver" }, ["moved", "moved, by name"]],
    [{ kind: "field_changed", field: "age", value: null }, []],
    [{ kind: "label_added", label: "vip" }, []],
    [{ kind: "cart_changed", quantity: 1, total: 5, currency: "EUR" }, ["cart"]],
    [
      { kind: "link_opened", message: 1, title: "To the Sale", url: "https://shop.example/sale?a=1" },
      ["any page", "shop", "by title"],
    ],
    [{ kind: "link_opened", message: 1, title: "Home", url: "https://shop.example/" }, ["any page"]],
    [{ kind: "order_created", order: 1, status: "paid", total: 5, currency: "EUR" }, ["any order", "paid"]],
    [{ kind: "order_created", order: 1, status: "ordered", total: 5, currency: "EUR" }, ["any order"]],
    [
      { kind: "order_changed", order: 1, before: "ordered", status: "paid", total: 5, currency: "EUR" },
      ["any order", "paid"],
    ],
    [{ kind: "order_changed", order: 1, before: "paid", status: "paid", total: 5, currency: "EUR" }, []],
  ])("%j starts %j", (fact, expected) => {
    const found = findFactTriggers(aBot({ flows, fields }), fact, "telegram");
    expect(found.map(({ flow }) => flow.ref)).toEqual(expected);
  });
});
