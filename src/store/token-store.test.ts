import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../test/database.ts";
import { createBot, findBot } from "./bot-store.ts";
import {
  createToken,
  findToken,
  findTokenByHash,
  hashToken,
  listTokenHashes,
  listTokens,
  revokeToken,
  touchToken,
} from "./token-store.ts";
import { createWorkspace, findWorkspace } from "./workspace-store.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

async function aWorkspace(domain: string) {
  return await createWorkspace(database.db, { domain, name: domain });
}

describe("workspaces and bots", () => {
  it("are found by domain, and a bot by id and by ref", async () => {
    const workspace = await aWorkspace("found");
    const bot = await createBot(database.db, { workspaceId: workspace.id, name: "Shop", ref: "shop" });
    expect(await findWorkspace(database.db, "found")).toEqual(workspace);
    expect(await findBot(database.db, { workspaceId: workspace.id }, "shop")).toEqual(bot);
    expect(await findBot(database.db, { workspaceId: workspace.id }, String(bot.id))).toEqual(bot);
  });

  it("refuse a domain and a ref that are taken", async () => {
    const workspace = await aWorkspace("taken");
    await createBot(database.db, { workspaceId: workspace.id, name: "A", ref: "taken" });
    await expect(aWorkspace("taken")).rejects.toMatchObject({ code: "workspace.domain_taken" });
    await expect(createBot(database.db, { workspaceId: workspace.id, name: "B", ref: "taken" })).rejects.toMatchObject({
      code: "bot.ref_taken",
    });
  });

  it("are not seen from another workspace, nor by a token of another bot", async () => {
    const [mine, other] = [await aWorkspace("mine"), await aWorkspace("other")];
    const bot = await createBot(database.db, { workspaceId: mine.id, name: "A" });
    expect(await findBot(database.db, { workspaceId: other.id }, bot.ref)).toBeUndefined();
    expect(await findBot(database.db, { workspaceId: mine.id, botId: bot.id + 1 }, bot.ref)).toBeUndefined();
  });
});

describe("tokens", () => {
  it("are kept as a hash alone", async () => {
    const { id: workspaceId } = await aWorkspace("hashed");
    const { token, id } = await createToken(database.db, { workspaceId, kind: "api", name: "Make", scopes: ["*"] });
    expect(token).toMatch(/^rp_api_[A-Za-z0-9_-]{43}$/);
    const row = await database.db.selectFrom("tokens").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
    expect(JSON.stringify(row)).not.toContain(token.slice(10));
    expect(await findTokenByHash(database.db, hashToken(token))).toMatchObject({ id, scopes: ["*"], kind: "api" });
  });

  it("are not found once revoked, and stay in the list", async () => {
    const { id: workspaceId } = await aWorkspace("revoked");
    const { token, id } = await createToken(database.db, { workspaceId, kind: "uchat", name: "", scopes: [] });
    await revokeToken(database.db, id, new Date(5000));
    await revokeToken(database.db, id, new Date(9000));
    expect(await findTokenByHash(database.db, hashToken(token))).toBeUndefined();
    expect(await listTokenHashes(database.db, workspaceId, "uchat")).toEqual([]);
    expect((await listTokens(database.db, { workspaceId }))[0]?.revokedAt).toEqual(new Date(5000));
  });

  it("note their use at most once a minute", async () => {
    const { id: workspaceId } = await aWorkspace("touched");
    const { id } = await createToken(database.db, { workspaceId, kind: "api", name: "", scopes: [] });
    const lastUsed = async () => (await findToken(database.db, { workspaceId }, id))?.lastUsedAt?.getTime();
    await touchToken(database.db, id, new Date(100_000));
    await touchToken(database.db, id, new Date(159_000));
    expect(await lastUsed()).toBe(100_000);
    await touchToken(database.db, id, new Date(161_000));
    expect(await lastUsed()).toBe(161_000);
  });
});
