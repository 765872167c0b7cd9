import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import { aBrowser } from "../../../test/signed-in.ts";
import { hashPassword } from "../../shell/password.ts";
import { createUser, joinWorkspace } from "../../store/member-store.ts";

let server: TestServer;
let tenant: Tenant;
beforeAll(async () => {
  server = await testServer();
  tenant = await aTenant(server);
});
afterAll(() => server.close());

const origin = "https://bots.example";
const password = "correct horse battery";

let people = 0;
async function aViewer() {
  people += 1;
  const email = `viewer${people}@example.com`;
  const userId = await createUser(server.database.db, { email, name: "", passwordHash: await hashPassword(password) });
  await joinWorkspace(server.database.db, tenant.workspace.id, userId, "viewer");
  const browser = aBrowser(server, `10.1.0.${people}`);
  expect((await browser.call("POST", "/auth/session", { email, password })).statusCode).toBe(200);
  return { browser, email };
}

describe("a session's cookie", () => {
  const readSession = async (cookie: string) =>
    await server.app.inject({ url: "/auth/session", headers: { origin, cookie } });
  const plain = (cookie: string) => cookie.replace("__Host-", "");

  it("is not taken without its prefix, which a page of a neighbouring host could set", async () => {
    const { browser, email } = await aViewer();
    expect((await readSession(browser.cookie)).json().user).toMatchObject({ email });
    expect((await readSession(plain(browser.cookie))).json().user).toBeNull();
    const call = await server.app.inject({ url: "/api/v1/bots", headers: { cookie: plain(browser.cookie) } });
    expect(call.json().error.code).toBe("token.missing");
  });

  it("from before there was a prefix goes on counting until the browser has shown the new one, and no longer", async () => {
    const { browser, email } = await aViewer();
    const { db } = server.database;
    // As a process of the release before leaves it.
    const { userId } = await db
      .selectFrom("users")
      .select("id as userId")
      .where("email", "=", email)
      .executeTakeFirstOrThrow();
    await db.updateTable("sessions").set({ isCookiePrefixed: false }).where("userId", "=", userId).execute();
    server.pass(5_000);
    const old = plain(browser.cookie);
    const first = await readSession(old);
    expect(first.json().user).toMatchObject({ email });
    expect(first.cookies).toMatchObject([{ name: "__Host-repartee_session", secure: true, path: "/" }]);
    // The answer was lost.
    expect((await readSession(old)).json().user).toMatchObject({ email });
    const shown = await readSession(`${old}; ${browser.cookie}`);
    expect(shown.json().user).toMatchObject({ email });
    expect(shown.cookies).toMatchObject([{ name: "repartee_session", value: "" }]);
    server.pass(5_000);
    expect((await readSession(old)).json().user).toBeNull();
    expect((await readSession(browser.cookie)).json().user).toMatchObject({ email });
  });
});

it("a server on plain http gives a cookie that browsers take there", async () => {
  const onHttp = await testServer({ publicUrl: "http://127.0.0.1:3000" });
  try {
    const email = "http@example.com";
    await createUser(onHttp.database.db, { email, name: "", passwordHash: await hashPassword(password) });
    const made = await onHttp.app.inject({
      method: "POST",
      url: "/auth/session",
      headers: { origin: "http://127.0.0.1:3000" },
      payload: { email, password },
    });
    const [set = ""] = [made.headers["set-cookie"]].flat();
    expect(set).toMatch(/^repartee_session=.*; Path=\/; HttpOnly; SameSite=Lax$/);
    const [cookie = ""] = set.split(";");
    const session = await onHttp.app.inject({ url: "/auth/session", headers: { cookie } });
    expect(session.json().user).toMatchObject({ email });
  } finally {
    await onHttp.close();
  }
});
