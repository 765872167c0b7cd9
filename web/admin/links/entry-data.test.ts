import { describe, expect, it } from "vitest";
import { emptyData, fromEntryData, toEntryData } from "./entry-data.ts";

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
});
