import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import { createUser, joinWorkspace } from "../../store/member-store.ts";
import { createSession } from "../../store/session-store.ts";
import { createToken, touchToken } from "../../store/token-store.ts";
import type { DatabaseCommand } from "./command.ts";
import { tokenList } from "./token-list.ts";
import { tokenRevoke } from "./token-revoke.ts";
import { userList } from "./user-list.ts";
import { workspaceList } from "./workspace-list.ts";

let server: TestServer;
let tenant: Tenant;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  tenant = await aTenant(server);
});

const run = async (command: DatabaseCommand, options: object = {}) =>
  await command.run({ database: server.database } as never, options as never);
const lineWith = (text: string, part: string) => text.split("\n").find((line) => line.includes(part)) ?? "";

describe("workspace list", () => {
  it("tells domain, name, time zone and how much is in each, and nothing of one that is being deleted", async () => {
    const { db } = server.database;
    const gone = await aTenant(server);
    await db.updateTable("workspaces").set({ deletedAt: new Date() }).where("id", "=", gone.workspace.id).execute();
    const { text, data } = await run(workspaceList);
    const { domain, name } = tenant.workspace;
    expect(lineWith(text, domain)).toMatch(
      new RegExp(`^${domain} +${name} +UTC +1 +0 +\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d$`),
    );
    expect(data).toContainEqual(expect.objectContaining({ domain, name, timeZone: "UTC", bots: 1, members: 0 }));
    expect(text).not.toContain(gone.workspace.domain);
  });
});

describe("user list", () => {
  it("tells who there is, where, and how they sign in, in the order of their e-mails", async () => {
    const { db } = server.database;
    const { domain, id } = tenant.workspace;
    const bob = await createUser(db, { email: "bob@example.com", name: "Bob", passwordHash: "x" });
    await createUser(db, { email: "Ann@example.com", name: "" });
    await joinWorkspace(db, id, bob, "admin");
    const at = new Date("2026-01-15T12:00:00Z");
    await createSession(db, { userId: bob, userAgent: "", isCookiePrefixed: false, at });
    const { text, data } = await run(userList);
    expect(lineWith(text, "bob@")).toMatch(new RegExp(`Bob +${domain} \\(admin\\) +password +.* 2026-01-15 12:00$`));
    expect(lineWith(text, "Ann@")).toMatch(/^Ann@example.com +none +nothing yet .* not signed in$/);
    expect(text.indexOf("Ann@")).toBeLessThan(text.indexOf("bob@"));
    expect(data).toContainEqual({
      ...{ id: bob, email: "bob@example.com", name: "Bob", hasPassword: true, hasSecondFactor: false },
      ...{ createdAt: expect.any(String), seenAt: "2026-01-15T12:00:00.000Z" },
      workspaces: [{ domain, role: "admin" }],
    });
    const ofOne = (await run(userList, { workspace: domain })).data as { email: string }[];
    expect(ofOne.map(({ email }) => email)).toEqual(["bob@example.com"]);
  });
});

describe("token list", () => {
  it("tells of each what it is and when it was used, and never the token", async () => {
    const { db } = server.database;
    const { domain, id: workspaceId } = tenant.workspace;
    const { bot } = tenant;
    const used = await createToken(db, {
      ...{ workspaceId, botId: bot.id, kind: "uchat", name: "Make", scopes: ["act", "send"] },
      expiresAt: new Date("2020-01-31"),
    });
    await touchToken(db, used.id, new Date("2020-01-15T12:34:56Z"));
    // By which it was used itself.
    const listed = (await tenant.call("GET", "/tokens")).json().data as { botId: number | null }[];
    const { text, data } = await run(tokenList, { workspace: domain });
    expect(lineWith(text, "Make")).toMatch(
      new RegExp(
        `^${used.id} +${domain} +${bot.ref} +uchat +Make +…${used.token.slice(-4)} +act,send .* 2020-01-15 12:34 +expired 2020-01-31 00:00$`,
      ),
    );
    expect(lineWith(text, "test")).toMatch(/ all +api +test .* 2026-01-15 12:00 +no end$/);
    expect(data).toEqual(
      listed.map((token) => ({ ...token, workspace: domain, bot: token.botId === null ? null : bot.ref })),
    );
    expect(JSON.stringify([text, data])).not.toContain(used.token);
  });

  it("tells those of all workspaces, where none is named, and says where there is none of that name", async () => {
    const other = await aTenant(server);
    const { text } = await run(tokenList);
    expect(text).toContain(` ${tenant.workspace.domain} `);
    expect(text).toContain(` ${other.workspace.domain} `);
    await expect(run(tokenList, { workspace: "none" })).rejects.toMatchObject({ code: "workspace.not_found" });
  });
});

describe("token revoke", () => {
  const aToken = async () =>
    await createToken(server.database.db, {
      ...{ workspaceId: tenant.workspace.id, kind: "api" as const, name: "Make", scopes: ["*"] },
    });

  it("closes every door that the token opened, and says so of one that was revoked before", async () => {
    const { token, id } = await aToken();
    expect((await tenant.call("GET", "/tags", { token })).statusCode).toBe(200);
    const { text, data } = await run(tokenRevoke, { id: String(id) });
    expect(text).toContain(`Token ${id} (Make) of ${tenant.workspace.domain} is revoked`);
    expect(data).toMatchObject({ id, workspace: tenant.workspace.domain, kind: "api" });
    server.pass(4_000);
    expect((await tenant.call("GET", "/tags", { token })).statusCode).toBe(401);
    const again = await run(tokenRevoke, { id: String(id) });
    expect(again.text).toContain("was revoked already");
    expect(again.data).toEqual(data);
    const lines = (await run(tokenList)).text.split("\n");
    expect(lines.find((line) => line.startsWith(`${id} `))).toMatch(/revoked \d{4}-/);
  });

  it("says where the numbers stand of a token that there is not, and takes nothing but a number", async () => {
    await expect(run(tokenRevoke, { id: "999999" })).rejects.toMatchObject({
      code: "token.not_found",
      message: expect.stringContaining("repartee token list"),
    });
    expect(tokenRevoke.options.safeParse({ id: "rp_api_x" }).success).toBe(false);
  });
});
