import { describe, expect, it } from "vitest";
import type { FieldKind, FieldValue } from "../model/field.ts";
import { formatValue, parseEmail, parseFieldValue, parsePhone, parseProfileValue, parseTimeZone } from "./values.ts";

describe("a field's value", () => {
  it.each<[FieldKind, unknown, FieldValue]>([
    ["text", "Moscow", "Moscow"],
    ["text", 5, "5"],
    ["number", "1 234,5", 1234.5],
    ["number", "1,234.5", 1234.5],
    ["number", "1,234,567", 1234567],
    ["number", "\u22127", -7],
    ["number", "-0.5", -0.5],
    ["number", 7, 7],
    ["boolean", "Да", true],
    ["boolean", "no", false],
    ["boolean", 1, true],
    ["date", "2026-12-31", "2026-12-31"],
    ["date", "31.12.2026", "2026-12-31"],
    ["date", "2026-12-31 23:30:00", "2026-12-31"],
    ["datetime", "2026-12-31T18:00:00+03:00", "2026-12-31T15:00:00.000Z"],
    ["datetime", "1795216726", "2026-11-20T23:18:46.000Z"],
    ["list", "a, b ,,c", ["a", "b", "c"]],
    ["list", '["a",1]', ["a", 1]],
    ["json", '{"a":[1]}', { a: [1] }],
  ])("of the kind %s is read from %j", (kind, raw, value) => {
    expect(parseFieldValue(kind, raw)).toEqual({ ok: true, value });
  });

  it.each<[FieldKind, unknown]>([
    ["number", "1,234,5"],
    ["number", "twelve"],
    ["number", ""],
    ["number", Number.NaN],
    ["number", "1e999"],
    ["boolean", "maybe"],
    ["date", "2026-02-30"],
    ["date", "yesterday"],
    ["datetime", "soon"],
    ["json", "{"],
    ["json", "null"],
    ["text", null],
    ["list", undefined],
  ])("of the kind %s is refused for %j, in words", (kind, raw) => {
    expect(parseFieldValue(kind, raw)).toEqual({ ok: false, message: expect.stringMatching(/\w+ \w+/) });
  });

  it("without an offset is meant in the contact's time zone", () => {
    expect(parseFieldValue("datetime", "2026-12-31 18:00", { timeZone: "Europe/Moscow" })).toEqual({
      ok: true,
      value: "2026-12-31T15:00:00.000Z",
    });
  });

  it("is shown as people write it", () => {
    expect([["a", 1], { a: 1 }, true, 1.5, undefined].map((value) => formatValue(value as FieldValue))).toEqual([
      "a, 1",
      '{"a":1}',
      "true",
      "1.5",
      "",
    ]);
  });
});

describe("a phone number", () => {
  it.each([
    ["79161234567", "+79161234567"],
    ["+7 (916) 123-45-67", "+79161234567"],
    ["8 916 123-45-67", "+79161234567"],
    ["0044 20 7946 0958", "+442079460958"],
  ])("%s is %s", (raw, phone) => {
    expect(parsePhone(raw)).toBe(phone);
  });

  it.each(["", "12", "hello", "+999999999999999", "1".repeat(100)])("%s is none", (raw) => {
    expect(parsePhone(raw)).toBeUndefined();
  });
});

describe("an e-mail address", () => {
  it.each([
    [" Ann@Example.COM ", "Ann@example.com"],
    ["a.b+c@mail.example.co.uk", "a.b+c@mail.example.co.uk"],
    ["имя@почта.рф", "имя@почта.рф"],
  ])("%s is %s", (raw, email) => {
    expect(parseEmail(raw)).toBe(email);
  });

  it.each(["", "a", "a@", "@b.c", "a@b", "a b@c.d", "a@b..c", "a@-b.c", "a@b.c,d@e.f", `${"a".repeat(65)}@b.cd`])(
    "%s is none",
    (raw) => {
      expect(parseEmail(raw)).toBeUndefined();
    },
  );

  it("is read in linear time, however it is made up", () => {
    const started = performance.now();
    parseEmail(`${"a.".repeat(200_000)}@${"b-".repeat(200_000)}`);
    expect(performance.now() - started).toBeLessThan(200);
  });
});

it("a time zone is an IANA name", () => {
  expect([parseTimeZone("Europe/Moscow"), parseTimeZone("Mars/Base")]).toEqual(["Europe/Moscow", undefined]);
});

describe("a profile's value", () => {
  it.each([
    ["email", " Ann@Example.COM ", "Ann@example.com"],
    ["phone", "79161234567", "+79161234567"],
    ["timeZone", " Asia/Tokyo", "Asia/Tokyo"],
    ["language", "pt_BR", "pt-BR"],
    ["name", " Ann Lee ", "Ann Lee"],
  ] as const)("for %s is read from %j", (key, raw, value) => {
    expect(parseProfileValue(key, raw)).toBe(value);
  });

  it.each([
    ["email", "Ann"],
    ["phone", "12"],
    ["timeZone", "Moscow"],
    ["language", "Klingon!"],
    ["name", "  "],
    ["name", "x".repeat(2001)],
  ] as const)("for %s is not %j", (key, raw) => {
    expect(parseProfileValue(key, raw)).toBeUndefined();
  });
});
