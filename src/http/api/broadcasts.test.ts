import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import { getBroadcast, prepareBroadcast } from "../../store/broadcast-store.ts";

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
    expect((await tenant.call("GET", `/broadcasts/${made.id}`)).json().error.code).toBe("broadcast.not_found");
  });

  it("says what is wrong, and is nobody else's business", async () => {
    expect((await make({ audience: {} })).json().error.message).toContain("name one of");
    expect((await make({ audience: { all: true }, flow: "x" })).json().error.message).toContain("name one of");
    expect((await make({ audience: { segments: [999_999] } })).json().error.code).toBe("segment.not_found");
    const { id } = (await make({ audience: { all: true } })).json();
    const stranger = await aTenant(server);
    for (const path of [`/broadcasts/${id}`, `/broadcasts/${id}/recipients`]) {
      expect((await stranger.call("GET", path)).statusCode).toBe(404);
    }
    expect((await stranger.call("POST", `/broadcasts/${id}/start`)).statusCode).toBe(404);
    expect((await make({ audience: { all: true } }, stranger)).statusCode).toBe(404);
  });
});
