import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

let tenant: Tenant;
beforeEach(async () => {
  tenant = await aTenant(server);
});

async function revision(): Promise<number> {
  const rows = server.database.db.selectFrom("workspaces").select("revision").where("id", "=", tenant.workspace.id);
  return (await rows.executeTakeFirstOrThrow()).revision;
}

describe.each(["tags", "labels"] as const)("%s", (path) => {
  it("are made, renamed on the contacts that have them, and deleted from them", async () => {
    const made = (await tenant.call("POST", `/${path}`, { body: { name: " vip " } })).json();
    expect(made).toMatchObject({ name: "vip" });
    const contact = (await tenant.call("POST", "/contacts", { body: { bot: tenant.bot.id, [path]: ["vip"] } })).json();
    const before = await revision();
    await tenant.call("PATCH", `/${path}/${made.id}`, { body: { name: "VIP" } });
    expect(await revision()).toBe(before + 1);
    const read = async () => (await tenant.call("GET", `/contacts/${contact.id}`)).json()[path];
    expect(await read()).toEqual(["VIP"]);
    expect((await tenant.call("DELETE", `/${path}/${made.id}`)).statusCode).toBe(204);
    expect(await read()).toEqual([]);
    expect((await tenant.call("GET", `/${path}`)).json()).toEqual({ data: [] });
  });

  it("have names of their own", async () => {
    const noun = path.slice(0, -1);
    await tenant.call("POST", `/${path}`, { body: { name: "a" } });
    const { id } = (await tenant.call("POST", `/${path}`, { body: { name: "b" } })).json();
    const taken = [409, `${noun}.name_taken`];
    const again = await tenant.call("POST", `/${path}`, { body: { name: "a" } });
    expect([again.statusCode, again.json().error.code]).toEqual(taken);
    const renamed = await tenant.call("PATCH", `/${path}/${id}`, { body: { name: "a" } });
    expect([renamed.statusCode, renamed.json().error.code]).toEqual(taken);
    expect((await tenant.call("PATCH", `/${path}/${id}`, { body: { name: "b" } })).statusCode).toBe(200);
  });
});

describe("fields", () => {
  it("are made, renamed and deleted with the values in them", async () => {
    const body = { key: "city", name: "Город", kind: "text" };
    const field = (await tenant.call("POST", "/fields", { body })).json();
    expect(field).toMatchObject({ ...body, description: "" });
    const contact = (
      await tenant.call("POST", "/contacts", { body: { bot: tenant.bot.id, fields: { city: "Perm" } } })
    ).json();
    expect((await tenant.call("PATCH", `/fields/${field.id}`, { body: { name: "City" } })).json()).toMatchObject({
      key: "city",
      name: "City",
    });
    expect((await tenant.call("DELETE", `/fields/${field.id}`)).statusCode).toBe(204);
    expect((await tenant.call("GET", `/contacts/${contact.id}`)).json().fields).toEqual({});
  });

  it("are refused with a key or name that is taken, or a key that is none", async () => {
    await tenant.call("POST", "/fields", { body: { key: "city", name: "City", kind: "text" } });
    for (const body of [
      { key: "city", name: "Other", kind: "text" },
      { key: "other", name: "City", kind: "text" },
    ]) {
      expect((await tenant.call("POST", "/fields", { body })).json().error.code).toBe("field.key_taken");
    }
    const bad = { key: "Город", name: "Z", kind: "text" };
    expect((await tenant.call("POST", "/fields", { body: bad })).json().error.code).toBe("request.invalid");
  });
});

describe("variables", () => {
  it("hold a value of their kind", async () => {
    const body = { bot: tenant.bot.ref, key: "price", name: "Price", kind: "number", value: "12,5" };
    const made = (await tenant.call("POST", "/variables", { body })).json();
    expect(made).toMatchObject({ value: 12.5, botId: tenant.bot.id });
    const change = (value: unknown) => tenant.call("PATCH", `/variables/${made.id}`, { body: { value } });
    expect((await change("dear")).json().error.code).toBe("variable.invalid_value");
    expect((await change(13)).json()).toMatchObject({ value: 13 });
    expect((await change(null)).json()).toMatchObject({ value: null });
    expect((await tenant.call("GET", `/variables?bot=${tenant.bot.ref}`)).json().data).toHaveLength(1);
    expect((await tenant.call("DELETE", `/variables/${made.id}`)).statusCode).toBe(204);
  });
});

describe("bots and sequences", () => {
  it("are made with a ref, or get one, and are deleted with what they hold", async () => {
    const bot = (await tenant.call("POST", "/bots", { body: { name: "Second" } })).json();
    expect(bot.ref).toMatch(/^[a-z][a-z0-9]{11}$/);
    expect((await tenant.call("PATCH", `/bots/${bot.ref}`, { body: { name: "2nd" } })).json()).toMatchObject({
      name: "2nd",
    });
    const sequence = await tenant.call("POST", "/sequences", { body: { bot: bot.id, name: "Warm up" } });
    expect(sequence.statusCode).toBe(201);
    const { ref } = sequence.json();
    expect((await tenant.call("PATCH", `/sequences/${ref}`, { body: { name: "Warm-up" } })).json().name).toBe(
      "Warm-up",
    );
    const contact = (await tenant.call("POST", "/contacts", { body: { bot: bot.id } })).json();
    expect((await tenant.call("DELETE", `/bots/${bot.id}`)).statusCode).toBe(204);
    expect((await tenant.call("GET", `/sequences/${ref}`)).json().error.code).toBe("sequence.not_found");
    expect((await tenant.call("GET", `/contacts/${contact.id}`)).json().error.code).toBe("contact.not_found");
  });

  it("keep refs unique, and bots' refs apart from ids", async () => {
    const { ref } = tenant.bot;
    expect((await tenant.call("POST", "/bots", { body: { name: "x", ref } })).json().error.code).toBe("bot.ref_taken");
    expect((await tenant.call("POST", "/bots", { body: { name: "x", ref: "12" } })).json().error.code).toBe(
      "request.invalid",
    );
  });
});

describe("tokens", () => {
  it("are shown once, listed without what opens doors, and useless once revoked", async () => {
    const made = (await tenant.call("POST", "/tokens", { body: { name: "Make", scopes: ["contacts:read"] } })).json();
    expect(made.token).toMatch(/^rp_api_[\w-]{43}$/);
    expect((await tenant.call("GET", "/contacts", { token: made.token })).statusCode).toBe(200);
    const list = await tenant.call("GET", "/tokens");
    expect(list.body).not.toContain(made.token);
    expect(list.json().data[0]).toMatchObject({
      name: "Make",
      hint: made.token.slice(-4),
      lastUsedAt: expect.any(String),
    });
    await tenant.call("DELETE", `/tokens/${made.id}`);
    server.pass(3_000);
    const answer = await tenant.call("GET", "/contacts", { token: made.token });
    expect([answer.statusCode, answer.json().error.code]).toEqual([401, "token.invalid"]);
  });

  it("are the same for a repeated request, and do not stand readable among the kept answers", async () => {
    const options = { key: "t1", body: { name: "Make", scopes: ["contacts:read"] } };
    const first = (await tenant.call("POST", "/tokens", options)).json();
    expect((await tenant.call("POST", "/tokens", options)).json()).toEqual(first);
    const kept = await server.database.db.selectFrom("idempotencyKeys").selectAll().execute();
    expect(JSON.stringify(kept)).not.toContain(first.token);
  });

  it("cannot make tokens that may do more than themselves", async () => {
    const maker = await tenant.mintToken({ scopes: ["tokens:write", "contacts:read"] });
    const make = (body: object) => tenant.call("POST", "/tokens", { token: maker, body: { name: "x", ...body } });
    expect((await make({ scopes: ["contacts:read"] })).statusCode).toBe(201);
    for (const body of [{ scopes: ["*"] }, { scopes: ["contacts:write"] }, { kind: "action-link" }]) {
      expect((await make(body)).json().error.code).toBe("token.scope_exceeded");
    }
  });

  it("are refused where there is none, a wrong one, one of another kind, or one without the scope", async () => {
    const other = await tenant.mintToken({ kind: "uchat" });
    const poor = await tenant.mintToken({ scopes: ["contacts:read"] });
    const without = await server.app.inject("/api/v1/tags");
    expect([without.statusCode, without.json().error.code]).toEqual([401, "token.missing"]);
    expect(without.headers["www-authenticate"]).toBe("Bearer");
    expect((await tenant.call("GET", "/tags", { token: "rp_api_wrong" })).statusCode).toBe(401);
    expect((await tenant.call("GET", "/tags", { token: other })).statusCode).toBe(401);
    const denied = await tenant.call("GET", "/tags", { token: poor });
    expect([denied.statusCode, denied.json().error]).toMatchObject([
      403,
      { code: "token.missing_scope", details: { scope: "settings:read" } },
    ]);
  });
});
