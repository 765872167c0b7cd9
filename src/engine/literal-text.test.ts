import { expect, it } from "vitest";
import { aBot, aContact, noon } from "../../test/builders.ts";
import { toLiteralFiles } from "./literal-text.ts";
import { renderTemplate } from "./template.ts";

const render = (template: string) =>
  renderTemplate(template, { contact: aContact(), bot: aBot(), variables: {}, values: {} }, noon).text;

it("keeps a file's name and address as they are through a template", () => {
  const file = { kind: "file" as const, url: "https://a.example/{{x}}.pdf?y={%z%}", name: "{{x}}.pdf" };
  const [literal] = toLiteralFiles([file]);
  expect(literal?.kind).toBe("file");
  for (const key of ["url", "name"] as const) expect(render(literal?.[key] ?? "")).toBe(file[key]);
});
