import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";

let server: TestServer;
let tenant: Tenant;
beforeAll(async () => {
  server = await testServer();
  tenant = await aTenant(server);
});
afterAll(() => server.close());

describe("/workspace", () => {
  it("shows the caller's workspace and where the world reaches the server", async () => {
    const { id, domain, name } = tenant.workspace;
    const answer = await tenant.call("GET", "/workspace");
    expect(answer.json()).toEqual({
      ...{ id, domain, name, timeZone: "UTC" },
      auditDays: 365,
      needsSecondFactor: false,
      publicUrl: "https://bots.example",
    });
  });

  it("changes name and time zone, and nobody else's", async () => {
    const other = await aTenant(server);
    const body = { name: "School", timeZone: "Europe/Moscow" };
    expect((await tenant.call("PATCH", "/workspace", { body })).json()).toMatchObject(body);
    expect((await tenant.call("GET", "/workspace")).json()).toMatchObject(body);
    expect((await other.call("GET", "/workspace")).json()).toMatchObject({ name: other.workspace.name });
  });

  it("refuses a time zone that there is not, and a token of one bot", async () => {
    const refused = await tenant.call("PATCH", "/workspace", { body: { timeZone: "Mars/Olympus" } });
    expect([refused.statusCode, refused.json().error.details[0].path]).toEqual([422, "timeZone"]);
    const token = await tenant.mintToken({ botId: tenant.bot.id, scopes: ["*"] });
    const denied = await tenant.call("PATCH", "/workspace", { token, body: { name: "x" } });
    expect(denied.statusCode).toBe(403);
  });
});
