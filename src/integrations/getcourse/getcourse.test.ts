import { describe, expect, it } from "vitest";
import type { IntegrationPorts } from "../../engine/integration-type.ts";
import type { OutboundRequest, OutboundResult } from "../../engine/outbound.ts";
import { accountSchema, importRecord } from "./getcourse.api.ts";
import { getcourse } from "./getcourse.integration.ts";

const account = { account: "https://school.getcourse.ru", key: "secret" };
const answer = (body: unknown, status = 200): OutboundResult => ({
  kind: "ok",
  status,
  headers: {},
  body: typeof body === "string" ? body : JSON.stringify(body),
});
const ask = (result: OutboundResult) => importRecord(async () => result, account, "users", { user: {} });

describe("an account's address", () => {
  it.each([
    ["school", "https://school.getcourse.ru"],
    ["school.getcourse.ru", "https://school.getcourse.ru"],
    ["https://learn.example/pl/api", "https://learn.example"],
    ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
  ])("%s is %s", (text, address) => expect(accountSchema.parse(text)).toBe(address));

  it.each(["", "two words", "http://"])("%j is none", (text) =>
    expect(accountSchema.safeParse(text).success).toBe(false),
  );
});

describe("an import", () => {
  it("is a form with the action, the key, and the record as Base64 of JSON", async () => {
    const asked: OutboundRequest[] = [];
    const http = async (request: OutboundRequest) => {
      asked.push(request);
      return answer({ success: true, result: { success: true, user_id: 1 } });
    };
    const user = { email: "анна@example.com", group_name: ["Вебинар & другие"] };
    expect(await importRecord(http, account, "users", { user })).toEqual({
      kind: "done",
      result: { success: true, user_id: 1 },
    });
    const form = new URLSearchParams(asked[0]?.body);
    expect(asked[0]).toMatchObject({ method: "POST", url: "https://school.getcourse.ru/pl/api/users" });
    expect([form.get("action"), form.get("key")]).toEqual(["add", "secret"]);
    expect(JSON.parse(Buffer.from(form.get("params") ?? "", "base64").toString())).toEqual({ user });
  });

  it.each([
    [
      "an error inside of a success",
      { success: true, result: { success: false, error: true, error_message: "Поле email не заполнено" } },
      "refused",
    ],
    ["an error in the result alone", { success: true, result: { success: true, error: "limit" } }, "refused"],
    ["an error outside", { success: false, error: true, error_message: "Account is blocked" }, "refused"],
    ["a wrong key", { success: false, error: true, error_message: "Неверный ключ доступа" }, "unauthorized"],
  ])("with %s is in GetCourse's words", async (_name, body, kind) => {
    const said = await ask(answer(body));
    expect(said.kind).toBe(kind);
    expect(said).toMatchObject({ message: expect.stringMatching(/^GetCourse: \S/) });
  });

  it.each<[string, OutboundResult, string]>([
    ["too much to do", answer("", 503), "unreachable"],
    ["too many requests", answer("", 429), "unreachable"],
    ["a fault of its own", answer("oops", 500), "unknown"],
    ["a page of HTML", answer("<html>"), "unknown"],
    ["no connection", { kind: "failed", message: "no", mayHaveArrived: false }, "unreachable"],
    ["a connection that broke", { kind: "failed", message: "no", mayHaveArrived: true }, "unknown"],
    ["no answer", { kind: "timeout", message: "slow", mayHaveArrived: true }, "unknown"],
    ["a refused address", { kind: "refused", message: "private" }, "refused"],
  ])("of a server with %s is %s", async (_name, result, kind) => expect((await ask(result)).kind).toBe(kind));
});

describe("health", () => {
  const check = (result: OutboundResult) => {
    const ports = { http: async () => result } as unknown as IntegrationPorts;
    return getcourse.health({ id: 1, workspaceId: 1, settings: { ...account, cuidField: "" } }, ports);
  };

  it("is good where GetCourse minds the empty user and not the key", async () => {
    expect(await check(answer({ success: false, error_message: "email is empty" }))).toMatchObject({ ok: true });
    expect(await check(answer({ success: false, error_message: "wrong key" }))).toMatchObject({ ok: false });
    expect(await check(answer("", 500))).toMatchObject({ ok: false });
  });
});
