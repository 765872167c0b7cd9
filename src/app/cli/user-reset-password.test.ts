import { afterAll, beforeAll, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import { aBrowser } from "../../../test/signed-in.ts";
import { hashPassword } from "../../shell/password.ts";
import { createUser, joinWorkspace } from "../../store/member-store.ts";
import { userResetPassword } from "./user-reset-password.ts";

let server: TestServer;
let tenant: Tenant;
beforeAll(async () => {
  server = await testServer();
  tenant = await aTenant(server);
});
afterAll(() => server.close());

const reset = async (options: object) =>
  await userResetPassword.run({ database: server.database, config: {} } as never, options as never);

it("prints a new password, signs the person out everywhere, and stands in the audit log", async () => {
  const email = "ann@example.com";
  const old = "correct horse battery";
  const userId = await createUser(server.database.db, { email, name: "", passwordHash: await hashPassword(old) });
  const { id } = await joinWorkspace(server.database.db, tenant.workspace.id, userId, "owner");
  const browser = aBrowser(server, "10.7.0.1");
  expect((await browser.call("POST", "/auth/session", { email, password: old })).statusCode).toBe(200);
  const { text, data } = await reset({ email: "Ann@example.com" });
  expect(text).toMatch(/^\w{20}$/);
  expect(data).toMatchObject({ password: text });
  server.pass(5_000);
  expect((await browser.call("GET", "/auth/devices")).statusCode).toBe(401);
  expect((await browser.call("POST", "/auth/session", { email, password: old })).statusCode).toBe(403);
  expect((await browser.call("POST", "/auth/session", { email, password: text })).statusCode).toBe(200);
  const log = await tenant.call("GET", `/audit-log?operation=losePassword&kind=account&ref=${id}`);
  expect(log.json().data).toMatchObject([{ actor: { kind: "nobody" }, address: "command line" }]);
});

it("takes a given password and does not print it, and refuses a weak one and somebody who is not there", async () => {
  await createUser(server.database.db, { email: "bob@example.com", name: "" });
  const given = await reset({ email: "bob@example.com", passwordFile: "staple of another day" });
  expect(JSON.stringify(given)).not.toContain("staple");
  for (const passwordFile of ["short", "password2026"]) {
    await expect(reset({ email: "bob@example.com", passwordFile })).rejects.toMatchObject({
      code: "user.weak_password",
    });
  }
  await expect(reset({ email: "eve@example.com" })).rejects.toMatchObject({ code: "user.not_found" });
});
