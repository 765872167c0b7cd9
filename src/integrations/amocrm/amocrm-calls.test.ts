import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../../test/database.ts";
import { outboundToLoopback } from "../../../test/outbound.ts";
import {
  aShop,
  contactOf,
  isOnServer,
  openAgain,
  recordingLog,
  type Shop,
  type TestShell,
  testShell,
} from "../../../test/shell.ts";
import {
  type AmocrmFault,
  type AmocrmStandIn,
  amocrmClient,
  longLivedToken,
  startAmocrmStandIn,
} from "../../../test/stand-ins/amocrm.ts";
import { until } from "../../../test/until.ts";
import type { JobRequest } from "../../model/outcome.ts";
import { callIntegration } from "../../shell/jobs/call-integration.ts";
import { jobKinds } from "../../shell/jobs/index.ts";
import type { JobContext } from "../../shell/jobs.ts";
import type { OpenDatabase } from "../../store/database.ts";
import { listIntegrationCalls, retryIntegrationCall } from "../../store/integration-log-store.ts";
import { createIntegration, type Integration, requireIntegration } from "../../store/integration-store.ts";
import { openSecrets, sealSecrets } from "../../store/secret-box.ts";

const secretKey = randomBytes(32);
let database: TestDatabase;
let one: TestShell;
let shop: Shop;
const standIns: AmocrmStandIn[] = [];
beforeAll(async () => {
  database = await testDatabase();
  one = await testShell(database, { jobKinds, secretKey });
  shop = await aShop(one);
});
afterEach(async () => {
  for (const standIn of standIns.splice(0)) await standIn.close();
});
afterAll(async () => {
  await one.stop();
  await database.close();
});

interface Amocrm {
  readonly standIn: AmocrmStandIn;
  readonly row: Integration;
}

async function anAmocrm(
  settings: Record<string, string | number> = { accessToken: longLivedToken },
  { workspaceId = shop.workspaceId, perSecond = 100 } = {},
): Promise<Amocrm> {
  const standIn = await startAmocrmStandIn({ now: one.clock.now, perSecond });
  standIns.push(standIn);
  const { accessToken, refreshToken, clientSecret, ...open } = settings;
  const secrets = Object.fromEntries(
    Object.entries({ accessToken, refreshToken, clientSecret }).filter(([, value]) => value !== undefined),
  ) as Record<string, string>;
  const row = await createIntegration(database.db, workspaceId, {
    kind: "amocrm",
    name: `CRM ${randomBytes(4).toString("hex")}`,
    settings: { account: standIn.url, ...open },
    sealedSecrets: sealSecrets(secrets, secretKey),
    active: true,
  });
  return { standIn, row };
}

/** As after signing in by the browser. */
async function aSignedInAmocrm(expiresAt = one.clock.now() + 86_400_000): Promise<Amocrm> {
  const amocrm = await anAmocrm({
    ...amocrmClient,
    accessToken: "none",
    expiresAt,
    redirectUri: "https://bots.example/oauth/callback",
  });
  const sealedSecrets = sealSecrets({ clientSecret: amocrmClient.clientSecret, ...amocrm.standIn.tokens() }, secretKey);
  await database.db
    .updateTable("integrations")
    .set({ secrets: sealedSecrets })
    .where("id", "=", amocrm.row.id)
    .execute();
  return amocrm;
}

const secretsOf = async ({ row }: Amocrm) =>
  openSecrets((await requireIntegration(database.db, row, row.id)).secrets ?? "", secretKey);

let people = 0;
async function aContact(profile: Record<string, string> = {}, from = shop): Promise<number> {
  people += 1;
  const id = contactOf(await one.shell.submit(from.from(`person${people}`, "hello")));
  const actions = Object.entries(profile).map(([key, value]) => ({ action: "set_profile", args: { key, value } }));
  if (actions.length > 0) {
    await one.shell.submit({ target: { contactId: id }, happening: { kind: "actions", actions }, source: "api" });
  }
  return id;
}
const aPhone = () => `+7999${String(1_000_000 + people).padStart(7, "0")}`;

const act = async (contactId: number, action: string, args: Record<string, unknown>) =>
  await one.shell.submit({
    target: { contactId },
    happening: { kind: "actions", actions: [{ action, args }] },
    source: "api",
  });
const callsOf = async (integrationId: number) =>
  await listIntegrationCalls(database.db, shop, { integrationId }, { limit: 50 });
const lastOf = async ({ row }: Amocrm) => (await callsOf(row.id))[0];

const contactArgs = {
  name: "Ann",
  firstName: "",
  lastName: "",
  rename: true,
  phone: "",
  email: "",
  tags: [],
  fields: {},
};
const dealArgs = { key: "main", always: false, name: "Course", tags: [], fields: {} };

interface Wanted {
  readonly contactId: number;
  readonly contact?: Record<string, unknown>;
  /** Absent: the contact alone. */
  readonly deal?: Record<string, unknown>;
}

function toCall({ row }: Amocrm, { contactId, contact, deal }: Wanted) {
  const whole = { ...contactArgs, ...contact };
  return {
    integrationId: row.id,
    workspaceId: row.workspaceId,
    contactId,
    callId: randomBytes(8).toString("hex"),
    operation: deal === undefined ? "send_contact" : "send_deal",
    args: deal === undefined ? { contact: whole } : { contact: whole, deal: { ...dealArgs, ...deal } },
  };
}

/** Makes one try by hand: what it enqueues is shown, and does not run. */
async function tryOnce(
  data: JobRequest["data"],
  { db = database, timeoutMs }: { readonly db?: OpenDatabase; readonly timeoutMs?: number } = {},
): Promise<JobRequest[]> {
  const enqueued: JobRequest[] = [];
  const context: JobContext = {
    db: db.db,
    submit: one.shell.submit,
    enqueue: async (_trx, jobs) => void enqueued.push(...jobs),
    outbound: async (request) => await outboundToLoopback({ ...request, timeoutMs: timeoutMs ?? request.timeoutMs }),
    runScript: undefined as never,
    lookUpProfile: async () => undefined,
    bulkRoom: undefined as never,
    announceBroadcast: undefined as never,
    secretKey,
    log: recordingLog([]),
    now: one.clock.now,
  };
  await callIntegration.run(data, context);
  return enqueued;
}

/** Tries until nothing is left to try, a minute between. */
async function tryUntilOver(data: JobRequest["data"]): Promise<void> {
  let jobs = await tryOnce(data);
  while (jobs[0] !== undefined) {
    one.clock.pass(61_000);
    jobs = await tryOnce(jobs[0].data);
  }
}

const posts = ({ standIn }: Amocrm) =>
  standIn.calls.filter(({ method, path }) => method === "POST" && path.startsWith("/api"));

/** A bot whose flow makes a deal. */
const buying: Parameters<typeof aShop>[1] = {
  fields: [
    { key: "deal", name: "Deal", kind: "text" },
    { key: "price", name: "Price", kind: "text" },
  ],
  flows: [
    {
      ref: "buy",
      name: "Buy",
      triggers: [{ kind: "start" }],
      start: "crm",
      steps: [
        {
          ref: "crm",
          kind: "action",
          config: {
            actions: [
              { action: "add_tag", args: { tag: "buyer" } },
              {
                action: "send_deal_to_amocrm",
                args: {
                  name: "Course of {{ contact.name }}",
                  price: "{{ fields.price }}",
                  pipeline: 3102,
                  status: 31022,
                  responsibleUser: 7002,
                  tags: ["{{ bot.name }}"],
                  fields: { 603: "new", UTM_SOURCE: "{{ contact.utm.source }}" },
                  contact: { fields: { 501: "Moscow" } },
                  save: [{ path: "$.dealId", field: "deal" }],
                },
              },
            ],
          },
        },
      ],
      edges: [],
    },
  ],
};

describe("a deal from a flow", () => {
  it("takes the contact along in one call, with tags, phone, e-mail and fields; the same flow again changes both", async () => {
    const own = await aShop(one, buying);
    const amocrm = await anAmocrm(undefined, { workspaceId: own.workspaceId });
    const { standIn } = amocrm;
    const calls = async () => await listIntegrationCalls(database.db, own, {}, { limit: 9 });
    const ann = await aContact({ name: "Ann Smith", phone: "+79991234567", email: "ann@example.com" }, own);
    await act(ann, "set_field", { field: "price", value: "1 990,60" });
    await one.shell.submit({ target: { contactId: ann }, happening: { kind: "start" }, source: "api" });
    await until("the deal is in the log", async () => (await calls()).length === 1);
    expect((await calls())[0]).toMatchObject({ ok: true, contactId: ann, attempt: 1, integration: "amocrm" });
    expect(posts(amocrm).map(({ path }) => path)).toEqual(["/api/v4/leads/complex"]);
    expect(posts(amocrm)[0]?.body).toEqual([
      {
        name: "Course of Ann Smith",
        price: 1991,
        pipeline_id: 3102,
        status_id: 31022,
        responsible_user_id: 7002,
        custom_fields_values: [{ field_id: 603, values: [{ value: "new" }] }],
        _embedded: {
          tags: [{ name: "Bot" }],
          contacts: [
            {
              name: "Ann Smith",
              custom_fields_values: [
                { field_code: "PHONE", values: [{ value: "+79991234567", enum_code: "WORK" }] },
                { field_code: "EMAIL", values: [{ value: "ann@example.com", enum_code: "WORK" }] },
                { field_id: 501, values: [{ value: "Moscow" }] },
              ],
              _embedded: { tags: [{ name: "buyer" }] },
            },
          ],
        },
      },
    ]);
    const [deal] = [...standIn.deals.values()];
    const kept = await database.db.selectFrom("contactFields").selectAll().where("contactId", "=", ann).execute();
    expect(kept.map(({ value }) => value)).toContain(String(deal?.id));
    const [entry] = await calls();
    expect(entry?.response).toMatchObject({
      dealId: deal?.id,
      isNew: true,
      url: `${standIn.url}/leads/detail/${deal?.id}`,
    });
    expect(JSON.stringify(entry)).not.toContain(longLivedToken);

    await act(ann, "set_field", { field: "price", value: "2500" });
    await act(ann, "set_profile", { key: "phone", value: "+79990000001" });
    await act(ann, "add_tag", { tag: "vip" });
    await one.shell.submit({ target: { contactId: ann }, happening: { kind: "start" }, source: "api" });
    await until("the change is in the log", async () => (await calls()).length === 2);
    expect(posts(amocrm)).toHaveLength(1);
    expect(standIn.deals.get(Number(deal?.id))).toMatchObject({ price: 2500 });
    const [contact] = [...standIn.contacts.values()];
    expect(contact?.tags).toEqual(["buyer", "vip"]);
    expect(JSON.stringify(contact?.custom_fields_values)).toMatch(/\+79991234567.*\+79990000001/);
  });
});

describe("the actions from the API", () => {
  it("say what is wrong before anything is asked of amoCRM", async () => {
    const empty = await aShop(one);
    const bob = await aContact({}, empty);
    expect(await act(bob, "send_contact_to_amocrm", {})).toMatchObject({
      status: "refused",
      code: "integration.not_found",
    });
    const { row } = await anAmocrm(undefined, { workspaceId: empty.workspaceId });
    expect(await act(bob, "send_deal_to_amocrm", { status: 142 })).toMatchObject({ status: "refused" });
    expect(await act(bob, "send_deal_to_amocrm", { price: "a lot" })).toMatchObject({
      results: [{ ok: false, error: { code: "amocrm.bad_price" } }],
    });
    expect(await callsOf(row.id)).toEqual([]);
  });

  it("send a contact alone, and change it the next time", async () => {
    const own = await aShop(one);
    const amocrm = await anAmocrm(undefined, { workspaceId: own.workspaceId });
    const bob = await aContact({ name: "Bob", email: "Bob@example.com" }, own);
    const calls = async () => await listIntegrationCalls(database.db, own, {}, { limit: 9 });
    await act(bob, "send_contact_to_amocrm", { tags: ["Webinar"] });
    await until("the contact is in the log", async () => (await calls()).length === 1);
    await act(bob, "set_profile", { key: "name", value: "Robert" });
    await act(bob, "send_contact_to_amocrm", { responsibleUser: 7001 });
    await until("the change is in the log", async () => (await calls()).length === 2);
    expect((await calls()).map(({ ok }) => ok)).toEqual([true, true]);
    expect(amocrm.standIn.deals.size).toBe(0);
    expect([...amocrm.standIn.contacts.values()]).toMatchObject([
      { name: "Robert", tags: ["Webinar"], responsible_user_id: 7001 },
    ]);
  });
});

describe("a contact", () => {
  it("who is in amoCRM already with the same phone or e-mail is taken, and keeps what people have written there", async () => {
    const amocrm = await anAmocrm();
    const { standIn } = amocrm;
    const phone = aPhone();
    const field = (code: string, ...values: string[]) => ({
      field_code: code,
      values: values.map((value) => ({ value })),
    });
    const there = standIn.add("contacts", {
      name: "Maria of the flower shop",
      custom_fields_values: [field("PHONE", `8 (${phone.slice(2, 5)}) ${phone.slice(5)}`, "+7 495 000-00-00")],
      _embedded: { tags: [{ name: "Regular" }] },
    });
    const contact = { name: "Masha", phone, email: "masha@example.com", tags: ["new"], rename: false };
    await tryOnce(toCall(amocrm, { contactId: await aContact(), contact, deal: {} }));
    expect(await lastOf(amocrm)).toMatchObject({ ok: true, response: { contactId: there, isNew: true } });
    expect([...standIn.contacts.keys()]).toEqual([there]);
    expect(standIn.contacts.get(there)).toMatchObject({ name: "Maria of the flower shop", tags: ["Regular", "new"] });
    const fields = JSON.stringify(standIn.contacts.get(there)?.custom_fields_values);
    expect(fields).toContain("+7 495 000-00-00");
    expect(fields).not.toContain(phone);
    expect(fields).toContain("masha@example.com");
    const other = { contactId: await aContact(), contact: { email: "MASHA@example.com" } };
    await tryOnce(toCall(amocrm, other));
    expect(await lastOf(amocrm)).toMatchObject({ response: { contactId: there, isNew: false } });
    // Nothing is different by now: nothing is sent.
    const before = standIn.calls.length;
    await tryOnce(toCall(amocrm, other));
    expect(standIn.calls.slice(before).map(({ method }) => method)).toEqual(["GET"]);
  });

  it("who was deleted there is made anew, and stands at the deal again", async () => {
    const amocrm = await anAmocrm();
    const { standIn } = amocrm;
    const wanted = { contactId: await aContact(), contact: { phone: aPhone() }, deal: {} };
    await tryOnce(toCall(amocrm, wanted));
    const [first] = standIn.contacts.keys();
    standIn.remove("contacts", first ?? 0);
    await tryOnce(toCall(amocrm, wanted));
    expect(await lastOf(amocrm)).toMatchObject({ ok: true, response: { isNew: false } });
    const [second] = standIn.contacts.keys();
    expect(second).toBeGreaterThan(first ?? 0);
    expect([...standIn.deals.values()]).toMatchObject([{ contacts: [second] }]);
  });
});

describe("a deal", () => {
  it("is the same one each time, another one under another word, and a new one each time where that is wanted", async () => {
    const amocrm = await anAmocrm();
    const { standIn } = amocrm;
    const contactId = await aContact();
    const contact = { phone: aPhone() };
    for (const deal of [{}, { price: 5 }, { key: "second" }, { always: true }, { always: true }]) {
      await tryOnce(toCall(amocrm, { contactId, contact, deal }));
    }
    expect((await callsOf(amocrm.row.id)).map(({ response }) => (response as { isNew: boolean }).isNew)).toEqual([
      true,
      true,
      true,
      false,
      true,
    ]);
    expect(standIn.deals.size).toBe(4);
    expect(standIn.contacts.size).toBe(1);
  });

  it("that was deleted there is made anew", async () => {
    const amocrm = await anAmocrm();
    const { standIn } = amocrm;
    const wanted = { contactId: await aContact(), contact: { email: "gone@example.com" }, deal: { tags: ["a"] } };
    await tryOnce(toCall(amocrm, wanted));
    const [first] = standIn.deals.keys();
    standIn.remove("leads", first ?? 0);
    await tryOnce(toCall(amocrm, wanted));
    expect(await lastOf(amocrm)).toMatchObject({ ok: true, response: { isNew: true } });
    // It goes in the middle of a change.
    standIn.fail({ method: "PATCH", path: "/api/v4/leads", status: 404, detail: "Not found" });
    await tryOnce(toCall(amocrm, { ...wanted, deal: { price: 7 } }));
    expect(await lastOf(amocrm)).toMatchObject({ ok: true, response: { isNew: true } });
  });

  it("is not forgotten while the account is not found where it was", async () => {
    const amocrm = await anAmocrm();
    const { standIn } = amocrm;
    const wanted = { contactId: await aContact(), contact: { phone: aPhone() }, deal: {} };
    await tryOnce(toCall(amocrm, wanted));
    standIn.fail(...Array.from({ length: 4 }, () => ({ path: "/api/v4", status: 404, detail: "No such account" })));
    await tryOnce(toCall(amocrm, wanted));
    expect(await lastOf(amocrm)).toMatchObject({ ok: false, summary: "amoCRM refuses it (404): No such account" });
    await tryOnce(toCall(amocrm, wanted));
    expect(await lastOf(amocrm)).toMatchObject({ ok: true, response: { isNew: false } });
    expect([standIn.deals.size, standIn.contacts.size]).toEqual([1, 1]);
  });

  it("keeps the tags that people have added, and gets its fields in their own types", async () => {
    const amocrm = await anAmocrm();
    const { standIn } = amocrm;
    const contactId = await aContact();
    const fields = {
      601: "yes",
      602: "2026-05-07",
      603: "yes",
      604: "Mon, Tue",
      605: "1 000",
      607: "2026-05-07T18:00",
    };
    await tryOnce(toCall(amocrm, { contactId, deal: { tags: ["bot"], fields } }));
    expect(await lastOf(amocrm)).toMatchObject({ ok: true });
    const [deal] = [...standIn.deals.values()];
    Object.assign(deal ?? {}, { tags: ["bot", "hot"] });
    await tryOnce(toCall(amocrm, { contactId, deal: { tags: ["bot", "May"] } }));
    expect([...standIn.deals.values()]).toMatchObject([{ tags: ["bot", "hot", "May"] }]);
  });
});

describe("an answer that is lost", () => {
  const lost: [string, AmocrmFault][] = [
    ["the connection is cut", { lose: true }],
    ["the connection is cut in the middle of the answer", { cutShort: true }],
    ["a page of HTML comes instead", { page: "<html>504</html>" }],
  ];
  it.each(lost)("makes no second deal where %s: the first one is looked for, and found", async (_name, fault) => {
    const amocrm = await anAmocrm();
    const { standIn } = amocrm;
    const wanted = { contactId: await aContact(), contact: { phone: aPhone() } };
    // With the contact and for one who is there.
    for (const key of ["first", "second"]) {
      standIn.fail({ ...fault, method: "POST", path: "/api/v4/leads" });
      await tryUntilOver(toCall(amocrm, { ...wanted, deal: { key } }));
      expect(await lastOf(amocrm)).toMatchObject({ ok: true, attempt: 2, response: { isNew: false } });
    }
    expect([standIn.deals.size, standIn.contacts.size]).toEqual([2, 1]);
    standIn.fail({ ...fault, method: "POST", path: "/api/v4/leads" });
    await tryUntilOver(toCall(amocrm, { ...wanted, deal: { always: true } }));
    expect([standIn.deals.size, standIn.contacts.size]).toEqual([3, 1]);
  });

  it("is remembered with the name that was asked for: the next deal of another name is the same one", async () => {
    const amocrm = await anAmocrm();
    const { standIn } = amocrm;
    const wanted = { contactId: await aContact(), contact: { phone: aPhone() } };
    standIn.fail({ method: "POST", path: "/api/v4/leads", lose: true });
    await tryOnce(toCall(amocrm, { ...wanted, deal: { name: "On Monday" } }));
    one.clock.pass(61_000);
    await tryOnce(toCall(amocrm, { ...wanted, deal: { name: "On Tuesday" } }));
    expect([...standIn.deals.values()].map(({ name }) => name)).toEqual(["On Tuesday"]);
  });

  it("to what was never carried out leads to the deal after a minute of looking for it", async () => {
    const amocrm = await anAmocrm();
    const { standIn } = amocrm;
    standIn.fail({ method: "POST", path: "/api/v4/leads", status: 502 });
    const call = toCall(amocrm, { contactId: await aContact(), contact: { phone: aPhone() }, deal: {} });
    const [next] = await tryOnce(call);
    const again = await tryOnce(next?.data ?? null);
    expect(again).toMatchObject([{ startAt: one.clock.now() + 60_000, data: { attempt: 3 } }]);
    expect(standIn.deals.size).toBe(0);
    one.clock.pass(61_000);
    expect(await tryOnce(again[0]?.data ?? null)).toEqual([]);
    expect(await lastOf(amocrm)).toMatchObject({ ok: true, response: { isNew: true } });
    expect(standIn.deals.size).toBe(1);
  });

  it("about a deal that cannot be looked for ends in the log, and sending it again from there makes one", async () => {
    const amocrm = await anAmocrm();
    const { standIn } = amocrm;
    standIn.fail({ method: "POST", path: "/api/v4/leads", lose: true });
    await tryUntilOver(toCall(amocrm, { contactId: await aContact(), deal: {} }));
    const entry = await lastOf(amocrm);
    expect(entry).toMatchObject({
      ok: false,
      canRetry: true,
      summary: expect.stringContaining("not known whether the deal was made"),
    });
    expect(standIn.deals.size).toBe(1);
    const job = await database.db
      .transaction()
      .execute((trx) => retryIntegrationCall(trx, shop, entry?.id ?? 0, new Date()));
    await tryUntilOver(job.data);
    expect(standIn.deals.size).toBe(2);
  });

  it("because amoCRM is too slow is treated alike", async () => {
    const amocrm = await anAmocrm();
    amocrm.standIn.fail({ method: "POST", path: "/api/v4/leads", hang: true });
    const call = toCall(amocrm, { contactId: await aContact(), contact: { phone: aPhone() }, deal: {} });
    const [next] = await tryOnce(call, { timeoutMs: 2_000 });
    expect((await lastOf(amocrm))?.summary).toContain("within 2000 ms");
    await tryUntilOver(next?.data ?? null);
    expect(await lastOf(amocrm)).toMatchObject({ ok: true, response: { isNew: false } });
    expect(amocrm.standIn.deals.size).toBe(1);
  });

  it("to a contact alone makes no second one either", async () => {
    const amocrm = await anAmocrm();
    const { standIn } = amocrm;
    standIn.fail({ method: "POST", path: "/api/v4/contacts", lose: true });
    await tryUntilOver(toCall(amocrm, { contactId: await aContact(), contact: { email: "once@example.com" } }));
    expect(await lastOf(amocrm)).toMatchObject({ ok: true, response: { isNew: false } });
    expect(standIn.contacts.size).toBe(1);
    standIn.fail({ method: "POST", path: "/api/v4/contacts", lose: true });
    await tryUntilOver(toCall(amocrm, { contactId: await aContact() }));
    expect(await lastOf(amocrm)).toMatchObject({
      ok: false,
      summary: expect.stringContaining("not known whether the contact"),
    });
  });
});

describe("a refusal", () => {
  it("of what was sent stands in the log in words, and can be sent again from there", async () => {
    const amocrm = await anAmocrm();
    const call = toCall(amocrm, { contactId: await aContact(), deal: { pipeline: 1, fields: { 99: "x" } } });
    expect(await tryOnce(call)).toEqual([]);
    const entry = await lastOf(amocrm);
    expect(entry).toMatchObject({ ok: false, canRetry: true });
    expect(entry?.summary).toBe(
      "amoCRM refuses it (400): pipeline_id: The value you selected is not a valid choice.; field 99: The value you selected is not a valid choice.",
    );
    expect((await requireIntegration(database.db, shop, amocrm.row.id)).error).toContain("pipeline_id");
    const job = await database.db
      .transaction()
      .execute((trx) => retryIntegrationCall(trx, shop, entry?.id ?? 0, new Date()));
    expect(await tryOnce(job.data)).toEqual([]);
    expect(await callsOf(amocrm.row.id)).toHaveLength(2);
  });

  it.each<[string, AmocrmFault, number | undefined, string]>([
    ["the account is not paid for", { status: 402, detail: "Payment required" }, 10_000, "not paid for"],
    ["there were too many requests", { status: 429, headers: { "retry-after": "90" } }, 90_000, "too many requests"],
    ["amoCRM is down", { status: 503 }, 10_000, "(503)"],
    ["the answer is garbage", { page: "<html>hello</html>" }, 10_000, "cannot be understood"],
    ["the connection is cut", { reset: true }, 10_000, "does not answer"],
    ["this server is kept out", { status: 403 }, 10_000, "does not let this server in"],
    ["whoever signed in may not", { status: 403, detail: "No rights" }, undefined, "No rights"],
  ])("because %s is tried again where that can help", async (_name, fault, afterMs, words) => {
    const amocrm = await anAmocrm();
    const call = toCall(amocrm, { contactId: await aContact(), contact: { phone: aPhone() } });
    amocrm.standIn.fail(fault);
    const next = await tryOnce(call);
    expect((await lastOf(amocrm))?.summary).toContain(words);
    if (afterMs === undefined) return expect(next).toEqual([]);
    expect(next).toMatchObject([{ startAt: one.clock.now() + afterMs }]);
    expect(await tryOnce(next[0]?.data ?? null)).toEqual([]);
    return expect(amocrm.standIn.contacts.size).toBe(1);
  });
});

describe("signing in", () => {
  it("is renewed once however many calls find it over, and the new tokens are kept", async () => {
    const amocrm = await aSignedInAmocrm();
    const before = await secretsOf(amocrm);
    amocrm.standIn.expire();
    const other = isOnServer ? await openAgain(database) : database;
    const contacts = await Promise.all([1, 2, 3, 4, 5, 6].map(async () => await aContact()));
    const tries = contacts.map(
      async (contactId, n) => await tryOnce(toCall(amocrm, { contactId }), { db: n % 2 ? other : database }),
    );
    expect((await Promise.all(tries)).flat()).toEqual([]);
    if (other !== database) await other.close();
    expect(amocrm.standIn.calls.filter(({ path }) => path === "/oauth2/access_token")).toHaveLength(1);
    expect(amocrm.standIn.contacts.size).toBe(6);
    const after = await secretsOf(amocrm);
    expect(after.refreshToken).not.toBe(before.refreshToken);
    // No token that was ever good stands in the log.
    const log = JSON.stringify(await callsOf(amocrm.row.id));
    for (const secret of [...Object.values(before), ...Object.values(after)]) expect(log).not.toContain(secret);
    // And the next one rotates as well.
    amocrm.standIn.expire();
    await tryOnce(toCall(amocrm, { contactId: contacts[0] ?? 0 }));
    expect(await lastOf(amocrm)).toMatchObject({ ok: true });
  });

  it("is renewed before it ends", async () => {
    const amocrm = await aSignedInAmocrm(one.clock.now() + 30_000);
    await tryOnce(toCall(amocrm, { contactId: await aContact() }));
    expect(amocrm.standIn.calls.map(({ status }) => status)).not.toContain(401);
    expect(amocrm.standIn.calls[0]).toMatchObject({
      path: "/oauth2/access_token",
      body: { grant_type: "refresh_token", redirect_uri: "https://bots.example/oauth/callback" },
    });
    const { settings } = await requireIntegration(database.db, shop, amocrm.row.id);
    expect(settings.expiresAt).toBe(one.clock.now() + 86_400_000);
  });

  it("that amoCRM has ended marks the integration, in words, and is not asked for again and again", async () => {
    const amocrm = await aSignedInAmocrm();
    amocrm.standIn.revoke();
    const call = toCall(amocrm, { contactId: await aContact() });
    const [next] = await tryOnce(call);
    expect((await requireIntegration(database.db, shop, amocrm.row.id)).error).toMatch(/sign in again/);
    const before = amocrm.standIn.calls.length;
    const later = await tryOnce(next?.data ?? null);
    expect(amocrm.standIn.calls.length).toBe(before);
    // Signed in again: the call that waits goes through.
    const sealedSecrets = sealSecrets(
      { clientSecret: amocrmClient.clientSecret, ...amocrm.standIn.tokens() },
      secretKey,
    );
    await database.db
      .updateTable("integrations")
      .set({ secrets: sealedSecrets })
      .where("id", "=", amocrm.row.id)
      .execute();
    expect(await tryOnce(later[0]?.data ?? null)).toEqual([]);
    expect((await requireIntegration(database.db, shop, amocrm.row.id)).error).toBeNull();
  });

  it("survives a secret key that is wrong for a while", async () => {
    const amocrm = await aSignedInAmocrm();
    const secrets = await secretsOf(amocrm);
    const seal = async (clientSecret: string) =>
      await database.db
        .updateTable("integrations")
        .set({ secrets: sealSecrets({ ...secrets, clientSecret }, secretKey) })
        .where("id", "=", amocrm.row.id)
        .execute();
    amocrm.standIn.expire();
    await seal("wrong");
    const [next] = await tryOnce(toCall(amocrm, { contactId: await aContact() }));
    expect((await lastOf(amocrm))?.summary).toContain("Client authentication failed");
    await seal(amocrmClient.clientSecret);
    expect(await tryOnce(next?.data ?? null)).toEqual([]);
    expect(await lastOf(amocrm)).toMatchObject({ ok: true });
  });

  it("is asked for in the log where it was never done", async () => {
    const amocrm = await anAmocrm({ ...amocrmClient });
    expect(await tryOnce(toCall(amocrm, { contactId: await aContact() }))).toHaveLength(1);
    expect((await lastOf(amocrm))?.summary).toContain("nobody has signed in");
    expect(amocrm.standIn.calls).toEqual([]);
  });

  it("with a long-lived token that is refused asks for a new one", async () => {
    const amocrm = await anAmocrm({ accessToken: "too-old-a-token" });
    expect(await tryOnce(toCall(amocrm, { contactId: await aContact() }))).toHaveLength(1);
    expect((await requireIntegration(database.db, shop, amocrm.row.id)).error).toMatch(/new long-lived token/);
  });
});

describe("seven requests a second", () => {
  it("are kept over two processes", async () => {
    const second = await testShell(isOnServer ? await openAgain(database) : database, { jobKinds, secretKey });
    const own = await aShop(one);
    const amocrm = await anAmocrm(undefined, { workspaceId: own.workspaceId });
    const contacts = await Promise.all(Array.from({ length: 12 }, async () => await aContact({ name: "N" }, own)));
    const send = { kind: "actions", actions: [{ action: "send_deal_to_amocrm", args: {} }] } as const;
    await Promise.all(
      contacts.map(async (contactId, n) => {
        const { shell } = n % 2 ? one : second;
        await shell.submit({
          target: { contactId },
          happening: { ...send, actions: [...send.actions] },
          source: "api",
        });
      }),
    );
    const calls = async () => await listIntegrationCalls(database.db, own, {}, { limit: 50 });
    await until("all are in the log", async () => (await calls()).length === contacts.length);
    expect((await calls()).every(({ ok, attempt }) => ok && attempt === 1)).toBe(true);
    const times = amocrm.standIn.calls.map(({ at }) => at);
    expect(times).toHaveLength(12);
    // A request may be late and the next one not: of the whole, only one can be.
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(10 * 150);
    expect(amocrm.standIn.peak()).toBeLessThanOrEqual(8);
    await second.stop();
    if (second.database !== database) await second.database.close();
  });
});
