import { describe, expect, it } from "vitest";
import { emptyData, fromEntryData, missingFields, readVariable, toEntryData, withVariable } from "./entry-data.ts";

describe("what is typed of an entry link's data", () => {
  it("is nothing where nothing was typed", () => {
    expect(toEntryData({ ...emptyData, phone: "  ", variables: [["", "x"]] })).toBeUndefined();
  });

  it("leaves out what is empty, and comes back as it was", () => {
    const draft = { ...emptyData, email: "a@example.com", variables: [["city", "Perm"]] as const };
    const data = toEntryData(draft);
    expect(data).toEqual({ email: "a@example.com", variables: { city: "Perm" } });
    expect(fromEntryData(data ?? null)).toEqual(draft);
  });

  it("has the marks of a source among its variables, each once, and none that was emptied", () => {
    const other = { ...emptyData, variables: [["city", "Perm"]] as const };
    const marked = withVariable(withVariable(other, "utm_source", "vk"), "utm_source", "instagram");
    expect(marked.variables).toEqual([
      ["city", "Perm"],
      ["utm_source", "instagram"],
    ]);
    expect(readVariable(marked, "utm_source")).toBe("instagram");
    expect(withVariable(marked, "utm_source", "")).toEqual(other);
  });

  it("lacks the fields of those marks alone that say something", () => {
    const marked = withVariable(withVariable(emptyData, "utm_source", "vk"), "utm_campaign", "may");
    expect(missingFields(marked, ["utm_source", "city"])).toEqual(["utm_campaign"]);
    expect(missingFields(marked, undefined)).toEqual([]);
    expect(missingFields(emptyData, [])).toEqual([]);
  });
});
