import { expect, it } from "vitest";
import { findLocalNames } from "./local-names.ts";

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
  ];
  expect(findLocalNames({ steps } as never)).toEqual(["places", "size", "total"]);
});
