import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aFlowDocument } from "../../../test/flow-samples.ts";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";

let server: TestServer;
let mine: Tenant;
let other: Tenant;
let flow: string;
const mapping = [
  { path: "$.person.city", field: "City" },
  { path: "$.items[?@.price > 10].name", field: "bought" },
  { path: "$.person.email", profile: "email" },
  { path: "$.person.name", profile: "name" },
  { path: "$.rate", variable: "rate" },
];
beforeAll(async () => {
  server = await testServer();
  [mine, other] = [await aTenant(server), await aTenant(server)];
  await mine.call("POST", "/fields", { body: { key: "city", name: "City", kind: "text" } });
  await mine.call("POST", "/fields", { body: { key: "bought", name: "Bought", kind: "list" } });
  await mine.call("POST", "/fields", { body: { key: "age", name: "Age", kind: "number" } });
  await mine.call("POST", "/variables", { body: { bot: mine.bot.id, key: "rate", name: "Rate", kind: "number" } });
  flow = (await mine.call("POST", "/flows", { body: { bot: mine.bot.id, document: aFlowDocument() } })).json().ref;
  expect((await mine.call("POST", `/flows/${flow}/publish`, { body: {} })).statusCode).toBeLessThan(300);
});
afterAll(() => server.close());

const make = async (more: object = {}) => {
  const body = { bot: mine.bot.id, name: "Shop", mapping, ...more };
  const answer = await mine.call("POST", "/inbound-webhooks", { body });
  expect(answer.statusCode, answer.body).toBe(201);
  return answer.json() as { id: number; uid: string; url: string };
};
const call = async (uid: string, body: unknown, headers: Record<string, string> = {}) =>
  await server.app.inject({
    method: "POST",
    url: `/webhooks/in/${uid}`,
    headers: { "content-type": "application/json", ...headers },
    payload: typeof body === "string" ? body : JSON.stringify(body),
  });
const contact = async (id: number) => (await mine.call("GET", `/contacts/${id}`)).json();
const aContact = async (body: object = {}, tenant = mine) =>
  (await tenant.call("POST", "/contacts", { body: { bot: tenant.bot.id, ...body } })).json();
const codeOf = (answer: { json(): { error: { code: string } } }) => answer.json().error.code;

describe("a call of an inbound webhook", () => {
  it("may be a form, as site builders send it, JSON under another name, and end its address in a slash", async () => {
    const { uid } = await make();
    const phone = "+79005554433";
    const form = await call(uid, `phone=${encodeURIComponent(phone)}&person%5Bcity%5D=Perm&person[name]=Ann+Lee`, {
      "content-type": "application/x-www-form-urlencoded",
    });
    expect(form.json()).toMatchObject({ created: true, problems: [] });
    const { contactId } = form.json();
    expect(await contact(contactId)).toMatchObject({ name: "Ann Lee", fields: { city: "Perm" } });
    const part = (name: string, value: string) =>
      `--b0undary\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const parts = `${part("phone", phone)}${part("person[city]", "Уфа")}--b0undary--\r\n`;
    const multipart = await call(uid, parts, { "content-type": "multipart/form-data; boundary=b0undary" });
    expect(multipart.json()).toMatchObject({ contactId, created: false });
    expect((await contact(contactId)).fields).toEqual({ city: "Уфа" });
    const named = await call(`${uid}/`, { phone, person: { city: "Omsk" } }, { "content-type": "text/plain" });
    expect(named.json()).toMatchObject({ contactId });
    expect((await contact(contactId)).fields).toEqual({ city: "Omsk" });
  });

  it("makes a contact of a valid e-mail, maps by JSON paths and starts the flow, as one event", async () => {
    const { uid } = await make({ flow });
    const person = { city: "{{ contact.id }}", email: "New.One@example.com", name: "Ann" };
    const items = [
      { name: "cup", price: 5 },
      { name: "pot", price: 50 },
      { name: "pan", price: 20 },
    ];
    const before = server.submitted.length;
    const answer = await call(uid, { person, items, rate: 3 });
    expect(answer.statusCode, answer.body).toBe(200);
    expect(answer.json()).toEqual({ status: "done", contactId: expect.any(Number), created: true, problems: [] });
    expect(server.submitted.length - before).toBe(1);
    const { contactId } = answer.json();
    expect(await contact(contactId)).toMatchObject({
      name: "Ann",
      fields: { city: "{{ contact.id }}", bought: ["pot", "pan"] },
    });
    const { data } = (await mine.call("GET", `/contacts/${contactId}/events`)).json();
    expect(data[0].facts.map(({ kind }: { kind: string }) => kind)).toContain("flow_started");
    const { data: log } = (await mine.call("GET", `/integration-log?contact=${contactId}`)).json();
    expect(log).toMatchObject([{ integration: "inbound_webhook", direction: "in", ok: true }]);
  });

  it("means whom user_ns, contact_id or cuid name, then who has the phone, then the e-mail", async () => {
    const { uid } = await make();
    const ann = await aContact({ phone: "+79001110011", email: "ann@example.com" });
    const bob = await aContact({ phone: "+79001110022", email: "bob@example.com" });
    const who = async (body: object) => (await call(uid, body)).json().contactId;
    expect(await who({ user_ns: `f${mine.bot.id}u${ann.id}`, phone: "+79001110022" })).toBe(ann.id);
    expect(await who({ contact_id: ann.id })).toBe(ann.id);
    expect(await who({ cuid: bob.cuid, email: "ann@example.com" })).toBe(bob.id);
    expect(await who({ phone: "8 (900) 111-00-11", email: "bob@example.com" })).toBe(ann.id);
    expect(await who({ phone: 79001110022 })).toBe(bob.id);
    expect(await who({ person: { email: "BOB@example.com" } })).toBe(bob.id);
    expect(await who({ user_ns: "f1u999999999", email: "bob@example.com" })).toBe(bob.id);
  });

  it("passes over a user_ns of another bot, whatever the number behind it", async () => {
    const { uid } = await make();
    const [ann, bob] = [await aContact(), await aContact({ email: "own@example.com" })];
    const user_ns = `f${other.bot.id}u${ann.id}`;
    expect(codeOf(await call(uid, { user_ns }))).toBe("inbound_webhook.nobody");
    expect((await call(uid, { user_ns, email: "own@example.com" })).json().contactId).toBe(bob.id);
  });

  it("that means nobody does nothing, and says so", async () => {
    const { uid } = await make({ flow });
    const before = server.submitted.length;
    for (const body of [{}, { user_ns: "f1u999999999" }, { phone: "12", email: "none" }, { name: "Ann" }]) {
      const answer = await call(uid, body);
      expect([answer.statusCode, codeOf(answer)]).toEqual([422, "inbound_webhook.nobody"]);
    }
    expect(server.submitted.length).toBe(before);
    const { data } = (await mine.call("GET", "/integration-log?integration=inbound_webhook&ok=false")).json();
    expect(data[0]).toMatchObject({ response: { code: "inbound_webhook.nobody", status: 422 } });
  });

  it("never reaches another workspace's contact, by whatever name", async () => {
    const { uid } = await make();
    const theirs = await aContact({ email: "theirs@example.com" }, other);
    expect(codeOf(await call(uid, { contact_id: theirs.id, cuid: theirs.cuid }))).toBe("inbound_webhook.nobody");
    const made = (await call(uid, { email: "theirs@example.com" })).json();
    expect([made.created, made.contactId === theirs.id]).toEqual([true, false]);
  });

  it("makes one contact of somebody new, though several calls come at once", async () => {
    const { uid } = await make();
    const answers = await Promise.all(Array.from({ length: 8 }, () => call(uid, { email: "once@example.com" })));
    const ids = new Set(answers.map((answer) => answer.json().contactId));
    expect([ids.size, answers.filter((answer) => answer.json().created).length]).toEqual([1, 1]);
  });

  it("that comes again with its Idempotency-Key does nothing more", async () => {
    const { uid } = await make();
    const body = { phone: "+79001112299", person: { city: "Oslo" } };
    const first = (await call(uid, body, { "idempotency-key": "k1" })).json();
    const again = (await call(uid, body, { "idempotency-key": "k1" })).json();
    expect(again).toEqual({ status: "duplicate", contactId: first.contactId, created: false, problems: [] });
    const elsewhere = await make();
    expect((await call(elsewhere.uid, body, { "idempotency-key": "k1" })).json().status).toBe("done");
  });

  it("keeps what fits, and names what does not", async () => {
    const { uid } = await make({
      mapping: [
        { path: "$.age", field: "age" },
        { path: "$.zone", profile: "timeZone" },
        { path: "$.city", field: "city" },
      ],
    });
    const answer = (await call(uid, { email: "fit@example.com", age: "old", zone: "Nowhere", city: "Oslo" })).json();
    expect(answer.problems).toEqual([expect.stringContaining("timeZone"), expect.stringContaining("age")]);
    expect((await contact(answer.contactId)).fields).toEqual({ city: "Oslo" });
  });

  it("at a wrong or switched-off address, or with a body that is no object, is refused", async () => {
    const { uid, id } = await make();
    for (const body of ["[1]", "7", "null", ""]) {
      expect([body, (await call(uid, body)).statusCode]).toEqual([body, 422]);
    }
    expect((await call(uid, "{")).statusCode).toBe(400);
    expect((await call(uid, JSON.stringify({ a: "x".repeat(1_100_000) }))).statusCode).toBe(413);
    expect(codeOf(await call("nothing", {}))).toBe("inbound_webhook.not_found");
    await mine.call("PATCH", `/inbound-webhooks/${id}`, { body: { active: false } });
    expect((await call(uid, { email: "a@example.com" })).statusCode).toBe(404);
  });

  it("is held back where it comes too often, each address for itself", async () => {
    const [busy, calm] = [await make(), await make()];
    const answers = await Promise.all(Array.from({ length: 60 }, () => call(busy.uid, {})));
    const slow = answers.filter(({ statusCode }) => statusCode === 429);
    expect(slow.length).toBeGreaterThan(0);
    expect(slow[0]?.json().error.code).toBe("inbound_webhook.too_fast");
    expect((await call(calm.uid, { email: "calm@example.com" })).statusCode).toBe(200);
  });
});

describe("inbound webhooks", () => {
  it("have an address that cannot be guessed, and that stays", async () => {
    const { id, uid, url } = await make();
    expect(uid).toMatch(/^[\w-]{24}$/);
    expect(url).toBe(`https://bots.example/webhooks/in/${uid}`);
    const changed = await mine.call("PATCH", `/inbound-webhooks/${id}`, { body: { name: "New", flow, mapping: [] } });
    expect(changed.json()).toMatchObject({ uid, name: "New", flow, mapping: [], active: true });
  });

  it("are listed, changed and deleted by their workspace alone", async () => {
    const { id } = await make();
    for (const method of ["GET", "PATCH", "DELETE"] as const) {
      const body = method === "PATCH" ? { body: { name: "stolen" } } : {};
      const answer = await other.call(method, `/inbound-webhooks/${id}`, body);
      expect([method, answer.statusCode, codeOf(answer)]).toEqual([method, 404, "inbound_webhook.not_found"]);
    }
    expect((await other.call("GET", "/inbound-webhooks")).json().data).toEqual([]);
    expect((await mine.call("GET", "/inbound-webhooks", { token: "wrong" })).statusCode).toBe(401);
    expect((await mine.call("DELETE", `/inbound-webhooks/${id}`)).statusCode).toBe(204);
    expect((await mine.call("GET", `/inbound-webhooks/${id}`)).statusCode).toBe(404);
  });

  it.each([
    [{ mapping: [{ path: "person.city", field: "City" }] }, "inbound_webhook.bad_mapping"],
    [{ mapping: [{ path: "$.a", field: "nothing" }] }, "inbound_webhook.bad_mapping"],
    [{ mapping: [{ path: "$.a", variable: "nothing" }] }, "inbound_webhook.bad_mapping"],
    [{ mapping: [{ path: "$.a" }] }, "request.invalid"],
    [{ mapping: [{ path: "$.a", field: "City", profile: "name" }] }, "request.invalid"],
    [{ flow: "f999" }, "flow.not_found"],
    [{ bot: 999_999 }, "bot.not_found"],
  ])("are refused with %j: %s", async (more, code) => {
    const body = { bot: mine.bot.id, name: "Shop", ...more };
    expect(codeOf(await mine.call("POST", "/inbound-webhooks", { body }))).toBe(code);
  });
});
