import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { aTenant, type CallOptions, type Tenant, type TestServer, testServer } from "../../../test/server.ts";

let server: TestServer;
let tenant: Tenant;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  tenant = await aTenant(server);
});

const aContact = async (body: object, { call, bot } = tenant): Promise<{ id: number; cuid: string }> =>
  (await call("POST", "/contacts", { body: { bot: bot.ref, ...body } })).json();
const merge = (primary: number | string, body: object, options: CallOptions = {}) =>
  tenant.call("POST", `/contacts/${primary}/merge`, { body, ...options });

describe("merging by the API", () => {
  it("answers with the whole contact; the other is deleted, its cuid finds this one", async () => {
    const ann = await aContact({ email: "ann@example.com", tags: ["a"] });
    const anna = await aContact({ email: "anna@example.com", phone: "+79001234567", tags: ["b"] });
    const answer = await merge(ann.id, { secondary: anna.id, deleteSecondary: true });
    expect([answer.statusCode, answer.json()]).toMatchObject([
      200,
      { id: ann.id, email: "ann@example.com", phone: "+79001234567", tags: ["a", "b"] },
    ]);
    expect((await tenant.call("GET", `/contacts/${anna.id}`)).statusCode).toBe(404);
    expect((await tenant.call("GET", `/contacts/cuid:${anna.cuid}`)).json().id).toBe(ann.id);
    expect((await tenant.call("GET", `/contacts?cuid=${anna.cuid}`)).json().data).toMatchObject([{ id: ann.id }]);
  });

  it("keeps the other unless told to delete it, and takes cuids", async () => {
    const [ann, anna] = [await aContact({ name: "Ann" }), await aContact({ name: "Anna", tags: ["b"] })];
    const answer = await merge(`cuid:${ann.cuid}`, { secondary: `cuid:${anna.cuid}` });
    expect(answer.json()).toMatchObject({ id: ann.id, name: "Ann", tags: ["b"] });
    expect((await tenant.call("GET", `/contacts/${anna.id}`)).json()).toMatchObject({ name: "Anna", tags: [] });
  });

  it("is done once by one key, though the other is gone when it is asked again", async () => {
    const [ann, anna] = [await aContact({}), await aContact({ tags: ["b"] })];
    const body = { secondary: anna.id, deleteSecondary: true };
    const first = await merge(ann.id, body, { key: "merge-1" });
    expect((await merge(ann.id, body, { key: "merge-1" })).json()).toEqual(first.json());
    expect((await merge(ann.id, body)).json().error.code).toBe("contact.not_found");
  });

  it("is refused with itself, over bots, with nobody, and with what is no contact", async () => {
    const ann = await aContact({});
    const other = (await tenant.call("POST", "/bots", { body: { name: "Second" } })).json();
    const elsewhere = await aContact({ bot: other.ref });
    for (const [secondary, status, code] of [
      [ann.id, 422, "contact.merge_itself"],
      [elsewhere.id, 409, "contact.merge_other_bot"],
      [987_654_321, 404, "contact.not_found"],
      ["everybody", 422, "request.invalid"],
    ] as const) {
      const answer = await merge(ann.id, { secondary });
      expect([answer.statusCode, answer.json().error.code]).toEqual([status, code]);
    }
    expect((await merge(987_654_321, { secondary: ann.id })).statusCode).toBe(404);
    expect((await merge(ann.id, { secondary: elsewhere.id, colour: "red" })).statusCode).toBe(422);
  });

  it("neither takes from another workspace nor gives to it", async () => {
    const stranger = await aTenant(server);
    const [mine, theirs] = [await aContact({}), await aContact({}, stranger)];
    expect((await merge(mine.id, { secondary: theirs.id })).json().error.code).toBe("contact.not_found");
    expect((await merge(theirs.id, { secondary: mine.id })).json().error.code).toBe("contact.not_found");
    const foreign = { token: stranger.token };
    expect((await merge(mine.id, { secondary: theirs.id }, foreign)).statusCode).toBe(404);
    const reader = await tenant.mintToken({ scopes: ["contacts:read"] });
    expect((await merge(mine.id, { secondary: mine.id }, { token: reader })).statusCode).toBe(403);
  });
});
