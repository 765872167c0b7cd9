import { afterAll, beforeAll, expect, it } from "vitest";
import { aReceiver, type Receiver } from "../../../test/receiver.ts";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";

let server: TestServer;
let tenant: Tenant;
let receiver: Receiver;
let contact: number;
beforeAll(async () => {
  server = await testServer();
  tenant = await aTenant(server);
  receiver = await aReceiver();
  await tenant.call("POST", "/fields", { body: { key: "places", name: "Places", kind: "number" } });
  const made = await tenant.call("POST", "/contacts", { body: { bot: tenant.bot.id, email: "ann@example.com" } });
  contact = made.json().id;
});
afterAll(async () => {
  await receiver.close();
  await server.close();
});

const ask = (body: object, of = tenant) => of.call("POST", `/bots/${tenant.bot.ref}/request-test`, { body });

it("shows what went out, what came back, and what would be kept, and changes nothing", async () => {
  receiver.answer("/places", (_call, response) => response.end(JSON.stringify({ places: "7", note: "few" })));
  const answer = await ask({
    contact,
    method: "POST",
    url: `${receiver.url}/places`,
    body: { type: "json", text: '{"mail": "{{ contact.email }}", "level": "{{ vars.level }}"}' },
    vars: { level: "b2" },
    save: [
      { path: "$.places", field: "places" },
      { path: "$.note", variable: "note" },
      { path: "$.note", field: "nowhere" },
    ],
  });
  expect(answer.json()).toMatchObject({
    request: {
      method: "POST",
      body: '{"mail":"ann@example.com","level":"b2"}',
      headers: { "Content-Type": "application/json" },
    },
    report: { kind: "answered", status: 200 },
    fields: { places: 7 },
    vars: { note: "few" },
    problems: [{ code: "field.not_found" }],
  });
  expect((await tenant.call("GET", `/contacts/${contact}`)).json().fields).toEqual({});
});

it("says why a request cannot be made, and is nobody else's business", async () => {
  const bad = await ask({ contact, url: "https://a.example/{{ contact.email | nofilter }}" });
  expect(bad.json()).toMatchObject({ request: null, report: { kind: "failed" } });
  expect((await ask({ contact, url: "http://10.0.0.1/" })).json().report.message).toContain("not public");
  expect((await ask({ contact, url: receiver.url }, await aTenant(server))).statusCode).toBe(404);
});
