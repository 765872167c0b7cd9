import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import { createBroadcast } from "../../store/broadcast-draft-store.ts";
import { prepareBroadcast } from "../../store/broadcast-prepare-store.ts";
import { getBroadcast } from "../../store/broadcast-store.ts";

let server: TestServer;
let tenant: Tenant;
let ids: number[];
beforeAll(async () => {
  server = await testServer();
  tenant = await aTenant(server);
  ids = [];
  for (const tags of [["vip"], ["vip", "old"], []]) {
    ids.push((await tenant.call("POST", "/contacts", { body: { bot: tenant.bot.id, tags } })).json().id);
  }
});
afterAll(() => server.close());

const make = (body: object, of = tenant) =>
  of.call("POST", "/broadcasts", { body: { bot: tenant.bot.ref, name: "News", content: "Hello", ...body } });

/** Whom it would reach: the ledger, filled by hand. */
async function audienceOf(body: object): Promise<number[]> {
  const { id } = (await make({ ...body, start: true })).json();
  const { db } = server.database;
  for (let n = 0; n < 3; n += 1) {
    const broadcast = await getBroadcast(db, id);
    if (broadcast?.status === "preparing") await prepareBroadcast(db, broadcast, new Date(server.now()));
  }
  const { data } = (await tenant.call("GET", `/broadcasts/${id}/recipients`)).json();
  return data.map(({ contactId }: { contactId: number }) => contactId);
}

describe("/broadcasts", () => {
  it("finds its audience by ids, tags, segments, a condition, or all of the bot", async () => {
    const [vip = 0, old = 0, plain = 0] = ids;
    expect(await audienceOf({ audience: { contacts: [plain, vip, plain, 999_999] } })).toEqual([vip, plain]);
    expect(await audienceOf({ audience: { tags: ["vip"] } })).toEqual([vip, old]);
    expect(await audienceOf({ audience: { tags: ["vip"], excludeTags: ["old"] } })).toEqual([vip]);
    const condition = { match: "all", rules: [{ subject: "tag", key: "old", operator: "has" }] };
    const segment = (
      await tenant.call("POST", "/segments", { body: { bot: tenant.bot.id, name: "Old", condition } })
    ).json();
    expect(await audienceOf({ audience: { segments: [segment.id] } })).toEqual([old]);
    expect(await audienceOf({ audience: { condition } })).toEqual([old]);
    expect(await audienceOf({ audience: { all: true } })).toEqual(ids);
  });

  it("tells what its recipients are called", async () => {
    const other = await aTenant(server);
    const people: object[] = [{ name: "Ann Berg" }, { firstName: "Boris", lastName: "Kim" }, {}];
    for (const one of people) await other.call("POST", "/contacts", { body: { bot: other.bot.id, ...one } });
    const { id } = (await make({ bot: other.bot.ref, audience: { all: true }, start: true }, other)).json();
    const { db } = server.database;
    const broadcast = await getBroadcast(db, id);
    if (broadcast !== undefined) await prepareBroadcast(db, broadcast, new Date(server.now()));
    const { data } = (await other.call("GET", `/broadcasts/${id}/recipients`)).json();
    expect(data.map(({ name }: { name: string | null }) => name)).toEqual(["Ann Berg", "Boris Kim", null]);
  });

  it("is listed apart where it sends nothing", async () => {
    const other = await aTenant(server);
    const makeOne = async (body: object) => (await make({ bot: other.bot.ref, ...body }, other)).json();
    const tag = { action: "add_tag", args: { tag: "vip" } };
    const quiet = await makeOne({ audience: { all: true }, content: undefined, actions: [tag] });
    const flow = { action: "send_message", args: { content: "Hello" } };
    const both = await makeOne({ audience: { all: true }, content: undefined, actions: [tag, flow] });
    const plain = await makeOne({ audience: { all: true } });
    const list = async (query: string) =>
      (await other.call("GET", `/broadcasts${query}`)).json().data.map(({ id }: { id: number }) => id);
    expect([quiet.sends, both.sends, plain.sends]).toEqual([false, true, true]);
    expect(await list("?sends=true")).toEqual([plain.id, both.id]);
    expect(await list("?sends=false")).toEqual([quiet.id]);
    expect(await list("")).toEqual([plain.id, both.id, quiet.id]);
  });

  it("is made as a draft, started, paused, resumed and cancelled, each once", async () => {
    const made = (await make({ audience: { all: true }, perMinute: 30 })).json();
    expect(made).toMatchObject({
      status: "draft",
      perMinute: 30,
      recipients: { waiting: 0, sent: 0 },
      actions: [{ action: "send_message", args: { content: "Hello" } }],
    });
    const tell = async (step: string) => (await tenant.call("POST", `/broadcasts/${made.id}/${step}`)).json();
    expect(await tell("start")).toMatchObject({ status: "preparing" });
    expect(server.enqueued.at(-1)).toMatchObject({ kind: "run-broadcast", data: { id: made.id } });
    expect((await tell("start")).error.code).toBe("broadcast.bad_state");
    expect(await tell("pause")).toMatchObject({ status: "paused" });
    expect(await tell("resume")).toMatchObject({ status: "preparing" });
    expect((await tenant.call("DELETE", `/broadcasts/${made.id}`)).json().error.code).toBe("broadcast.bad_state");
    expect(await tell("cancel")).toMatchObject({ status: "cancelled", endedAt: expect.any(String) });
    expect((await tenant.call("DELETE", `/broadcasts/${made.id}`)).statusCode).toBe(204);
    expect(server.enqueued.at(-1)).toMatchObject({ kind: "run-broadcast", data: { id: made.id } });
    expect((await tenant.call("DELETE", `/broadcasts/${made.id}`)).json().error.code).toBe("broadcast.not_found");
    expect((await tenant.call("GET", `/broadcasts/${made.id}`)).json().error.code).toBe("broadcast.not_found");
  });

  it("is changed while it is a draft, and gives back its audience as it was asked for", async () => {
    const [vip = 0, , plain = 0] = ids;
    const made = (await make({ audience: { tags: ["vip"], excludeTags: ["old"], q: "Ann" } })).json();
    expect(made).toMatchObject({ revision: 1, audience: { tags: ["vip"], excludeTags: ["old"], q: "Ann" } });
    const change = (body: object) => tenant.call("PATCH", `/broadcasts/${made.id}`, { body });
    const content = {
      text: "Hi {{ contact.first_name }}",
      buttons: [{ type: "url", title: "Look", url: "https://x.y" }],
    };
    const startAt = "2027-01-01T10:00:00.000Z";
    const changed = await change({ revision: 1, name: "More", audience: { contacts: [plain, vip] }, content, startAt });
    expect(changed.json()).toMatchObject({
      ...{ revision: 2, name: "More", audience: { contacts: [plain, vip] }, startAt, perMinute: null },
      actions: [{ action: "send_message", args: { content } }],
    });
    expect((await change({ revision: 2, perMinute: 5 })).json()).toMatchObject({
      revision: 3,
      name: "More",
      perMinute: 5,
    });
    expect((await change({ revision: 3, startAt: null, flow: "welcome" })).json()).toMatchObject({
      ...{ startAt: null, audience: { contacts: [plain, vip] } },
      actions: [{ action: "start_flow", args: { flow: "welcome" } }],
    });
    const listed = (await tenant.call("GET", "/broadcasts?limit=1")).json().data[0];
    expect(listed).toMatchObject({ id: made.id, revision: 4 });
    expect(listed).not.toHaveProperty("audience");
    expect((await change({ revision: 4, content: "a", flow: "b" })).json().error.message).toContain("at most one of");
    expect((await change({ name: "Without" })).json().error.details[0].path).toBe("revision");
    await tenant.call("POST", `/broadcasts/${made.id}/start`);
    expect((await change({ revision: 4, name: "Late" })).json().error.code).toBe("broadcast.bad_state");
    expect((await tenant.call("GET", `/broadcasts/${made.id}`)).json()).toMatchObject({ name: "More", revision: 4 });
  });

  it("tells the second of two who change one draft, and changes nothing of the first's", async () => {
    const { id } = (await make({ audience: { all: true } })).json();
    const change = (name: string) => tenant.call("PATCH", `/broadcasts/${id}`, { body: { revision: 1, name } });
    const [one, two] = await Promise.all([change("First"), change("Second")]);
    const [good, bad] = one.statusCode === 200 ? [one, two] : [two, one];
    expect([good.statusCode, bad.statusCode]).toEqual([200, 409]);
    expect(bad.json().error).toMatchObject({ code: "broadcast.changed", details: { revision: 2 } });
    expect((await tenant.call("GET", `/broadcasts/${id}`)).json().name).toBe(good.json().name);
  });

  it("is duplicated as a draft, whatever became of it, without a time that has passed", async () => {
    const startAt = new Date(server.now() + 60_000).toISOString();
    const made = (await make({ audience: { tags: ["vip"] }, perMinute: 7, startAt, start: true })).json();
    const copy = async (body?: object) =>
      (await tenant.call("POST", `/broadcasts/${made.id}/duplicate`, body === undefined ? {} : { body })).json();
    const same = { status: "draft", revision: 1, perMinute: 7, audience: { tags: ["vip"] }, actions: made.actions };
    expect(await copy()).toMatchObject({ ...same, name: "News", startAt });
    server.pass(120_000);
    const second = await copy({ name: "News again" });
    expect(second).toMatchObject({ ...same, name: "News again", startAt: null });
    expect(second.id).not.toBe(made.id);
    const late = await tenant.call("POST", `/broadcasts/${second.id}/start`);
    expect(late.json()).toMatchObject({ status: "preparing" });
  });

  it("finds by a part of what people are called, beside another condition", async () => {
    const named = (await tenant.call("POST", "/contacts", { body: { bot: tenant.bot.id, name: "Zoltan" } })).json();
    expect(await audienceOf({ audience: { all: true, q: "zolt" } })).toEqual([named.id]);
    expect(await audienceOf({ audience: { tags: ["vip"], q: "zolt" } })).toEqual([]);
    await tenant.call("DELETE", `/contacts/${named.id}`);
  });

  it("starts no draft whose condition has no rules, until somebody chooses everybody", async () => {
    const rules = { match: "all" as const, rules: [] };
    const { id } = await createBroadcast(server.database.db, {
      ...{ workspaceId: tenant.workspace.id, botId: tenant.bot.id, name: "Old", perMinute: null, startAt: null },
      ...{ audience: { condition: rules }, asked: { condition: rules }, actions: [], at: new Date(server.now()) },
    });
    const refused = await tenant.call("POST", `/broadcasts/${id}/start`);
    expect([refused.statusCode, refused.json().error.code]).toEqual([422, "broadcast.no_rules"]);
    await tenant.call("PATCH", `/broadcasts/${id}`, { body: { revision: 1, audience: { all: true } } });
    expect((await tenant.call("POST", `/broadcasts/${id}/start`)).statusCode).toBe(200);
  });

  it("says what is wrong, and is nobody else's business", async () => {
    expect((await make({ audience: {} })).json().error.message).toContain("name one of");
    // Everybody has to be said: a condition that compares nothing is a form that nobody filled in.
    for (const rules of [[], [{ match: "any", rules: [] }]]) {
      const empty = await make({ audience: { condition: { match: "all", rules } } });
      expect(empty.json().error.details).toMatchObject([{ path: "audience.condition" }]);
    }
    expect((await make({ audience: { all: true }, flow: "x" })).json().error.message).toContain("name one of");
    expect((await make({ audience: { segments: [999_999] } })).json().error.code).toBe("segment.not_found");
    const { id } = (await make({ audience: { all: true } })).json();
    const stranger = await aTenant(server);
    for (const path of [`/broadcasts/${id}`, `/broadcasts/${id}/recipients`]) {
      expect((await stranger.call("GET", path)).statusCode).toBe(404);
    }
    expect((await stranger.call("POST", `/broadcasts/${id}/start`)).statusCode).toBe(404);
    expect((await stranger.call("POST", `/broadcasts/${id}/duplicate`)).statusCode).toBe(404);
    const stolen = await stranger.call("PATCH", `/broadcasts/${id}`, { body: { revision: 1, name: "stolen" } });
    expect(stolen.statusCode).toBe(404);
    expect((await make({ audience: { all: true } }, stranger)).statusCode).toBe(404);
  });
});
