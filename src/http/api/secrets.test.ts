import { afterAll, beforeAll, expect, it } from "vitest";
import { aReceiver, type Receiver } from "../../../test/receiver.ts";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";

const value = "sk-live/4711+äß&x";
let server: TestServer;
let tenant: Tenant;
let receiver: Receiver;
beforeAll(async () => {
  server = await testServer();
  tenant = await aTenant(server);
  receiver = await aReceiver();
});
afterAll(async () => {
  await receiver.close();
  await server.close();
});

const make = (body: object) => tenant.call("POST", "/secrets", { body: { bot: tenant.bot.ref, ...body } });

it("is kept sealed, listed without its value, changed and deleted", async () => {
  const made = await make({ key: "crm_key", name: "CRM key", value });
  expect(made.statusCode, made.body).toBe(201);
  const { id } = made.json();
  expect((await make({ key: "crm_key", name: "Another", value })).json().error.code).toBe("secret.key_taken");
  expect((await make({ key: "short", name: "Short", value: "x" })).statusCode).toBe(422);
  const shown = [
    made.body,
    (await tenant.call("GET", `/secrets/${id}`)).body,
    (await tenant.call("GET", "/secrets")).body,
    (await tenant.call("PATCH", `/secrets/${id}`, { body: { name: "Key of the CRM", value: `${value}!` } })).body,
    JSON.stringify(await server.database.db.selectFrom("secrets").selectAll().execute()),
  ];
  for (const text of shown) expect(text).not.toContain("4711");
  expect((await tenant.call("GET", "/secrets")).json().data).toMatchObject([
    { key: "crm_key", name: "Key of the CRM" },
  ]);
  expect((await tenant.call("DELETE", `/secrets/${id}`)).statusCode).toBe(204);
  expect((await tenant.call("GET", `/secrets/${id}`)).json().error.code).toBe("secret.not_found");
});

it("goes into a request, wherever it is named, and into nothing that anybody reads", async () => {
  await make({ key: "token", name: "Token", value });
  const contact = (await tenant.call("POST", "/contacts", { body: { bot: tenant.bot.id, name: "Ann" } })).json().id;
  receiver.answer("/echo", (call, response) => {
    response.setHeader("X-Seen", String(call.headers.authorization));
    response.end(JSON.stringify({ body: JSON.parse(call.body), query: call.query.get("key") }));
  });
  const answer = await tenant.call("POST", `/bots/${tenant.bot.ref}/request-test`, {
    body: {
      contact,
      method: "POST",
      url: `${receiver.url}/echo`,
      query: [{ name: "key", value: "{{ secrets.token }}" }],
      headers: [{ name: "Authorization", value: "Bearer {{ secrets.token | slice: 0, 12 }}" }],
      body: {
        type: "json",
        text: '{"key": "{{ secrets.token }}", "other": "{{ secrets.unknown | default: \'none\' }}"}',
      },
      save: [{ path: "$.body.key", variable: "seen" }],
    },
  });
  const heard = receiver.calls.at(-1);
  expect(heard?.query.get("key")).toBe(value);
  expect(heard?.headers.authorization).toBe("Bearer sk-live/4711");
  expect(JSON.parse(heard?.body ?? "")).toEqual({ key: value, other: "none" });
  const { request, report, vars } = answer.json();
  expect(JSON.stringify([request, report.body, vars])).not.toContain("4711");
  expect(request.headers.Authorization).toBe("Bearer ••••••••");
  expect(vars.seen).toBe("••••••••");
});

it("keeps a flow from being published that names it elsewhere", async () => {
  const problemsOf = async (steps: object[]) => {
    const document = { name: "Leak", start: "a", steps, edges: [], triggers: [] };
    const { ref } = (await tenant.call("POST", "/flows", { body: { bot: tenant.bot.ref, document } })).json();
    return (await tenant.call("POST", `/flows/${ref}/validate`))
      .json()
      .problems.map((one: { code: string }) => one.code);
  };
  const say = (text: string) => [{ ref: "a", kind: "message", config: { messages: [{ text }] } }];
  expect(await problemsOf(say("Key: {{ secrets.token }}"))).toEqual(["template.secret"]);
  expect(await problemsOf(say("We keep secrets. {{ contact.name }}"))).toEqual([]);
  const request = { url: "https://crm.example/{{ secrets.token }}" };
  expect(await problemsOf([{ ref: "a", kind: "request", config: request }])).toEqual([]);
});
