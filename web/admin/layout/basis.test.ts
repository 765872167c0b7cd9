import { describe, expect, it } from "vitest";
import { changesSince } from "./basis.ts";

describe("what others changed while a form was filled in", () => {
  const seen = { name: "CRM", events: ["tag_added"], match: { words: ["a"] }, error: null };

  it("is nothing where nothing that the form changes is another", () => {
    const now = { ...seen, events: ["tag_added"], error: "no answer" };
    expect(changesSince(seen, now, ["name", "events", "match"])).toEqual([]);
  });

  it("is what is another, deep within too, and what is there or not there any more", () => {
    const now = { name: "ERP", match: { words: ["a", "b"] }, events: ["tag_added"], key: "new" };
    expect(changesSince(seen, now, ["name", "events", "match", "key"])).toEqual([
      { key: "name", before: "CRM", after: "ERP" },
      { key: "match", before: { words: ["a"] }, after: { words: ["a", "b"] } },
      { key: "key", before: null, after: "new" },
    ]);
  });
});
