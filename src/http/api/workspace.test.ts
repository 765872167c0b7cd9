import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import { aBrowser } from "../../../test/signed-in.ts";
import type { MemberRole } from "../../model/conversation.ts";
import { hashPassword } from "../../shell/password.ts";
import { createUser, joinWorkspace } from "../../store/member-store.ts";
import { createWorkspace } from "../../store/workspace-store.ts";

let server: TestServer;
let tenant: Tenant;
beforeAll(async () => {
  server = await testServer();
  tenant = await aTenant(server);
});
afterAll(() => server.close());

describe("deleting the workspace", () => {
  const password = "correct horse battery";
  let people = 0;
  const aMember = async (of: Tenant, role: MemberRole) => {
    people += 1;
    const email = `deleting${people}@example.com`;
    const { db } = server.database;
    const userId = await createUser(db, { email, name: "", passwordHash: await hashPassword(password) });
    await joinWorkspace(db, of.workspace.id, userId, role);
    const browser = aBrowser(server, `10.11.0.${people}`);
    expect((await browser.call("POST", "/auth/session", { email, password })).statusCode).toBe(200);
    return browser;
  };
  const codeOf = (answer: { json(): { error?: { code: string } } }) => answer.json().error?.code;

  it("is an owner's alone, who is signed in, types its domain, and the password where that was long ago", async () => {
    const one = await aTenant(server);
    const body = { domain: one.workspace.domain };
    const [owner, admin] = [await aMember(one, "owner"), await aMember(one, "admin")];
    expect(codeOf(await one.call("DELETE", "/workspace", { body }))).toBe("session.not_owner");
    expect(codeOf(await admin.call("DELETE", "/api/v1/workspace", body))).toBe("session.not_owner");
    expect(codeOf(await owner.call("DELETE", "/api/v1/workspace", { domain: "other" }))).toBe("workspace.other_domain");
    server.pass(16 * 60_000);
    expect(codeOf(await owner.call("DELETE", "/api/v1/workspace", body))).toBe("session.proof_needed");
    expect((await one.call("GET", "/workspace")).json().domain).toBe(one.workspace.domain);
  });

  it("has it gone at once for people and tokens, who keep their accounts, and the rest is a job's", async () => {
    const one = await aTenant(server);
    const { domain, id } = one.workspace;
    const [owner, agent] = [await aMember(one, "owner"), await aMember(one, "agent")];
    const answer = await owner.call("DELETE", "/api/v1/workspace", { domain: domain.toUpperCase() });
    expect(answer.statusCode, answer.body).toBe(204);
    for (const browser of [owner, agent]) {
      const session = (await browser.call("GET", "/auth/session")).json();
      expect([session.user === null, session.workspaces]).toEqual([false, []]);
      expect(codeOf(await browser.call("GET", "/api/v1/bots"))).toBe("session.no_workspace");
    }
    server.pass(5_000);
    expect((await one.call("GET", "/workspace")).statusCode).toBe(401);
    expect(server.enqueued.filter(({ kind }) => kind === "delete-workspace")).toMatchObject([
      { data: { workspaceId: id } },
    ]);
    expect(server.logged.some((line) => line.includes("a workspace is deleted"))).toBe(true);
    await expect(createWorkspace(server.database.db, { domain, name: "Anew" })).resolves.toMatchObject({ domain });
  });
});

describe("/workspace", () => {
  it("shows the caller's workspace and where the world reaches the server", async () => {
    const { id, domain, name } = tenant.workspace;
    const answer = await tenant.call("GET", "/workspace");
    expect(answer.json()).toEqual({
      ...{ id, domain, name, timeZone: "UTC" },
      auditDays: 365,
      needsSecondFactor: false,
      assignsOnReply: true,
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
