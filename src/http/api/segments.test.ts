import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";

let server: TestServer;
let mine: Tenant;
let other: Tenant;
beforeAll(async () => {
  server = await testServer();
  [mine, other] = [await aTenant(server), await aTenant(server)];
});
afterAll(async () => await server.close());

const isVip = { match: "all", rules: [{ subject: "tag", key: "vip", operator: "has" }] };
const codeOf = (answer: { json(): { error: { code: string } } }) => answer.json().error.code;

async function aSegment(name: string, condition: unknown = isVip): Promise<number> {
  const answer = await mine.call("POST", "/segments", { body: { name, condition } });
  expect(answer.statusCode, answer.body).toBe(201);
  return answer.json().id;
}

async function aContact(tenant: Tenant, name: string, tags: readonly string[] = []): Promise<number> {
  const made = await tenant.call("POST", "/contacts", { body: { bot: tenant.bot.id, name } });
  const { id } = made.json();
  for (const tag of tags) {
    const ran = await tenant.call("POST", `/contacts/${id}/actions`, { body: { action: "add_tag", args: { tag } } });
    expect(ran.statusCode, ran.body).toBe(200);
  }
  return id;
}

describe("segments", () => {
  it("are made, read, changed and deleted", async () => {
    const id = await aSegment("Best");
    const read = await mine.call("GET", `/segments/${id}`);
    expect(read.json()).toMatchObject({ id, botId: null, name: "Best", condition: isVip });
    const changed = await mine.call("PATCH", `/segments/${id}`, { body: { name: "Better" } });
    expect(changed.json()).toMatchObject({ name: "Better", condition: isVip });
    expect((await mine.call("GET", "/segments")).json().data).toEqual([changed.json()]);
    expect((await mine.call("DELETE", `/segments/${id}`)).statusCode).toBe(204);
    expect(codeOf(await mine.call("GET", `/segments/${id}`))).toBe("segment.not_found");
  });

  it("have names of their own within a workspace", async () => {
    const id = await aSegment("Once");
    const again = await mine.call("POST", "/segments", { body: { name: "Once", condition: isVip } });
    expect([again.statusCode, codeOf(again)]).toEqual([409, "segment.name_taken"]);
    const second = await aSegment("Twice");
    expect(codeOf(await mine.call("PATCH", `/segments/${second}`, { body: { name: "Once" } }))).toBe(
      "segment.name_taken",
    );
    expect((await mine.call("PATCH", `/segments/${id}`, { body: { name: "Once" } })).statusCode).toBe(200);
  });

  it("count, list and test the contacts for whom the condition holds", async () => {
    const id = await aSegment("Members");
    const vips = [await aContact(mine, "Ann", ["vip"]), await aContact(mine, "Bob", ["vip", "new"])];
    const nobody = await aContact(mine, "Cid");
    await aContact(other, "Dan", ["vip"]);
    expect((await mine.call("GET", `/segments/${id}/count`)).json()).toEqual({ count: 2 });
    const first = (await mine.call("GET", `/segments/${id}/contacts?limit=1`)).json();
    const rest = (await mine.call("GET", `/segments/${id}/contacts?limit=1&cursor=${first.nextCursor}`)).json();
    expect([...first.data, ...rest.data].map((one: { id: number }) => one.id)).toEqual(vips);
    expect(rest.nextCursor).toBeNull();
    expect((await mine.call("GET", `/segments/${id}/contacts/${vips[0]}`)).json()).toEqual({ isMember: true });
    expect((await mine.call("GET", `/segments/${id}/contacts/${nobody}`)).json()).toEqual({ isMember: false });
    expect(codeOf(await mine.call("GET", `/segments/${id}/contacts/999999999`))).toBe("contact.not_found");
  });

  it("ask about the moment in each contact's time zone", async () => {
    const far = await aContact(mine, "Eve", ["far"]);
    await mine.call("PATCH", `/contacts/${far}`, { body: { timeZone: "Asia/Tokyo" } });
    const near = await aContact(mine, "Fay", ["far"]);
    const rules = [
      { subject: "tag", key: "far", operator: "has" },
      { subject: "time_of_day", operator: "between", value: ["20:00", "22:00"] },
    ];
    // The server's clock says 12:00 UTC: in Tokyo it is nine in the evening.
    const id = await aSegment("Evening", { match: "all", rules });
    const { data } = (await mine.call("GET", `/segments/${id}/contacts`)).json();
    expect(data.map((one: { id: number }) => one.id)).toEqual([far]);
    expect(near).not.toBe(far);
  });

  it("refuse what is no condition, or one that cannot be asked", async () => {
    const deep = Array.from({ length: 11 }).reduce<object>((rule) => ({ match: "all", rules: [rule] }), isVip);
    const comparison = { subject: "opted_out", operator: "is_true" };
    const group = { match: "any", rules: Array.from({ length: 100 }, () => comparison) };
    for (const condition of [
      {},
      null,
      deep,
      { match: "all", rules: [{ subject: "tag", operator: "has" }] },
      { match: "all", rules: [{ subject: "message", operator: "is_set" }] },
      { match: "all", rules: [group, group, group] },
    ]) {
      const answer = await mine.call("POST", "/segments", { body: { name: "Bad", condition } });
      expect([answer.statusCode, codeOf(answer)]).toEqual([422, "segment.bad_condition"]);
      expect(answer.json().error.details.problems[0]).toMatch(/\w/);
    }
  });

  it("are for their workspace, and for tokens that may", async () => {
    const id = await aSegment("Private");
    for (const path of ["", "/count", "/contacts", "/contacts/1"]) {
      expect(codeOf(await other.call("GET", `/segments/${id}${path}`))).toBe("segment.not_found");
      expect((await mine.call("GET", `/segments/${id}${path}`, { token: "wrong" })).statusCode).toBe(401);
    }
    for (const method of ["PATCH", "DELETE"] as const) {
      expect(codeOf(await other.call(method, `/segments/${id}`, { body: {} }))).toBe("segment.not_found");
    }
    const token = await mine.mintToken({ scopes: ["contacts:read"] });
    expect((await mine.call("GET", `/segments/${id}`, { token })).statusCode).toBe(200);
    expect((await mine.call("DELETE", `/segments/${id}`, { token })).statusCode).toBe(403);
  });
});
