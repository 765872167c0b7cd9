import { describe, expect, it } from "vitest";
import { lastOf, splitTemplate } from "./variables.ts";

const shown = (text: string) =>
  splitTemplate(text).map((part) => (part.kind === "text" ? part.text : [part.path, part.fallback]));

describe("the parts of a text with variables", () => {
  it("are words and variables, with what stands where there is no value", () => {
    expect(shown("Hi {{ contact.first_name }}!")).toEqual(["Hi ", ["contact.first_name", undefined], "!"]);
    expect(shown('{{contact.first_name | default: "my friend"}}')).toEqual([["contact.first_name", "my friend"]]);
    expect(shown("{{ vars.a | upcase | default: 'x' }}{{ fields.b }}")).toEqual([
      ["vars.a", "x"],
      ["fields.b", undefined],
    ]);
  });

  it("keep what is more than a variable as it is written", () => {
    for (const text of ["plain", "{% if vars.a %}yes{% endif %}", "{{ 1 }}", "{{ unfinished", "}}", ""]) {
      expect(shown(text).join("")).toBe(text);
    }
    expect(shown('{{ vars.a | append: "}}" }} end')).toEqual([["vars.a", undefined], " end"]);
  });

  it("take no longer for what somebody wrote to be slow", () => {
    const begun = performance.now();
    splitTemplate(`{{ a ${"|".repeat(20_000)}`);
    splitTemplate("{{ a | ".repeat(3_000));
    splitTemplate(`{{${" ".repeat(20_000)}`);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });

  it("are called by the end of their path where nobody named them", () => {
    expect(lastOf("vars.next_lesson")).toBe("Next lesson");
  });
});
