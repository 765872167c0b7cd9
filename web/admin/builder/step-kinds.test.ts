import { expect, it } from "vitest";
import { storedStepSchema } from "../../../src/model/flow.ts";
import { outputsOf } from "./step-kinds.ts";

const namesOf = (kind: string, config: object) =>
  outputsOf(storedStepSchema.parse({ ref: "a", kind, config })).map(({ name, title }) => `${name} ${title}`);

it("has the outputs of a message whose new button has no title yet: no line is lost meanwhile", () => {
  const buttons = [
    { id: "x", title: "Go" },
    { id: "y", title: "" },
  ];
  expect(namesOf("message", { messages: [{ text: "Hi", buttons }] })).toEqual([
    "next Next",
    "button:x Go",
    "button:y …",
    "not_allowed Too late to write",
  ]);
});

it("has none of what cannot be read", () => {
  expect(namesOf("split", { branches: 5 })).toEqual([]);
  expect(namesOf("nothing", {})).toEqual([]);
});
