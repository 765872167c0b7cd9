import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";

let server: TestServer;
let tenant: Tenant;
let contact: number;
beforeAll(async () => {
  server = await testServer();
  tenant = await aTenant(server);
  await tenant.call("POST", "/fields", { body: { key: "price", name: "Price", kind: "number" } });
  await tenant.call("POST", "/variables", {
    body: { bot: tenant.bot.id, key: "shop", name: "Shop", kind: "text", value: "open" },
  });
  const body = { bot: tenant.bot.id, firstName: "Ann", clientExternalId: "7_shoes_790", fields: { price: 1 } };
  contact = (await tenant.call("POST", "/contacts", { body })).json().id;
});
afterAll(() => server.close());

const attempt = async (body: object, { token = tenant.token, bot = tenant.bot.ref } = {}) =>
  await tenant.call("POST", `/bots/${bot}/script-test`, { body: { contact, ...body }, token });

describe("the test of a script", () => {
  it("shows output, changed values, lines and time, and changes nothing", async () => {
    const events = server.submitted.length;
    const code = `const [customer, product, price] = contact.client_external_id.split("_");
      vars.customer = customer; vars.said = message.text; vars.rate += 1; vars.open = vars.shop === "open";
      fields.Price = price; console.log(product, contact.first_name); return "cheap"`;
    const answer = await attempt({ code, outputs: ["cheap"], vars: { rate: 2 }, message: { text: "hello" } });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      ok: true,
      output: "cheap",
      fields: { price: 790 },
      vars: { customer: "7", said: "hello", rate: 3, open: true },
      problems: [],
      log: ["shoes Ann"],
      milliseconds: expect.any(Number),
    });
    expect((await tenant.call("GET", `/contacts/${contact}`)).json().fields).toEqual({ price: 1 });
    expect(server.submitted).toHaveLength(events);
  });

  it("names what would not be kept, and why a script fails", async () => {
    const odd = await attempt({ code: "fields.price = 'much'; fields.none = 1; vars.ok = 1" });
    expect(odd.json()).toMatchObject({
      ok: true,
      output: "next",
      fields: {},
      vars: { ok: 1 },
      problems: [{ code: "field.invalid_value" }, { code: "field.not_found" }],
    });
    const failing = {
      "step.bad_config": "let a = ;",
      "script.failed": "vars.x.y",
      "script.timeout": "for (;;);",
      "script.unknown_output": "return 'nowhere'",
    };
    for (const [code, script] of Object.entries(failing)) {
      const answer = await attempt({ code: script });
      expect([answer.statusCode, answer.json()]).toMatchObject([200, { ok: false, error: { code }, fields: {} }]);
    }
  });

  it("is for those who may read contacts and write flows of that bot", async () => {
    const code = "return 'next'";
    for (const scopes of [["contacts:read"], ["flows:write"]]) {
      const token = await tenant.mintToken({ scopes });
      expect((await attempt({ code }, { token })).statusCode).toBe(403);
    }
    const both = await tenant.mintToken({ scopes: ["contacts:read", "flows:write"] });
    expect((await attempt({ code }, { token: both })).statusCode).toBe(200);
    const other = await aTenant(server);
    expect((await attempt({ code }, { token: other.token })).statusCode).toBe(404);
    expect((await attempt({ code }, { token: other.token, bot: other.bot.ref })).statusCode).toBe(404);
    expect((await attempt({ code: "", milliseconds: 60_000 })).statusCode).toBe(422);
  });
});
