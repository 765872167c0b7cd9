import { describe, expect, it } from "vitest";
import { listMissingFields, readAttributes, toAttributeCalls } from "./chatbot-attribute-calls.ts";

const field = (key: string, name: string, kind: "text" | "number" = "text") => ({ key, name, kind });
const callsOf = (given: object, fields: Parameters<typeof toAttributeCalls>[1] = []) => {
  const { actions, problems } = toAttributeCalls(readAttributes(given).attributes, fields);
  return { calls: actions.map(({ action, args }) => [action, ...Object.values(args)]), problems };
};

describe("ChatBot's attributes", () => {
  it("are read as texts, and what does not fit is left out and said", () => {
    const { attributes, problems } = readAttributes({
      ...{ " plan ": "gold", visits: 3, tags: ["a"], gone: "", none: null, default_email: "nobody", " ": "x" },
      long: "x".repeat(1_025),
    });
    expect([...attributes]).toEqual([
      ["plan", "gold"],
      ["visits", "3"],
      ["tags", '["a"]'],
      ["gone", null],
      ["none", null],
    ]);
    expect(problems).toEqual([
      '"nobody" does not fit the attribute default_email',
      "an attribute's key has 1 to 200 characters",
      "the attribute long may have 1024 characters at most",
    ]);
    expect(readAttributes([]).problems).toEqual([]);
    expect(readAttributes("x").problems).toEqual(["attributes has to be an object"]);
  });

  it("keep a language and a time zone in whatever words as a field, and what flows can reckon with in the profile", () => {
    const fields = [field("default_language", "default_language"), field("default_timezone", "default_timezone")];
    expect(callsOf({ default_language: "English", default_timezone: "Europe/Madrid" }, fields).calls).toEqual([
      ["set_profile", "language", ""],
      ["set_field", "default_language", "English"],
      ["set_profile", "timeZone", "Europe/Madrid"],
      ["clear_field", "default_timezone"],
    ]);
  });

  it("leave the profile as it is where words have no field to go to, and say so", () => {
    expect(callsOf({ default_language: "English", default_timezone: "Europe/Madrid", plan: "gold", gone: "" })).toEqual(
      {
        calls: [["set_profile", "timeZone", "Europe/Madrid"]],
        problems: [
          'there is no field "default_language" for the attribute',
          'there is no field "plan" for the attribute',
        ],
      },
    );
  });

  it("go into the field of that name, before one of that key, in its kind", () => {
    const fields = [field("plan", "Old plan"), field("plan_2", "plan", "number")];
    expect(callsOf({ plan: "7", "Old plan": "x" }, fields).calls).toEqual([
      ["set_field", "plan_2", "7"],
      ["set_field", "plan", "x"],
    ]);
    expect(callsOf({ plan: "gold" }, fields).problems).toEqual(["the attribute plan has to be a number"]);
  });

  it("need fields where they have a value that is not the profile's", () => {
    const { attributes } = readAttributes({
      ...{
        plan: "gold",
        gone: "",
        default_email: "a@example.com",
        default_language: "English",
        default_timezone: "UTC",
      },
      ...{ default_city: "Rome", known: "x" },
    });
    expect(listMissingFields(attributes, [field("known", "Known")])).toEqual([
      "plan",
      "default_language",
      "default_city",
    ]);
  });
});
