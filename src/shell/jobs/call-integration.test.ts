import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../../test/database.ts";
import { outboundToLoopback } from "../../../test/outbound.ts";
import { aReceiver, type ReceivedCall, type Receiver } from "../../../test/receiver.ts";
import { aShop, contactOf, recordingLog, type Shop, type TestShell, testShell } from "../../../test/shell.ts";
import { until } from "../../../test/until.ts";
import type { JobRequest } from "../../model/outcome.ts";
import { listIntegrationCalls, retryIntegrationCall } from "../../store/integration-log-store.ts";
import {
  changeIntegration,
  createIntegration,
  deleteIntegration,
  type Integration,
  requireIntegration,
  setLink,
} from "../../store/integration-store.ts";
import { takeLease } from "../../store/lease-store.ts";
import { sealSecrets } from "../../store/secret-box.ts";
import { createWorkspace } from "../../store/workspace-store.ts";
import type { JobContext } from "../jobs.ts";
import { callIntegration } from "./call-integration.ts";
import { jobKinds } from "./index.ts";

const secretKey = randomBytes(32);
const key = "k3y-of-the-school";
let database: TestDatabase;
let one: TestShell;
let receiver: Receiver;
let shop: Shop;
let ann: number;
beforeAll(async () => {
  database = await testDatabase();
  receiver = await aReceiver();
  one = await testShell(database, { jobKinds, secretKey });
  shop = await aShop(one, { fields: [{ key: "deal", name: "Deal", kind: "text" }] });
  ann = contactOf(await one.shell.submit(shop.from("ann", "hello")));
  await act("set_profile", { key: "email", value: "ann@example.com" });
});
beforeEach(() => {
  receiver.answer("/pl/api/users", good);
  receiver.answer("/pl/api/deals", good);
});
afterAll(async () => {
  await receiver.close();
  await one.stop();
  await database.close();
});

const good: Parameters<Receiver["answer"]>[1] = (_call, response) => {
  response.end(JSON.stringify({ success: true, action: "add", result: { success: true, user_id: 7, deal_id: 12 } }));
};
const act = (action: string, args: Record<string, unknown>) =>
  one.shell.submit({
    target: { contactId: ann },
    happening: { kind: "actions", actions: [{ action, args }] },
    source: "api",
  });
const aSchool = async (): Promise<Integration> =>
  await createIntegration(database.db, shop.workspaceId, {
    kind: "getcourse",
    name: `School ${randomBytes(4).toString("hex")}`,
    settings: { account: receiver.url },
    sealedSecrets: sealSecrets({ key }, secretKey),
    active: true,
  });
const callsOf = (integrationId: number) =>
  listIntegrationCalls(database.db, { workspaceId: shop.workspaceId }, { integrationId }, { limit: 50 });
const paramsOf = (call: ReceivedCall | undefined) =>
  JSON.parse(Buffer.from(new URLSearchParams(call?.body).get("params") ?? "", "base64").toString());

/** Runs one try by hand: what it enqueues is shown, and does not run. */
async function tryOnce(school: Integration, data: Record<string, unknown> = {}): Promise<JobRequest[]> {
  const enqueued: JobRequest[] = [];
  const context: JobContext = {
    db: database.db,
    submit: one.shell.submit,
    enqueue: async (_trx, jobs) => void enqueued.push(...jobs),
    outbound: outboundToLoopback,
    runScript: undefined as never,
    lookUpProfile: async () => undefined,
    bulkRoom: async () => ({ free: 1_000, most: 1_000 }),
    announceBroadcast: () => {},
    secretKey,
    log: recordingLog([]),
    now: one.clock.now,
  };
  const params = { user: { email: "ann@example.com" }, system: {}, session: {} };
  const call = {
    integrationId: school.id,
    workspaceId: shop.workspaceId,
    contactId: ann,
    callId: randomBytes(8).toString("hex"),
  };
  await callIntegration.run({ ...call, operation: "send_user", args: { params, cuid: "c-ann" }, ...data }, context);
  return enqueued;
}

describe("an action that names an integration", () => {
  it("does not reach another workspace's integration, nor its credentials, whatever its job says", async () => {
    const school = await aSchool();
    const stranger = await createWorkspace(database.db, { domain: "stranger", name: "Stranger" });
    const before = [receiver.at("/pl/api/users").length, receiver.at("/pl/api/deals").length];
    expect(await tryOnce(school, { workspaceId: stranger.id })).toEqual([]);
    expect([receiver.at("/pl/api/users").length, receiver.at("/pl/api/deals").length]).toEqual(before);
    expect(await callsOf(school.id)).toEqual([]);
  });

  it("has it called after the commit, keeps parts of the answer, and writes the call into the log without its secrets", async () => {
    const school = await aSchool();
    const before = receiver.at("/pl/api/deals").length;
    const reply = await act("send_to_getcourse", {
      integration: school.ref,
      groups: ["Webinar"],
      fields: { Level: "{{ fields.level | default: 'new' }}" },
      deal: { offerCode: "OFFER-1", cost: "990" },
      save: [{ path: "$.deal_id", field: "deal" }],
    });
    expect(reply).toMatchObject({ status: "done", results: [{ ok: true }] });
    await until("the call is in the log", async () => (await callsOf(school.id)).length === 1);
    const [call] = receiver.at("/pl/api/deals").slice(before);
    expect(new URLSearchParams(call?.body).get("key")).toBe(key);
    expect(paramsOf(call)).toMatchObject({
      user: {
        email: "ann@example.com",
        group_name: ["Webinar"],
        addfields: { Level: "new", bothelp_id: expect.any(String) },
      },
      deal: { offer_code: "OFFER-1", deal_cost: "990" },
      system: { refresh_if_exists: 1, return_payment_link: 1 },
    });
    const [entry] = await callsOf(school.id);
    expect(entry).toMatchObject({ ok: true, contactId: ann, integration: "getcourse", attempt: 1, canRetry: false });
    expect(JSON.stringify(entry)).not.toContain(key);
    expect(JSON.stringify(entry?.request)).toContain("••••••••");
    const field = await database.db
      .selectFrom("contactFields")
      .select("value")
      .where("contactId", "=", ann)
      .executeTakeFirst();
    expect(field?.value).toBe("12");
  });

  it("is refused where there is none, where it is not clear which, and where the contact lacks what it needs", async () => {
    const empty = await aShop(one);
    const bob = contactOf(await one.shell.submit(empty.from("bob", "hello")));
    const ask = async (contactId: number, args: Record<string, unknown>) =>
      await one.shell.submit({
        target: { contactId },
        happening: { kind: "actions", actions: [{ action: "send_to_getcourse", args }] },
        source: "api",
      });
    expect(await ask(bob, {})).toMatchObject({ status: "refused", code: "integration.not_found" });
    const school = await aSchool();
    await aSchool();
    expect(await ask(ann, {})).toMatchObject({ status: "refused", code: "integration.ambiguous" });
    expect(await ask(ann, { integration: "elsewhere" })).toMatchObject({ code: "integration.not_found" });
    expect(await ask(ann, { integration: school.name, email: "nobody" })).toMatchObject({
      results: [{ ok: false, error: { code: "getcourse.no_email" } }],
    });
  });
});

describe("a try", () => {
  it("that fails in passing is made again later, each a line of the log; the last one can be sent again, once", async () => {
    const school = await aSchool();
    receiver.answer("/pl/api/users", (_call, response) => response.writeHead(503).end());
    const [next] = await tryOnce(school);
    expect(next).toMatchObject({ kind: "call-integration", startAt: one.clock.now() + 10_000, data: { attempt: 2 } });
    expect(await callsOf(school.id)).toMatchObject([{ ok: false, canRetry: false }]);
    expect((await requireIntegration(database.db, school, school.id)).error).toContain("503");
    expect(await tryOnce(school, { attempt: 7 })).toEqual([]);
    const [last] = await callsOf(school.id);
    expect(last).toMatchObject({ ok: false, attempt: 7, canRetry: true, summary: expect.stringContaining("given up") });
    const again = (access: { readonly workspaceId: number }) =>
      database.db.transaction().execute((trx) => retryIntegrationCall(trx, access, last?.id ?? 0, new Date()));
    await expect(again({ workspaceId: shop.workspaceId + 1 })).rejects.toMatchObject({
      code: "integration_call.not_found",
    });
    expect(await again(school)).toMatchObject({ kind: "call-integration", data: { attempt: 1, contactId: ann } });
    await expect(again(school)).rejects.toMatchObject({ code: "integration_call.not_retriable" });
    receiver.answer("/pl/api/users", good);
    await tryOnce(school);
    expect((await requireIntegration(database.db, school, school.id)).error).toBeNull();
  });

  it("of an integration that is switched off or gone waits in the log", async () => {
    const school = await aSchool();
    await changeIntegration(database.db, school, school.id, { active: false });
    expect(await tryOnce(school)).toEqual([]);
    expect(await callsOf(school.id)).toMatchObject([{ canRetry: true, summary: "the integration is switched off" }]);
    await deleteIntegration(database.db, school, school.id);
    await tryOnce(school);
    const all = await listIntegrationCalls(database.db, school, { contactId: ann, ok: false }, { limit: 1 });
    expect(all).toMatchObject([{ integrationId: null, summary: "the integration was deleted", canRetry: true }]);
  });

  it("waits while another one for the same contact is under way", async () => {
    const school = await aSchool();
    const lease = await takeLease(database.db, `integration ${school.id} contact ${ann}`, 60_000);
    expect(await tryOnce(school)).toMatchObject([{ data: { attempt: 1 }, startAt: one.clock.now() + 2_000 }]);
    expect(await callsOf(school.id)).toEqual([]);
    await lease?.end();
    expect(await tryOnce(school)).toEqual([]);
    expect(await callsOf(school.id)).toMatchObject([{ ok: true }]);
  });

  it("whose answer is lost is not repeated by itself where that could make a second deal", async () => {
    const school = await aSchool();
    const user = { email: "ann@example.com" };
    const deal = (number?: string) => ({
      operation: "send_deal",
      args: {
        params: {
          user,
          system: {},
          session: {},
          deal: { offer_code: "A", ...(number === undefined ? {} : { deal_number: number }) },
        },
        cuid: "c-ann",
      },
    });
    receiver.answer("/pl/api/deals", (_call, response) => response.destroy());
    expect(await tryOnce(school, deal())).toEqual([]);
    expect(await callsOf(school.id)).toMatchObject([
      { canRetry: true, summary: expect.stringContaining("not known whether the deal was made") },
    ]);
    expect(await tryOnce(school, deal("77"))).toMatchObject([{ data: { attempt: 2 } }]);
    // A process that died in the middle leaves its mark.
    receiver.answer("/pl/api/deals", good);
    const before = receiver.at("/pl/api/deals").length;
    const mark = { integrationId: school.id, contactId: ann, name: "call" };
    await setLink(database.db, mark, "cut-off", new Date());
    await tryOnce(school, { ...deal(), callId: "cut-off" });
    expect(receiver.at("/pl/api/deals").length).toBe(before);
    await tryOnce(school, { ...deal(), callId: "another" });
    expect(receiver.at("/pl/api/deals").length).toBe(before + 1);
  });
});

describe("turns", () => {
  it("come one after the other for everybody who asks, and are refused where the line is too long", async () => {
    const { takeTurn } = await import("../../store/integration-store.ts");
    const school = await aSchool();
    const take = (mostMs = 100_000) => takeTurn(database.db, school.id, { everyMs: 10_000, mostMs });
    const waits = [];
    for (let n = 0; n < 4; n += 1) waits.push(Math.round(((await take()) ?? -1) / 10_000));
    expect(waits).toEqual([0, 1, 2, 3]);
    expect(await take(15_000)).toBeUndefined();
    expect(Math.round(((await take()) ?? -1) / 10_000)).toBe(4);
  });
});
