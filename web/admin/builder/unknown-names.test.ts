import { expect, it } from "vitest";
import type { FlowProblem } from "./flow-types.ts";
import { ofText } from "./unknown-names.tsx";

it("puts a step's warnings of unknown names under the texts that have the name", () => {
  const warning = (path: string): FlowProblem => ({
    severity: "warning",
    code: "template.unknown_name",
    step: "a",
    message: `{{ ${path} }} stays empty: there is no such field`,
  });
  const problems = [warning("fields.citty"), warning("vars.size"), { ...warning("fields.citty"), code: "other" }];
  const told = (text: string) => ofText(text, problems).map(({ message }) => message.split(" stays")[0]);
  expect(told("Hi {{ fields.citty | upcase }}")).toEqual(["{{ fields.citty }}"]);
  expect(told("{% if vars.size.deep %}yes{% endif %}")).toEqual(["{{ vars.size }}"]);
  expect(told("{{ fields.city }} fields.citty")).toEqual([]);
});
