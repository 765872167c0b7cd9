import { describe, expect, it } from "vitest";
import {
  aContact,
  act,
  anAmocrm,
  aPhone,
  callsOf,
  database,
  lastOf,
  one,
  posts,
  toCall,
  tryOnce,
  withAmocrm,
} from "../../../test/amocrm-calls.ts";
import { aShop } from "../../../test/shell.ts";
import { longLivedToken } from "../../../test/stand-ins/amocrm.ts";
import { until } from "../../../test/until.ts";
import { listIntegrationCalls } from "../../store/integration-log-store.ts";

withAmocrm();

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
