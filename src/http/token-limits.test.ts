import type { InjectOptions } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../test/server.ts";
import { tokenCreate } from "../app/cli/token-create.ts";
import type { TokenKind } from "../store/token-kinds.ts";
import { type KnownRoute, listRoutes } from "./allowed-methods.ts";
import { holdsScope } from "./auth.ts";
import { scopeGroups } from "./contract/common.ts";

let server: TestServer;
let tenant: Tenant;
beforeAll(async () => {
  server = await testServer();
  tenant = await aTenant(server);
});
afterAll(() => server.close());

const doors = {
  "/api/v1": "api",
  "/compat/uchat": "uchat",
  "/compat/chatbot": "chatbot",
  "/compat/bothelp/api": "bothelp",
} as const;
const doorOf = (url: string) => Object.entries(doors).find(([prefix]) => url.startsWith(prefix));
const isOpen = (url: string) =>
  /\/(openapi\.json|docs|api-docs|docs\/.*)$|\/compat\/uchat\/(api\/?|api\/js\/\*|api-docs\/?)$/.test(url);

/** What a token with `read` alone may ask without a GET: questions that are too long for an address. */
const questions = new Set([
  "POST /api/v1/contacts/search",
  "POST /api/v1/contacts/count",
  "POST /api/v1/contacts/:id/render",
  "POST /api/v1/contacts/:id/queries",
  "POST /api/v1/broadcasts/audience",
  "POST /api/v1/flows/:ref/validate",
  "POST /api/v1/variants/snapshots",
  // That somebody looks at a conversation, which is kept nowhere.
  "POST /api/v1/contacts/:id/presence",
  "POST /compat/uchat/api/whatsapp-template/list",
  "POST /compat/uchat/api/subscriber/chat-messages-by-mids",
  "POST /compat/chatbot/users/export",
]);

interface Asked {
  readonly name: string;
  readonly status: number;
  readonly body: string;
}

/** Asks every route of every door that takes tokens, once with each method. */
async function askAll(scopes: readonly string[], only: (method: string) => boolean): Promise<Asked[]> {
  const tokens = new Map<TokenKind, string>();
  for (const kind of Object.values(doors)) tokens.set(kind, await tenant.mintToken({ kind, scopes }));
  const asked: Asked[] = [];
  for (const { url, methods } of listRoutes(server.app) as readonly KnownRoute[]) {
    const door = doorOf(url);
    if (door === undefined || isOpen(url) || url.endsWith("/live")) continue;
    for (const method of methods.filter((one) => one !== "HEAD" && only(one))) {
      const { statusCode, body } = await server.app.inject({
        method: method as NonNullable<InjectOptions["method"]>,
        url: url.replace(/:[A-Za-z_]+/g, "1").replace("*", "x"),
        headers: { authorization: `Bearer ${tokens.get(door[1])}`, "content-type": "application/json" },
        ...(method === "GET" || method === "DELETE" ? {} : { payload: {} }),
      });
      asked.push({ name: `${method} ${url.replace(/\/$/, "")}`, status: statusCode, body });
    }
  }
  return asked;
}

/** How many rows every table has, but for those that only say that somebody asked. */
async function countRows(): Promise<unknown> {
  const tables = [
    "contacts",
    "tags",
    "labels",
    "fields",
    "flows",
    "bots",
    "tokens",
    "messages",
    "webhooks",
    "broadcasts",
  ];
  return await Promise.all(
    tables.map(async (table) => [
      table,
      await server.database.db
        .selectFrom(table as "tags")
        .select("id")
        .execute(),
    ]),
  );
}

describe("a token with the scope read alone", () => {
  it("changes nothing by any route of any door: each refuses before it looks at what was sent", async () => {
    await tenant.mintToken({ kind: "api", scopes: ["read"] });
    const asked = await askAll(["read"], (method) => method !== "GET");
    const before = await countRows();
    const again = await askAll(["read"], (method) => method !== "GET");
    expect(asked.length).toBeGreaterThan(250);
    const passed = again.filter(({ name, status }) => status !== 403 && !questions.has(name));
    expect(passed.map(({ name, status }) => `${name} ${status}`)).toEqual([]);
    const after = (await countRows()) as [string, unknown[]][];
    const grown = after.filter(
      ([table, rows], at) =>
        table !== "tokens" && JSON.stringify((before as typeof after)[at]?.[1]) !== JSON.stringify(rows),
    );
    expect(grown).toEqual([]);
    const reader = await tenant.mintToken({ scopes: ["read"] });
    const { id } = (await tenant.call("POST", "/contacts", { body: { bot: tenant.bot.id, name: "A" } })).json();
    const body = { query: "merge_contact", args: { secondary: String(id) } };
    expect((await tenant.call("POST", `/contacts/${id}/queries`, { body, token: reader })).statusCode).toBe(403);
  }, 120_000);

  it("reads at every door", async () => {
    const asked = await askAll(["read"], (method) => method === "GET");
    const refused = asked.filter(({ status }) => status === 403 || status === 401).map(({ name }) => name);
    // Keys to everything, and who did what, are not among what most readers need; the installation is nobody's who has but a workspace.
    const closed = ["tokens", "audit-log", "system", "system/findings"].map((path) => `GET /api/v1/${path}`);
    expect(refused).toEqual(closed.sort((a, b) => order(a) - order(b)));
    function order(name: string) {
      return asked.findIndex((one) => one.name === name);
    }
  }, 120_000);
});

it("no route reads or changes without a scope", async () => {
  const asked = await askAll(["tokens:read"], () => true);
  const doorsThatKnowGroups = asked.filter(({ name }) => !name.includes("/api/v1/tokens"));
  const letIn = doorsThatKnowGroups.filter(({ status }) => status !== 403);
  expect(letIn.map(({ name, status }) => `${name} ${status}`)).toEqual([]);
}, 120_000);

it.each([
  ["api", "/api/v1/tags"],
  ["uchat", "/compat/uchat/api/flow/tags"],
  ["chatbot", "/compat/chatbot/users"],
  ["bothelp", "/compat/bothelp/api/v1/subscribers"],
] as const)("a token of kind %s that has expired is answered 401, in the door's own shape", async (kind, url) => {
  const token = await tenant.mintToken({ kind, scopes: ["*"], expiresAt: new Date(server.now() + 60_000) });
  const ask = async () => await server.app.inject({ url, headers: { authorization: `Bearer ${token}` } });
  expect((await ask()).statusCode).toBe(200);
  server.pass(60_000);
  const late = await ask();
  expect(late.statusCode).toBe(401);
  expect(late.body).toContain("expired");
  expect(Object.keys(late.json()).sort()).toEqual(
    Object.keys((await server.app.inject({ url, headers: { authorization: "Bearer nonsense" } })).json()).sort(),
  );
});

it("an action link and BotHelp's token endpoint say so too", async () => {
  const expiresAt = new Date(server.now() + 60_000);
  const link = await tenant.mintToken({ kind: "action-link", scopes: ["*"], expiresAt });
  const secret = await tenant.mintToken({ kind: "bothelp", scopes: ["*"], expiresAt });
  const { domain } = tenant.workspace;
  const follow = async (token: string) =>
    await server.app.inject({
      url: `/compat/bothelp/gc?domain_name=${domain}&token=${token}&email=a@example.com&actions[add_tag]=x`,
    });
  const grant = async () =>
    await server.app.inject({
      method: "POST",
      url: "/compat/bothelp/oauth2/token",
      payload: { grant_type: "client_credentials", client_id: domain, client_secret: secret },
    });
  expect([(await follow(link)).statusCode, (await grant()).statusCode]).toEqual([200, 200]);
  const access = (await grant()).json().access_token;
  server.pass(60_000);
  expect([(await follow(link)).statusCode, (await follow(link)).json().error]).toEqual([401, "token_expired"]);
  expect([(await grant()).statusCode, (await grant()).json().error]).toEqual([401, "invalid_client"]);
  const late = await server.app.inject({
    url: "/compat/bothelp/api/v1/subscribers",
    headers: { authorization: `Bearer ${access}` },
  });
  expect(late.statusCode).toBe(401);
  const reader = await tenant.mintToken({ kind: "action-link", scopes: ["read"] });
  expect((await follow(reader)).statusCode).toBe(403);
});

it("a door's token from before there were scopes keeps all it could", async () => {
  const token = await tenant.mintToken({ kind: "uchat", scopes: [] });
  const answer = await server.app.inject({
    method: "POST",
    url: "/compat/uchat/api/flow/create-tag",
    headers: { authorization: `Bearer ${token}` },
    payload: { name: "kept" },
  });
  expect(answer.statusCode).toBe(200);
});

it("is made with scopes and a day by the API and the command line, and nobody gives more than they have", async () => {
  const made = await tenant.call("POST", "/tokens", {
    body: { name: "n", kind: "uchat", scopes: ["read", "send"], expiresAt: "2027-01-31T00:00:00Z" },
  });
  expect(made.json()).toMatchObject({
    scopes: ["read", "send"],
    expiresAt: "2027-01-31T00:00:00.000Z",
    lastUsedAt: null,
  });
  const bad = async (body: object) =>
    (await tenant.call("POST", "/tokens", { body: { name: "n", ...body } })).statusCode;
  expect(await bad({ kind: "uchat", scopes: ["contacts:read"] })).toBe(422);
  expect(await bad({ expiresAt: "2020-01-31T00:00:00Z" })).toBe(422);
  const less = await tenant.mintToken({ scopes: ["read", "tokens:write"] });
  const give = async (body: object) =>
    (await tenant.call("POST", "/tokens", { body: { name: "n", ...body }, token: less })).statusCode;
  expect([await give({ scopes: ["read"] }), await give({ scopes: ["send"] }), await give({ kind: "uchat" })]).toEqual([
    201, 403, 403,
  ]);
  const run = async (options: object) => {
    const parsed = tokenCreate.options.parse({ workspace: tenant.workspace.domain, kind: "api", ...options });
    return await tokenCreate.run({ database: server.database } as never, parsed as never);
  };
  const { data } = (await run({ scopes: "read, act", expires: "2027-01-31" })) as unknown as { data: { id: number } };
  const [row] = (await tenant.call("GET", "/tokens")).json().data.filter(({ id }: { id: number }) => id === data.id);
  expect(row).toMatchObject({ scopes: ["read", "act"], expiresAt: "2027-01-31T00:00:00.000Z" });
  await expect(run({ kind: "uchat", scopes: "contacts:read" })).rejects.toThrow("read, act, send, set-up");
  await expect(run({ scopes: "everything" })).rejects.toThrow();
});

it("a group holds its scopes, and whoever holds all of them holds the group", () => {
  expect(holdsScope(["read"], "contacts:read")).toBe(true);
  expect(holdsScope(["read"], "contacts:write")).toBe(false);
  expect(holdsScope(scopeGroups["set-up"], "set-up")).toBe(true);
  expect(holdsScope(["flows:write"], "set-up")).toBe(false);
  expect(holdsScope(["settings:write"], "segments:write")).toBe(true);
});
