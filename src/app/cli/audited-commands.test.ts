import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import type { AuditEntryBody } from "../../http/contract/audit-log.ts";
import { listAuditEntries } from "../../store/audit-store.ts";
import type { DatabaseCommand } from "./command.ts";
import { tokenCreate } from "./token-create.ts";
import { tokenRevoke } from "./token-revoke.ts";
import { userCreate } from "./user-create.ts";
import { workspaceCreate } from "./workspace-create.ts";

let server: TestServer;
let tenant: Tenant;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  tenant = await aTenant(server);
});

async function run<Data>(command: DatabaseCommand, options: object): Promise<Data> {
  const context = { database: server.database, secretKey: server.secretKey };
  return (await command.run(context as never, options as never)).data as Data;
}
const read = async (): Promise<AuditEntryBody[]> => (await tenant.call("GET", "/audit-log")).json().data;
const byCommand = { actor: { kind: "nobody", id: null, name: "" }, address: "command line" };

it("writes of a token that a command makes or revokes what the API writes of it, but who did it", async () => {
  const { domain } = tenant.workspace;
  const body = { kind: "uchat", name: "Make", scopes: ["act"], bot: tenant.bot.ref };
  const byApi = (await tenant.call("POST", "/tokens", { body })).json();
  await tenant.call("DELETE", `/tokens/${byApi.id}`);
  const options = { workspace: domain, kind: "uchat", name: "Make", scopes: "act", bot: tenant.bot.ref };
  const made = await run<{ id: number }>(tokenCreate, { ...options, team: false });
  await run(tokenRevoke, { id: String(made.id) });
  await run(tokenRevoke, { id: String(made.id) });
  const [revoked, created, apiRevoked, apiCreated, ...others] = await read();
  expect(others).toEqual([]);
  expect([revoked, created]).toMatchObject([
    { ...byCommand, operation: "revokeToken", subject: { kind: "token", ref: String(made.id), name: "Make" } },
    { ...byCommand, operation: "createToken", subject: { kind: "token", ref: String(made.id), name: "Make" } },
  ]);
  expect([revoked?.changes, created?.changes]).toEqual([apiRevoked?.changes, apiCreated?.changes]);
  expect(created?.changes).toContainEqual({ setting: "scopes", before: null, after: ["act"] });
});

it("writes of a user who is made in a workspace that a member was added, as the API does", async () => {
  const { domain } = tenant.workspace;
  const { memberId } = await run<{ memberId: number }>(userCreate, {
    ...{ email: "ann@example.com", name: "Ann", workspace: domain, role: "admin" },
  });
  await run(userCreate, { email: "bob@example.com", name: "", role: "owner" });
  const changes = Object.entries({ name: "Ann", role: "admin", email: "ann@example.com" });
  expect(await read()).toMatchObject([
    {
      ...{ ...byCommand, operation: "addMember", subject: { kind: "member", ref: String(memberId), name: "Ann" } },
      changes: changes.map(([setting, after]) => ({ setting, before: null, after })),
    },
  ]);
});

it("begins the log of a workspace that a command makes with that, and nothing is written of a refusal", async () => {
  const { id } = await run<{ id: number }>(workspaceCreate, { domain: "mall", timeZone: "Europe/Madrid" });
  await expect(run(workspaceCreate, { domain: "mall", timeZone: "UTC" })).rejects.toMatchObject({
    code: "workspace.domain_taken",
  });
  const entries = await listAuditEntries(server.database.db, id, {}, { before: undefined, limit: 10 });
  expect(entries).toMatchObject([
    {
      ...{ operation: "createWorkspace", kind: "workspace", ref: String(id), name: "mall" },
      ...{ actorKind: "nobody", address: "command line" },
    },
  ]);
  expect(entries[0]?.changes).toContainEqual({ setting: "timeZone", before: null, after: "Europe/Madrid" });
});
