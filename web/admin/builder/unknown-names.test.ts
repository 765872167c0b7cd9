import { expect, it } from "vitest";
import type { FlowProblem } from "./flow-types.ts";
import { findIn, ofText } from "./unknown-names.tsx";

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

it("finds unknown names wherever they stand in the actions of a broadcast, each once", () => {
  const content = {
    text: "Hi {{ contact.nmae }}",
    buttons: [{ type: "url", title: "{{ fields.size }}", url: "https://a.b/{{ fields.citty }}" }],
  };
  const actions = [
    { action: "send_message", args: { content } },
    { action: "add_note", args: { text: "{{contact.nmae}} {{ vars.any }}" } },
  ];
  const told = findIn(actions, [{ key: "size", name: "Size" }]).map(({ message }) => message.split(" stays")[0]);
  expect(told).toEqual(["{{ contact.nmae }}", "{{ fields.citty }}"]);
});
