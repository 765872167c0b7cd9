import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { aFlowDocument } from "../../test/flow-samples.ts";
import { aTenant, type Tenant, type TestServer, testServer } from "../../test/server.ts";
import { sessionCookie } from "../../test/signed-in.ts";
import type { MemberRole } from "../model/conversation.ts";
import { hashPassword } from "../shell/password.ts";
import { pruneAuditLog } from "../store/audit-store.ts";
import { createUser, joinWorkspace } from "../store/member-store.ts";
import { type AuditEntryBody, auditedOperations, unauditedOperations } from "./contract/audit-log.ts";

let server: TestServer;
let tenant: Tenant;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  tenant = await aTenant(server);
});

async function read(query = "", of = tenant): Promise<AuditEntryBody[]> {
  const answer = await of.call("GET", `/audit-log${query}`);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json().data;
}
const operationsOf = (entries: readonly AuditEntryBody[]) => entries.map(({ operation }) => operation);

async function make(path: string, body: object): Promise<{ id: number; ref: string }> {
  const answer = await tenant.call("POST", path, { body });
  expect(answer.statusCode, answer.body).toBe(201);
  return answer.json();
}

interface Person {
  readonly memberId: number;
  readonly email: string;
  call(method: "GET" | "POST" | "PATCH" | "DELETE", url: string, body?: object): Promise<{ statusCode: number }>;
}
const password = "correct horse battery";
let people = 0;

/** Somebody of the team with a browser, signed in. */
async function aPerson(role: MemberRole): Promise<Person> {
  people += 1;
  const email = `auditor${people}@example.com`;
  const passwordHash = await hashPassword(password);
  const userId = await createUser(server.database.db, { email, name: `Auditor ${people}`, passwordHash });
  const { id } = await joinWorkspace(server.database.db, tenant.workspace.id, userId, role);
  let cookie = "";
  const call: Person["call"] = async (method, url, body) => {
    const answer = await server.app.inject({
      method,
      url,
      remoteAddress: `10.2.0.${people}`,
      headers: { origin: "https://bots.example", ...(cookie === "" ? {} : { cookie }) },
      ...(body === undefined ? {} : { payload: body }),
    });
    const set = answer.cookies.find(({ name }) => name === sessionCookie);
    if (set !== undefined) cookie = `${sessionCookie}=${encodeURIComponent(set.value)}`;
    return answer;
  };
  expect((await call("POST", "/auth/session", { email, password })).statusCode).toBe(200);
  return { memberId: id, email, call };
}

describe("what is kept", () => {
  it("is said of every operation that is no GET, and of none that there is not", async () => {
    const document = (await server.app.inject("/api/v1/openapi.json")).json();
    const all = Object.values(document.paths as Record<string, Record<string, { operationId: string }>>).flatMap(
      (methods) => Object.entries(methods).map(([method, { operationId }]) => ({ method, operationId })),
    );
    const ids = new Set(all.map(({ operationId }) => operationId));
    const writing = all.filter(({ method }) => method !== "get").map(({ operationId }) => operationId);
    const unsaid = writing.filter((id) => !unauditedOperations.has(id) && !Object.hasOwn(auditedOperations, id));
    expect(unsaid).toEqual([]);
    expect([...unauditedOperations].filter((id) => !writing.includes(id))).toEqual([]);
    const ofAccounts = Object.entries(auditedOperations).filter(([, kind]) => kind === "account");
    const ofApi = Object.keys(auditedOperations).filter((id) => !ofAccounts.some(([name]) => name === id));
    expect(ofApi.filter((id) => !ids.has(id))).toEqual([]);
    expect(ofAccounts.filter(([id]) => ids.has(id))).toEqual([]);
  });

  it("says who did what to which thing, when, from where, and what it was before and after", async () => {
    const tag = await make("/tags", { name: "vip" });
    await tenant.call("PATCH", `/tags/${tag.id}`, { body: { name: "VIP" } });
    await tenant.call("DELETE", `/tags/${tag.id}`);
    const entries = await read();
    expect(entries).toMatchObject([
      { operation: "deleteTag", changes: [{ setting: "name", before: "VIP", after: null }] },
      { operation: "renameTag", changes: [{ setting: "name", before: "vip", after: "VIP" }] },
      { operation: "createTag", changes: [{ setting: "name", before: null, after: "vip" }] },
    ]);
    expect(entries[0]).toMatchObject({
      at: "2026-01-15T12:00:00.000Z",
      actor: { kind: "token", name: "test" },
      subject: { kind: "tag", ref: String(tag.id), name: "VIP" },
      address: "127.0.0.1",
    });
  });

  it("names things by what addresses name them by, and keeps names that are gone", async () => {
    const made = await make("/tokens", { name: "Make", scopes: ["*"] });
    const { token } = made as unknown as { token: string };
    const flow = await tenant.call("POST", "/flows", {
      token,
      body: { bot: tenant.bot.id, document: aFlowDocument() },
    });
    const { ref, name } = flow.json();
    await tenant.call("POST", `/flows/${ref}/publish`, { token });
    await tenant.call("DELETE", `/tokens/${made.id}`);
    await tenant.call("PATCH", `/bots/${tenant.bot.ref}`, { body: { name: "Store" } });
    const entries = await read();
    expect(operationsOf(entries)).toEqual(["renameBot", "revokeToken", "publishFlow", "createFlow", "createToken"]);
    expect(entries[0]).toMatchObject({ subject: { kind: "bot", name: "Store" } });
    expect(entries[2]).toMatchObject({
      actor: { kind: "token", id: made.id, name: "Make" },
      subject: { kind: "flow", ref, name },
      changes: [{ setting: "publishedVersion", before: null, after: 1 }],
    });
  });

  it("is nothing where nothing was changed: a refusal, or the repetition of a request", async () => {
    const options = { key: "once", body: { name: "vip" } };
    await tenant.call("POST", "/tags", options);
    expect((await tenant.call("POST", "/tags", options)).statusCode).toBe(201);
    expect((await tenant.call("POST", "/tags", { body: { name: "vip" } })).statusCode).toBe(409);
    expect((await tenant.call("DELETE", "/tags/999999")).statusCode).toBe(404);
    expect(operationsOf(await read())).toEqual(["createTag"]);
  });

  it("holds also for what is done outside of one transaction", async () => {
    const settings = { token: "123456:ABCDEFGHIJKLMNOP" };
    const body = { bot: tenant.bot.id, kind: "telegram", name: "Telegram", settings, connect: false };
    const channel = await make("/channels", body);
    await tenant.call("POST", `/channels/${channel.id}/disconnect`);
    const invitation = await make("/invitations", { email: "new@example.com", role: "agent" });
    await tenant.call("DELETE", `/invitations/${invitation.id}`);
    expect((await tenant.call("GET", "/contacts/export.csv")).statusCode).toBe(200);
    const entries = await read();
    expect(operationsOf(entries)).toEqual([
      "exportContacts",
      "withdrawInvitation",
      "createInvitation",
      "disconnectChannel",
      "createChannel",
    ]);
    expect(entries[1]).toMatchObject({ subject: { name: "new@example.com" } });
    expect(entries[3]).toMatchObject({ subject: { ref: String(channel.id), name: "Telegram" } });
  });

  it("knows a contact that is gone by its id alone, and who was merged by the one that stays", async () => {
    const [first, second] = [
      await make("/contacts", { bot: tenant.bot.id, name: "Zuzanna" }),
      await make("/contacts", { bot: tenant.bot.id, name: "Zuzanna" }),
    ];
    const merged = await tenant.call("POST", `/contacts/${first.id}/merge`, { body: { secondary: second.id } });
    expect(merged.statusCode, merged.body).toBe(200);
    expect((await tenant.call("DELETE", `/contacts/${first.id}`)).statusCode).toBe(204);
    const entries = await read();
    expect(operationsOf(entries)).toEqual(["deleteContact", "mergeContacts"]);
    expect(entries.map(({ subject }) => subject.ref)).toEqual([String(first.id), String(first.id)]);
    expect(JSON.stringify(entries)).not.toContain("Zuzanna");
  });
});

describe("a vendor's door", () => {
  it("is kept under the native API's names, but what it found there already", async () => {
    const token = await tenant.mintToken({ kind: "uchat", name: "UChat client", botId: tenant.bot.id });
    const call = async (method: "POST" | "PUT" | "DELETE", path: string, payload: object) => {
      const headers = { authorization: `Bearer ${token}` };
      const answer = await server.app.inject({ method, url: `/compat/uchat/api${path}`, headers, payload });
      expect(answer.statusCode, answer.body).toBe(200);
      return answer.json();
    };
    const { tag_ns } = await call("POST", "/flow/create-tag", { name: "vip" });
    await call("POST", "/flow/create-tag", { name: "vip" });
    await call("DELETE", "/flow/delete-tag", { tag_ns });
    await call("POST", "/flow/create-bot-field", { name: "rate", var_type: "number", value: 1 });
    await call("PUT", "/flow/set-bot-field-by-name", { name: "rate", value: 2 });
    const entries = await read();
    expect(operationsOf(entries)).toEqual(["changeVariable", "createVariable", "deleteTag", "createTag"]);
    const ref = /t(\d+)$/.exec(tag_ns)?.[1];
    expect(entries[2]).toMatchObject({
      actor: { kind: "token", name: "UChat client" },
      subject: { kind: "tag", ref, name: "vip" },
      changes: [{ setting: "name", before: "vip", after: null }],
    });
    expect(entries[0]?.subject).toEqual({ kind: "variable", ref: null, name: "rate" });
  });

  it("of ChatBot too", async () => {
    const headers = { authorization: `Bearer ${await tenant.mintToken({ kind: "chatbot" })}` };
    const url = "/compat/chatbot/stories";
    const made = await server.app.inject({ method: "POST", url, headers, payload: { name: "Welcome" } });
    await server.app.inject({ method: "DELETE", url: `${url}/${made.json().id}`, headers });
    const entries = await read();
    expect(operationsOf(entries)).toEqual(["deleteFlow", "createFlow"]);
    expect(entries.map(({ subject }) => subject.name)).toEqual(["Welcome", "Welcome"]);
  });
});

it("never shows a secret, only that it changed", async () => {
  const hidden = ["hidden-value-1", "hidden-value-2", "123456:HIDDENTOKEN", "hidden-password", "hidden-header"];
  const secret = await make("/secrets", { bot: tenant.bot.id, key: "key", name: "Key", value: hidden[0] });
  await tenant.call("PATCH", `/secrets/${secret.id}`, { body: { value: hidden[1] } });
  const settings = { token: hidden[2] };
  await make("/channels", { bot: tenant.bot.id, kind: "telegram", name: "Telegram", settings, connect: false });
  const webhook = await make("/webhooks", {
    ...{ name: "Receiver", url: "https://receiver.invalid/", events: ["tag_added"] },
    headers: { "x-key": hidden[4] },
  });
  await tenant.call("PATCH", `/webhooks/${webhook.id}`, {
    body: { basicAuth: { username: "me", password: hidden[3] } },
  });
  await make("/integrations", { kind: "getcourse", name: "School", settings: { account: "school", key: hidden[0] } });
  const token = ((await make("/tokens", { name: "Make", scopes: ["*"] })) as unknown as { token: string }).token;
  const kept = JSON.stringify(await server.database.db.selectFrom("auditLog").selectAll().execute());
  for (const one of [...hidden, token]) expect(kept).not.toContain(one);
  const [changed] = await read("?operation=changeSecret");
  expect(changed?.changes).toEqual([{ setting: "value", before: "••••••••", after: "••••••••" }]);
  const [auth] = await read("?operation=changeWebhook");
  expect(auth?.changes).toEqual([{ setting: "basicAuth", before: null, after: "••••••••" }]);
});

describe("the list", () => {
  it("is filtered by who, what, thing and period, and comes in pages", async () => {
    const first = await make("/tags", { name: "a" });
    await make("/labels", { name: "a" });
    server.pass(60_000);
    const between = new Date(server.now()).toISOString();
    await tenant.call("DELETE", `/tags/${first.id}`);
    const admin = await aPerson("admin");
    await admin.call("POST", "/api/v1/tags", { name: "b" });
    expect(operationsOf(await read("?kind=tag"))).toEqual(["createTag", "deleteTag", "createTag"]);
    expect(operationsOf(await read(`?kind=tag&ref=${first.id}`))).toEqual(["deleteTag", "createTag"]);
    expect(operationsOf(await read("?operation=createLabel"))).toEqual(["createLabel"]);
    expect(operationsOf(await read(`?from=${between}`))).toEqual(["createTag", "signIn", "deleteTag"]);
    expect(operationsOf(await read(`?to=${between}`))).toEqual(["createLabel", "createTag"]);
    expect(operationsOf(await read(`?member=${admin.memberId}`))).toEqual(["createTag", "signIn"]);
    const tokenId = (await read("?operation=createLabel"))[0]?.actor.id;
    expect(operationsOf(await read(`?token=${tokenId}`))).toEqual(["deleteTag", "createLabel", "createTag"]);
    const page = (await tenant.call("GET", "/audit-log?limit=2")).json();
    const rest = (await tenant.call("GET", `/audit-log?limit=9&cursor=${page.nextCursor}`)).json();
    expect([...operationsOf(page.data), ...operationsOf(rest.data)]).toEqual(operationsOf(await read()));
    expect(rest.nextCursor).toBeNull();
  });

  it("is for owners, admins and tokens of the whole workspace, and only of their own", async () => {
    await make("/tags", { name: "mine" });
    const answers: [string, number][] = [];
    for (const role of ["owner", "admin", "editor", "agent", "viewer"] as const) {
      answers.push([role, (await (await aPerson(role)).call("GET", "/api/v1/audit-log")).statusCode]);
    }
    expect(Object.fromEntries(answers)).toEqual({ owner: 200, admin: 200, editor: 403, agent: 403, viewer: 403 });
    const bound = await tenant.mintToken({ botId: tenant.bot.id });
    expect((await tenant.call("GET", "/audit-log", { token: bound })).json().error.code).toBe("token.bot_bound");
    const poor = await tenant.mintToken({ scopes: ["logs:read"] });
    expect((await tenant.call("GET", "/audit-log", { token: poor })).json().error.code).toBe("token.missing_scope");
    expect(await read("", await aTenant(server))).toEqual([]);
  });

  it("forgets what is older than the workspace keeps it, and nobody else's", async () => {
    const other = await aTenant(server);
    await make("/tags", { name: "old" });
    await other.call("POST", "/tags", { body: { name: "old" } });
    expect((await tenant.call("PATCH", "/workspace", { body: { auditDays: 29 } })).statusCode).toBe(422);
    server.pass(31 * 86_400_000);
    await tenant.call("PATCH", "/workspace", { body: { auditDays: 30 } });
    await pruneAuditLog(server.database.db, new Date(server.now()));
    expect(await read()).toMatchObject([
      { operation: "changeWorkspace", changes: [{ setting: "auditDays", before: 365, after: 30 }] },
    ]);
    expect(operationsOf(await read("", other))).toEqual(["createTag"]);
  });
});

describe("of one's own account", () => {
  it("keeps sign-ins, good and refused, changed passwords, and signing out", async () => {
    const person = await aPerson("agent");
    const wrong = { email: person.email, password: "wrong horse battery" };
    expect((await person.call("POST", "/auth/session", wrong)).statusCode).toBe(403);
    expect((await person.call("POST", "/auth/session", { ...wrong, email: "nobody@example.com" })).statusCode).toBe(
      403,
    );
    const next = "another horse battery";
    await person.call("POST", "/auth/password", { current: "wrong horse battery", next });
    await person.call("POST", "/auth/password", { current: password, next });
    await person.call("DELETE", "/auth/session");
    const entries = await read();
    expect(operationsOf(entries)).toEqual(["signOut", "changePassword", "refusePassword", "refuseSignIn", "signIn"]);
    const subject = { kind: "account", ref: String(person.memberId), name: person.email };
    expect(entries[3]).toMatchObject({ actor: { kind: "nobody", id: null, name: "" }, subject });
    expect(entries[4]).toMatchObject({ actor: { kind: "member", id: person.memberId }, subject });
    expect(entries[4]?.address).toMatch(/^10\.2\.0\./);
    expect(JSON.stringify(entries)).not.toContain("horse");
  });
});
