import { describe, expect, it } from "vitest";
import { type ApprovedTemplate, fillFrom, fillIn } from "./approved-templates.ts";

const approved: ApprovedTemplate = {
  name: "order_update",
  language: "en_US",
  status: "approved",
  category: "utility",
  text: "Hi {{1}}, {{2}} is ready, {{1}}",
  header: "document",
  variables: 2,
  buttons: [
    { kind: "quick_reply", title: "Stop", hasVariable: false },
    { kind: "url", title: "Track", hasVariable: true },
  ],
};

describe("an approved template that is chosen", () => {
  it("has a place for each thing that is to be filled in", () => {
    expect(fillFrom(approved)).toEqual({
      name: "order_update",
      language: "en_US",
      header: { kind: "file", value: "" },
      body: ["", ""],
      urls: [{ index: 1, value: "" }],
    });
  });

  it("takes over what was written, as far as it has room", () => {
    const old = {
      header: { kind: "file" as const, value: "u" },
      body: ["a", "b", "c"],
      urls: [{ index: 0, value: "x" }],
    };
    expect(fillFrom(approved, old)).toMatchObject({
      header: { value: "u" },
      body: ["a", "b"],
      urls: [{ index: 1, value: "" }],
    });
    expect(fillFrom({ ...approved, header: "image" }, old).header).toEqual({ kind: "image", value: "" });
    expect(fillFrom({ ...approved, header: undefined }, old).header).toBeUndefined();
  });

  it("shows its text with the values in their places, each as often as it is named", () => {
    expect(fillIn(approved.text, ["{{ contact.name }}", ""])).toBe(
      "Hi {{ contact.name }}, {{2}} is ready, {{ contact.name }}",
    );
    expect(fillIn("{{order}} for {{who}}", ["5", "Ann"])).toBe("5 for Ann");
  });
});
