import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeEntryPayload, encodeEntryPayload, maxEntryPayload } from "./entry-payload.ts";

/** The vendor's own examples (requirements/002), byte for byte. */
const examples = [
  { payload: "eyJlIjoiZW1haWxAZ21haWwuY29tIn0", data: { email: "email@gmail.com" } },
  { payload: "eyJwIjoiNzkwMDAwMDAwMDAifQ", data: { phone: "79000000000" } },
  { payload: "eyJlSWQiOiJleHRlcm5hbElkIn0", data: { externalId: "externalId" } },
  { payload: "eyJ2Ijp7ImNpdHkiOiJNb3Njb3cifX0", data: { variables: { city: "Moscow" } } },
];

describe("an entry link's payload", () => {
  it.each(examples)("$payload carries $data, and is made of it", ({ payload, data }) => {
    expect(decodeEntryPayload(payload)).toEqual({ data });
    expect(encodeEntryPayload(data)).toBe(payload);
  });

  it("carries phone and e-mail together within the limit", () => {
    const payload = encodeEntryPayload({ phone: "79000000000", email: "email@gmail.com" });
    expect(payload).toHaveLength(55);
    expect(decodeEntryPayload(payload)).toEqual({ data: { phone: "79000000000", email: "email@gmail.com" } });
  });

  it("is a plain key when it is longer than 64 characters", () => {
    const payload = encodeEntryPayload({ externalId: "x".repeat(40) });
    expect(payload.length).toBeGreaterThan(maxEntryPayload);
    expect(decodeEntryPayload(payload)).toEqual({ plain: payload });
  });

  it.each([
    ["a number", "1234567"],
    ["a word", "summer-sale"],
    ["JSON that is no object", "eyJ9"],
    ["an object without a known key", encode('{"x":1}')],
    ["an empty object", encode("{}")],
    ["a list", encode("[1]")],
    ["a cut-off text", encode('{"e":"a@b.c"').slice(0, 9)],
    ["padding that is too much", `${encode('{"p":"1"}')}=`],
    ["padding alone", "=="],
    ["standard Base64 signs", "eyJlIjoi+/8ifQ"],
    ["broken UTF-8", "eyJlIjoi_yJ9"],
  ])("is a plain key when it is %s", (_what, payload) => {
    expect(decodeEntryPayload(payload)).toEqual({ plain: payload });
  });

  it.each([
    ["with padding", "eyJwIjoiNzkwMDAwMDAwMDAifQ==", { phone: "79000000000" }],
    ["with padding of one", `${encode('{"e":"a@b.cd"}')}=`, { email: "a@b.cd" }],
    ["with white space in front of the first key", encode('{ "e": "a@b.c" }'), { email: "a@b.c" }],
    ["over several lines", encode('{\n  "p": "79000000000"\n}\n'), { phone: "79000000000" }],
  ])("is read as an encoder writes it %s", (_what, payload, data) => {
    expect(decodeEntryPayload(payload)).toEqual({ data });
  });

  it("takes flat variables under plain names, and nothing of a prototype's", () => {
    const payload = encode('{"v":{"a":1,"b":true,"c.d":"x","__proto__":"y","e":{"f":1}}}');
    const decoded = decodeEntryPayload(
      payload.slice(0, 64).length === payload.length ? payload : encode('{"v":{"a":1,"c.d":"x"}}'),
    );
    expect(decoded).toMatchObject({ data: { variables: { a: 1 } } });
    expect(JSON.stringify(decoded)).not.toContain("c.d");
  });

  it("never throws, whatever stands in the link", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.base64String(),
          fc.base64String().map((text) => `eyJ${text}`),
        ),
        (payload) => {
          const decoded = decodeEntryPayload(payload);
          return "plain" in decoded ? decoded.plain === payload : Object.keys(decoded.data).length > 0;
        },
      ),
    );
  });

  it("comes back as it was made, where it fits", () => {
    const text = fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" });
    const data = fc.record({ phone: text, email: text, externalId: text }, { requiredKeys: ["email"] });
    fc.assert(
      fc.property(data, (made) => {
        const payload = encodeEntryPayload(made);
        fc.pre(payload.length <= maxEntryPayload);
        expect(decodeEntryPayload(payload)).toEqual({ data: made });
      }),
    );
  });
});

function encode(text: string): string {
  return Buffer.from(text).toString("base64url");
}
