import { describe, expect, it } from "vitest";
import { parseRawQuery } from "../../raw-query.ts";
import { findUnreadable, parseActions, readParameter, readPerson } from "./parse-action-link.ts";

const parse = (query: string) => parseActions(parseRawQuery(`/compat/bothelp/gc?${query}`));
const personOf = (query: string) => readPerson(parseRawQuery(`/gc?${query}`));

describe("the query of an action link", () => {
  it.each([
    ["raw brackets", "actions[add_tag]=vip"],
    ["encoded brackets", "actions%5Badd_tag%5D=vip"],
    ["encoded letters", "actions%5b%61dd_tag%5d=%76ip"],
  ])("is read with %s", (_what, query) => {
    expect(parse(query)).toMatchObject({ calls: [{ action: "add_tag", args: { tag: "vip", create: false } }] });
  });

  it("is read with percent-encoded Cyrillic", () => {
    for (const tag of [encodeURIComponent("Курс"), encodeURIComponent("Курс").toLowerCase()]) {
      expect(parse(`actions[add_tag]=${tag}`)).toMatchObject({ calls: [{ args: { tag: "Курс" } }] });
    }
  });

  it("takes + for a space and leaves a percent sign that begins no escape", () => {
    expect(parse("actions[add_tag]=50%+off")).toMatchObject({ calls: [{ args: { tag: "50% off" } }] });
  });

  it("notices values in windows-1251", () => {
    const pairs = parseRawQuery("/gc?actions[add_tag]=%CA%F3%F0%F1");
    expect(findUnreadable(pairs)).toEqual({
      error: "bad_encoding",
      message: expect.stringContaining("actions[add_tag]"),
    });
  });

  it("is empty where there is none", () => {
    expect(parseRawQuery("/gc")).toEqual([]);
    expect(parseRawQuery("/gc?&&=x")).toEqual([]);
  });
});

describe("whom a link means", () => {
  it("gets back the plus that stood raw in the phone and in the e-mail", () => {
    expect(personOf("phone=+79001234567&email=ann+shop@example.com")).toEqual({
      cuid: undefined,
      phone: "+79001234567",
      email: "ann+shop@example.com",
    });
  });

  it.each(["", "{object.user.phone}", " {object.phone} ", "{%Tag name%}", "%7Bobject.user.phone%7D"])(
    "does not count %j, which the sender did not fill",
    (value) => {
      expect(readParameter(parseRawQuery(`/gc?phone=${value}`), "phone")).toBeUndefined();
    },
  );
});

describe("the actions of a link", () => {
  it("are the eight of requirements/000, in the order of the address", () => {
    const query = [
      "actions[stop_bot]=f1",
      "actions[add_tag]=a",
      "actions[del_tag]=b",
      "actions[set_field]=City",
      "actions[set_field_value]=Perm",
      "actions[add_to_funnel]=s1",
      "actions[remove_from_funnel]=s2",
      "actions[run_bot]=f2",
      "actions[step_ref]=st1",
    ].join("&");
    expect(parse(query)).toEqual({
      calls: [
        { action: "stop_flow", args: { flow: "f1" } },
        { action: "add_tag", args: { tag: "a", create: false } },
        { action: "remove_tag", args: { tag: "b" } },
        { action: "set_field", args: { field: "City", value: "Perm" } },
        { action: "subscribe_sequence", args: { sequence: "s1" } },
        { action: "unsubscribe_sequence", args: { sequence: "s2" } },
        { action: "start_flow", args: { flow: "f2", step: "st1", fallbackToStart: true } },
      ],
      names: ["stop_bot", "add_tag", "del_tag", "set_field", "add_to_funnel", "remove_from_funnel", "run_bot"],
    });
  });

  it("pair fields with values, and flows with steps, by their order", () => {
    const query =
      "actions[set_field]=A&actions[set_field]=B&actions[set_field_value]=1&actions[set_field_value]=2&actions[run_bot]=f1&actions[run_bot]=f2&actions[step_ref]=s1";
    expect(parse(query)).toMatchObject({
      calls: [
        { args: { field: "A", value: "1" } },
        { args: { field: "B", value: "2" } },
        { args: { flow: "f1", step: "s1" } },
        { args: { flow: "f2", fallbackToStart: true } },
      ],
    });
  });

  it("clear a field by an empty value, and take braces in a value as they stand", () => {
    expect(parse("actions[set_field]=A&actions[set_field_value]=")).toMatchObject({ calls: [{ args: { value: "" } }] });
    expect(parse("actions[set_field]=A&actions[set_field_value]={{%20contact.phone%20}}")).toMatchObject({
      calls: [{ args: { value: '{{ "{{" }} contact.phone }}' } }],
    });
  });

  it.each([
    ["no action", "email=a@b.c", "no_actions"],
    ["an unknown one", "actions[explode]=1", "unknown_action"],
    ["one of an object's own", "actions[constructor]=1", "unknown_action"],
    ["a tag without a name", "actions[add_tag]=", "missing_value"],
    ["a placeholder for a tag", "actions[add_tag]={%Tag name%}", "missing_value"],
    ["a field without a value", "actions[set_field]=A", "missing_value"],
    ["a value without a field", "actions[set_field_value]=A&actions[add_tag]=x", "missing_value"],
    ["a step without a flow", "actions[step_ref]=A&actions[add_tag]=x", "missing_value"],
    [
      "a value that was not filled",
      "actions[set_field]=A&actions[set_field_value]={object.name}",
      "unfilled_placeholder",
    ],
  ])("are refused with %s", (_what, query, error) => {
    expect(parse(query)).toMatchObject({ error, message: expect.any(String) });
  });
});
