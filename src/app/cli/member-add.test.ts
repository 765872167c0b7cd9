import { afterAll, beforeAll, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import { createUser } from "../../store/member-store.ts";
import { memberAdd } from "./member-add.ts";

let server: TestServer;
let tenant: Tenant;
beforeAll(async () => {
  server = await testServer();
  tenant = await aTenant(server);
  await createUser(server.database.db, { email: "Ann@example.com", name: "Ann" });
});
afterAll(() => server.close());

const add = async (options: object) =>
  await memberAdd.run({ database: server.database } as never, { role: "admin", ...options } as never);

it("makes an account that is there a member, and stands in the audit log", async () => {
  const { domain } = tenant.workspace;
  const { text, data } = await add({ email: "ann@example.com", workspace: domain });
  expect(text).toBe(`Ann@example.com is admin of ${domain} now.`);
  expect(data).toMatchObject({ email: "Ann@example.com", workspace: domain, role: "admin" });
  const { memberId } = data as { memberId: number };
  const members = (await tenant.call("GET", "/members")).json().data;
  expect(members).toMatchObject([{ id: memberId, email: "Ann@example.com", role: "admin" }]);
  const log = (await tenant.call("GET", `/audit-log?operation=addMember&kind=member&ref=${memberId}`)).json().data;
  expect(log).toMatchObject([
    { actor: { kind: "nobody" }, address: "command line", subject: { ref: String(memberId), name: "Ann" } },
  ]);
  expect(log[0].changes).toEqual([
    { setting: "name", before: null, after: "Ann" },
    { setting: "role", before: null, after: "admin" },
    { setting: "email", before: null, after: "Ann@example.com" },
  ]);
});

it("says what to do where there is no such user or workspace, and what somebody is who is there already", async () => {
  const { domain } = tenant.workspace;
  await createUser(server.database.db, { email: "bob@example.com", name: "" });
  await add({ email: "bob@example.com", workspace: domain, role: "viewer" });
  await expect(add({ email: "bob@example.com", workspace: domain })).rejects.toMatchObject({
    code: "member.exists",
    message: expect.stringContaining(`is a member of ${domain} already, as viewer`),
  });
  await expect(add({ email: "nobody@example.com", workspace: domain })).rejects.toMatchObject({
    code: "user.not_found",
    message: expect.stringContaining(
      `repartee user create --email nobody@example.com --workspace ${domain} --role admin`,
    ),
  });
  await expect(add({ email: "bob@example.com", workspace: "none" })).rejects.toMatchObject({
    code: "workspace.not_found",
    message: expect.stringContaining(domain),
  });
});
