import { expect, it } from "vitest";
import { aBot, aFlow } from "../../test/builders.ts";
import { anyName, findKeptNames, findOuterNames } from "./kept-names.ts";

it("finds what questions, requests and actions keep for later steps, once each, and no variable of the bot", () => {
  const steps = [
    { ref: "a", kind: "question", config: { saveTo: { variable: "size" } } },
    { ref: "b", kind: "question", config: { saveTo: { field: "city" } } },
    {
      ref: "c",
      kind: "request",
      config: {
        save: [
          { path: "$.n", variable: "places" },
          { path: "$.f", field: "x" },
        ],
      },
    },
    { ref: "d", kind: "query", config: { save: [{ path: "$", variable: "size" }] } },
    { ref: "e", kind: "action", config: { actions: [{ action: "set_variable", args: { variable: "price" } }] } },
    {
      ref: "g",
      kind: "action",
      config: { actions: [{ action: "add_to_cart", args: {}, save: [{ path: "$.total", variable: "total" }] }] },
    },
    {
      ref: "h",
      kind: "condition",
      config: {
        condition: { match: "all", rules: [{ subject: "entry_variable", key: "course", operator: "is_set" }] },
      },
    },
  ];
  expect([...findKeptNames(steps)].sort()).toEqual(["course", "places", "size", "total"]);
});

it("reads off a script what it names of vars, and that it may be any where that only shows when it runs", () => {
  const namesIn = (code: string) => [...findKeptNames([{ kind: "script", config: { code } }])].sort();
  expect(namesIn('vars.price = 5; vars["size"] = order.vars; const o = { vars: 1 }; return vars.price > 1')).toEqual([
    "price",
    "size",
  ]);
  expect(namesIn("for (const key of keys) vars[key] = 1")).toEqual([anyName]);
  expect(namesIn("Object.assign(vars, answer)")).toEqual([anyName]);
  expect(namesIn("this is none")).toEqual([anyName]);
});

it("knows what comes from outside: the bot's variables, its links', and what its other flows hand on", () => {
  const keeps = (id: number, ref: string, variable: string) =>
    aFlow({
      id,
      ref,
      steps: [{ ref: "a", kind: "question", config: { text: "?", answer: { type: "text" }, saveTo: { variable } } }],
    });
  const link = { ref: "l", name: "L", flow: undefined, step: undefined, data: { variables: { campaign: "spring" } } };
  const rate = { id: 1, key: "rate", name: "Exchange rate", kind: "number" as const };
  const bot = aBot({
    flows: [keeps(1, "one", "mine"), keeps(2, "two", "theirs")],
    entryLinks: new Map([["l", link]]),
    variableDefinitions: new Map([
      ["rate", rate],
      ["Exchange rate", rate],
    ]),
  });
  expect([...findOuterNames(bot, 1)].sort()).toEqual(["campaign", "rate", "theirs"]);
});
