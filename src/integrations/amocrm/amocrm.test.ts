import { describe, expect, it } from "vitest";
import type { OutboundResult } from "../../engine/outbound.ts";
import type { AmocrmApi } from "./amocrm.api.ts";
import { toFieldValues } from "./custom-fields.ts";
import type { CustomField } from "./lookups.ts";
import { oauth } from "./oauth.ts";
import { judge, toProblem } from "./problem.ts";
import { accountSchema, settingsSchema } from "./settings.ts";
import { missingTags } from "./tags.ts";

describe("an account's address", () => {
  it.each([
    ["school", "https://school.amocrm.ru"],
    ["school.kommo.com", "https://school.kommo.com"],
    ["https://school.amocrm.ru/leads/pipeline/", "https://school.amocrm.ru"],
    ["https://127.0.0.1:8443", "https://127.0.0.1:8443"],
  ])("%s is %s", (text, address) => expect(accountSchema.parse(text)).toBe(address));

  it.each(["", "two words", "http://school.amocrm.ru", "https://"])("%j is none", (text) =>
    expect(accountSchema.safeParse(text).success).toBe(false),
  );
});

describe("settings", () => {
  it("need a long-lived token, or what one signs in with", () => {
    const account = "school";
    expect(settingsSchema.safeParse({ account, accessToken: "t" }).success).toBe(true);
    expect(settingsSchema.safeParse({ account, clientId: "i", clientSecret: "s" }).success).toBe(true);
    expect(settingsSchema.safeParse({ account, clientId: "i" }).success).toBe(false);
    expect(settingsSchema.safeParse({ account, accessToken: "" }).success).toBe(false);
  });
});

const fields: CustomField[] = [
  { id: 1, name: "Paid", code: null, type: "checkbox" },
  { id: 2, name: "Begins", code: null, type: "date" },
  { id: 3, name: "Call", code: null, type: "date_time" },
  { id: 4, name: "Days", code: null, type: "multiselect", enums: [{ id: 1, value: "Sat, Sun" }] },
  { id: 5, name: "Seats", code: null, type: "numeric" },
  { id: 6, name: "Level", code: "LEVEL", type: "select" },
];

/** The fields' types, and how often they were asked for. */
function anApi() {
  const asked: string[] = [];
  const api = {
    get: async (path: string) => {
      asked.push(path);
      return { _embedded: { custom_fields: fields } };
    },
  } as unknown as AmocrmApi;
  return { api, asked };
}

describe("a custom field", () => {
  const second = (text: string) => Date.parse(text) / 1_000;
  it.each<[string, string, unknown[]]>([
    ["1", "true", [true]],
    ["1", "Нет", [false]],
    ["1", "1", [true]],
    ["2", "2026-05-07", [second("2026-05-07T10:00:00Z")]],
    ["2", "2026-05-07T23:30:00+03:00", [second("2026-05-07T10:00:00Z")]],
    ["3", "2026-05-07T23:30", [second("2026-05-07T23:30:00Z")]],
    ["3", "2026-05-07T23:30+03:00", [second("2026-05-07T20:30:00Z")]],
    ["4", "Mon, Tue;Wed\nThu", ["Mon", "Tue", "Wed", "Thu"]],
    ["4", "Sat, Sun", ["Sat, Sun"]],
    ["5", "1 990,50", ["1990.50"]],
    ["LEVEL", "yes", ["yes"]],
    ["99", "one, two", ["one, two"]],
  ])("%s gets %j as %j", async (key, text, values) => {
    const [sent] = await toFieldValues(anApi().api, "leads", { [key]: text });
    expect(sent?.values.map(({ value }) => value)).toEqual(values);
  });

  it("is named by id or code, is left out where it is empty, and its type is asked for only where that matters", async () => {
    const { api, asked } = anApi();
    expect(await toFieldValues(api, "contacts", { 6: "Moscow", LEVEL: "new", 5: " " })).toEqual([
      { field_id: 6, values: [{ value: "Moscow" }] },
      { field_code: "LEVEL", values: [{ value: "new" }] },
    ]);
    expect(asked).toEqual([]);
    await toFieldValues(api, "contacts", { 1: "yes", 5: "2" });
    expect(asked).toEqual(["/api/v4/contacts/custom_fields?limit=250&page=1"]);
  });
});

describe("tags", () => {
  it("that people have added stay, and nothing is sent where none is missing", () => {
    expect(missingTags([{ name: "VIP" }], ["vip", "new"])).toEqual([{ name: "VIP" }, { name: "new" }]);
    expect(missingTags([{ name: "VIP" }], ["vip"])).toBeUndefined();
    expect(missingTags(null, [])).toBeUndefined();
  });
});

const now = Date.UTC(2026, 4, 7, 12);
const answer = (status: number, body: unknown = "<html>", headers: Record<string, string> = {}) =>
  ({ kind: "ok", status, headers, body: typeof body === "string" ? body : JSON.stringify(body) }) as const;

describe("what amoCRM says no with", () => {
  it("is told in words, with the field that was not taken", () => {
    const body = JSON.stringify([
      { name: "Deal", custom_fields_values: [{ field_code: "UTM_SOURCE" }, { field_id: 501, values: [] }] },
    ]);
    const errors = [
      { code: "NotSupportedChoice", path: "status_id", detail: "Not a valid choice." },
      { code: "NotValid", path: "custom_fields_values.1.values.0.value", detail: "Not valid." },
      { code: "NotValid", path: "0.custom_fields_values.0.field_id" },
    ];
    const said = { title: "Bad Request", detail: "Failed", "validation-errors": [{ request_id: "0", errors }] };
    expect(judge({ method: "POST", body }, answer(400, said), now).result).toEqual({
      status: "failed",
      message:
        "amoCRM refuses it (400): status_id: Not a valid choice.; field 501: Not valid.; field UTM_SOURCE: NotValid",
    });
  });

  it.each<[number, unknown, string, RegExp]>([
    [402, { detail: "Payment required" }, "retry-later", /not paid for/],
    [403, { detail: "No rights" }, "failed", /No rights/],
    [403, "<html>", "retry-later", /does not let this server in/],
    [404, { title: "Not found" }, "failed", /404\): Not found/],
    [301, "", "failed", /address right/],
    [500, "oops", "retry-later", /problem of its own \(500\)/],
    [429, "", "retry-later", /too many requests/],
  ])("as %i with %j is %s", (status, body, result, words) => {
    const problem = judge({ method: "PATCH" }, answer(status, body), now);
    expect(problem.result.status).toBe(result);
    expect(problem.message).toMatch(words);
  });

  it.each([
    ["7", 7_000],
    ["Thu, 07 May 2026 12:00:09 GMT", 9_000],
    ["soon", undefined],
  ])("says when to come again: %s", (header, afterMs) => {
    const problem = judge({ method: "POST" }, answer(429, "", { "retry-after": header }), now);
    expect(problem.result).toMatchObject({ status: "retry-later", afterMs });
  });

  it.each<[string, OutboundResult, boolean]>([
    ["a connection that never stood", { kind: "failed", message: "no", mayHaveArrived: false }, false],
    ["a connection that broke", { kind: "failed", message: "no", mayHaveArrived: true }, true],
    ["no answer", { kind: "timeout", message: "slow", mayHaveArrived: true }, true],
    ["too long an answer", { kind: "too_large", message: "large" }, true],
    ["a refused address", { kind: "refused", message: "private" }, false],
  ])(
    "leaves it open with %s whether something new was made, but never whether it was changed",
    (_name, result, isOpen) => {
      if (result.kind === "ok") throw new Error("no failure");
      expect(toProblem("POST", result).mayBeDone).toBe(isOpen);
      expect(toProblem("PATCH", result).mayBeDone).toBe(false);
    },
  );
});

describe("the page to sign in on", () => {
  it.each([
    ["school", "https://www.amocrm.ru/oauth"],
    ["school.kommo.com", "https://www.kommo.com/oauth"],
    ["https://crm.example", "https://crm.example/oauth"],
  ])("of %s is %s", (account, page) => {
    const settings = settingsSchema.parse({ account, clientId: "id&1", clientSecret: "s" });
    const url = new URL(
      oauth.authorizeUrl(settings, { redirectUri: "https://bots.example/oauth/callback", state: "1.2.x" }),
    );
    expect(`${url.origin}${url.pathname}`).toBe(page);
    expect(Object.fromEntries(url.searchParams)).toEqual({ client_id: "id&1", state: "1.2.x", mode: "post_message" });
  });
});
