import { describe, expect, it } from "vitest";
import {
  isPolling,
  receivingOf,
  sortSettings,
  toChangedSettings,
  toFormValues,
  toNewSettings,
} from "./settings-values.ts";

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

  it("asks the platform for messages where it cannot call, and only where the kind leaves the choice", () => {
    const schema = { properties: { mode: { type: "string", format: "receiving" }, token: { type: "string" } } };
    expect(receivingOf(schema, true)).toEqual({ mode: "webhook" });
    expect(receivingOf(schema, false)).toEqual({ mode: "polling" });
    expect(receivingOf({ properties: { token: { type: "string" } } }, false)).toEqual({});
    expect(isPolling(schema, { mode: "polling" })).toBe(true);
    expect(isPolling(schema, { mode: "webhook", token: "polling" })).toBe(false);
  });

  it("shows what everybody needs first", () => {
    const schema = { properties: { chatBurst: { type: "number" }, token: { type: "string" } } };
    const sorted = sortSettings(schema);
    expect([sorted.plain, sorted.rare].map((part) => part.map(([key]) => key))).toEqual([["token"], ["chatBurst"]]);
  });
});
