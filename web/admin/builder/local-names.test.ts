import { expect, it } from "vitest";
import { findLocalNames } from "./local-names.ts";

it("finds what questions and requests keep for later steps, once each, and no variable of the bot", () => {
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
  ];
  expect(findLocalNames({ steps } as never)).toEqual(["places", "size"]);
});
