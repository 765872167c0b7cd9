import { describe, expect, it } from "vitest";
import {
  aContact,
  anAmocrm,
  aPhone,
  callsOf,
  database,
  lastOf,
  one,
  shop,
  toCall,
  tryOnce,
  tryUntilOver,
  withAmocrm,
} from "../../../test/amocrm-calls.ts";
import type { AmocrmFault } from "../../../test/stand-ins/amocrm.ts";
import { retryIntegrationCall } from "../../store/integration-log-store.ts";
import { requireIntegration } from "../../store/integration-store.ts";

withAmocrm();

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
