import { describe, expect, it } from "vitest";
import { sortSettings, toChangedSettings, toFormValues, toNewSettings } from "./settings-values.ts";

describe("a form of settings", () => {
  it("begins without secrets", () => {
    expect(toFormValues({ host: "a", password: "••••••••" }, ["password"])).toEqual({ host: "a" });
  });

  it("leaves defaults to the server when something is made", () => {
    expect(toNewSettings({ host: "a", port: "", user: undefined, count: 0, isOn: false })).toEqual({
      host: "a",
      count: 0,
      isOn: false,
    });
  });

  it("keeps a secret that was not typed, and takes out what was emptied", () => {
    expect(toChangedSettings({ host: "", password: "", key: "new" }, ["password", "key"])).toEqual({
      host: null,
      key: "new",
    });
  });

  it("shows what everybody needs first", () => {
    const schema = { properties: { chatBurst: { type: "number" }, token: { type: "string" } } };
    const sorted = sortSettings(schema);
    expect([sorted.plain, sorted.rare].map((part) => part.map(([key]) => key))).toEqual([["token"], ["chatBurst"]]);
  });
});
