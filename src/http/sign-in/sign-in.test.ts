import type { LightMyRequestResponse } from "fastify";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import { aBrowser as openBrowser, type TestBrowser } from "../../../test/signed-in.ts";
import type { MemberRole } from "../../model/conversation.ts";
import { hashPassword } from "../../shell/password.ts";
import { makeSetupCode } from "../../shell/setup-code.ts";
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

const aBrowser = (address = "10.0.0.1") => openBrowser(server, address);

let people = 0;
async function aMember(
  role: MemberRole,
  of: Tenant = tenant,
): Promise<{ browser: TestBrowser; email: string; memberId: number }> {
  people += 1;
  const email = `person${people}@example.com`;
  const userId = await createUser(server.database.db, { email, name: "", passwordHash: await hashPassword(password) });
  const { id } = await joinWorkspace(server.database.db, of.workspace.id, userId, role);
  const browser = aBrowser(`10.1.0.${people}`);
  expect((await browser.call("POST", "/auth/session", { email, password })).statusCode).toBe(200);
  return { browser, email, memberId: id };
}
const codeOf = (answer: LightMyRequestResponse) => answer.json().error?.code;

describe("the first user", () => {
  it("is made with the set-up code, once, and owns the workspaces that have no owner", async () => {
    const browser = aBrowser();
    expect((await browser.call("GET", "/auth/session")).json()).toEqual({
      user: null,
      workspaces: [],
      mailsAccounts: false,
      passkeys: true,
      needsSetup: true,
      demoChat: null,
      mayWatchOver: false,
    });
    const person = { email: "first@example.com", name: "Ada", password };
    expect(codeOf(await browser.call("POST", "/auth/setup", { ...person, code: "AAAA-BBBB-CCCC" }))).toBe(
      "setup.wrong_code",
    );
    const code = makeSetupCode(server.secretKey).toLowerCase().replaceAll("-", " ");
    expect(codeOf(await browser.call("POST", "/auth/setup", { ...person, code, password: "short" }))).toBe(
      "request.invalid",
    );
    expect((await browser.call("POST", "/auth/setup", { ...person, code })).statusCode).toBe(200);
    const session = (await browser.call("GET", "/auth/session")).json();
    expect(session).toMatchObject({ user: { email: "first@example.com", name: "Ada" }, needsSetup: false });
    expect(session.workspaces).toMatchObject([{ domain: tenant.workspace.domain, role: "owner" }]);
    const late = aBrowser();
    expect(codeOf(await late.call("POST", "/auth/setup", { ...person, email: "b@example.com", code }))).toBe(
      "setup.done",
    );
  });
});

describe("a session", () => {
  it("opens the API as far as the role goes, in a cookie that no script reads", async () => {
    const { browser } = await aMember("viewer");
    const answer = await browser.call("GET", "/api/v1/contacts");
    expect(answer.statusCode).toBe(200);
    expect(codeOf(await browser.call("POST", "/api/v1/tags", { name: "x" }))).toBe("token.missing_scope");
    expect(codeOf(await browser.call("GET", "/api/v1/tokens"))).toBe("token.missing_scope");
    const { browser: editor } = await aMember("editor");
    const flow = await editor.call(
      "POST",
      "/api/v1/contacts",
      { bot: tenant.bot.id, name: "Ann" },
      { "idempotency-key": "k1" },
    );
    expect(flow.statusCode).toBe(201);
    const again = await editor.call(
      "POST",
      "/api/v1/contacts",
      { bot: tenant.bot.id, name: "Ann" },
      { "idempotency-key": "k1" },
    );
    expect(again.json().id).toBe(flow.json().id);
    const made = await server.app.inject({
      method: "POST",
      url: "/auth/session",
      headers: { origin },
      payload: { email: "first@example.com", password },
    });
    expect(made.headers["set-cookie"]).toMatch(/^__Host-repartee_session=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    expect(JSON.stringify(await server.database.db.selectFrom("sessions").selectAll().execute())).not.toContain(
      decodeURIComponent(made.cookies[0]?.value ?? "").split(".")[0],
    );
  });

  it("saves segments for whoever builds, and for nobody else", async () => {
    const condition = { match: "all", rules: [{ subject: "tag", key: "vip", operator: "has" }] };
    for (const role of ["owner", "admin", "editor"] as const) {
      const { browser } = await aMember(role);
      const made = await browser.call("POST", "/api/v1/segments", { name: `Best of ${role}`, condition });
      expect([role, made.statusCode]).toEqual([role, 201]);
      const path = `/api/v1/segments/${made.json().id}`;
      expect((await browser.call("PATCH", path, { name: `Better of ${role}` })).statusCode).toBe(200);
      expect((await browser.call("DELETE", path)).statusCode).toBe(204);
    }
    for (const role of ["agent", "viewer"] as const) {
      const { browser } = await aMember(role);
      const refused = await browser.call("POST", "/api/v1/segments", { name: role, condition });
      expect([role, codeOf(refused)]).toEqual([role, "token.missing_scope"]);
      expect((await browser.call("GET", "/api/v1/segments")).statusCode).toBe(200);
    }
    // Tokens that could before still can, and those that can do only this change no other setting.
    const body = { name: "Best", condition };
    const old = await tenant.mintToken({ scopes: ["settings:write"] });
    expect((await tenant.call("POST", "/segments", { token: old, body })).statusCode).toBe(201);
    const narrow = await tenant.mintToken({ scopes: ["segments:write"] });
    expect(codeOf(await tenant.call("POST", "/tags", { token: narrow, body: { name: "x" } }))).toBe(
      "token.missing_scope",
    );
  });

  it("is worth nothing with another signature, after signing out, and where another site sends it along", async () => {
    const { browser } = await aMember("admin");
    const tampered = browser.cookie.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
    const ask = (headers: Record<string, string>, method: "GET" | "POST" = "GET") =>
      server.app.inject({
        method,
        url: "/api/v1/tags",
        headers,
        ...(method === "POST" ? { payload: { name: "csrf" } } : {}),
      });
    expect(codeOf(await ask({ cookie: tampered }))).toBe("token.missing");
    for (const headers of [
      { origin: "https://evil.example" },
      { origin: "null" },
      { "sec-fetch-site": "cross-site" },
      {},
    ]) {
      expect(codeOf(await ask({ cookie: browser.cookie, ...headers } as Record<string, string>, "POST"))).toBe(
        "session.other_site",
      );
    }
    expect((await ask({ cookie: browser.cookie, "sec-fetch-site": "same-origin" }, "POST")).statusCode).toBe(201);
    const { cookie } = browser;
    await browser.call("DELETE", "/auth/session");
    server.pass(5_000);
    expect(codeOf(await ask({ cookie }))).toBe("token.missing");
  });

  it("names its workspace where the person has several, and sees no other", async () => {
    const other = await aTenant(server);
    const { browser, email } = await aMember("admin");
    const { userId } = await server.database.db
      .selectFrom("members")
      .innerJoin("users", "users.id", "members.userId")
      .select("userId")
      .where("users.email", "=", email)
      .executeTakeFirstOrThrow();
    await joinWorkspace(server.database.db, other.workspace.id, userId, "viewer");
    server.pass(5_000);
    expect(codeOf(await browser.call("GET", "/api/v1/bots"))).toBe("session.no_workspace");
    const bots = await browser.call("GET", "/api/v1/bots", undefined, { "x-workspace": other.workspace.domain });
    expect(bots.json().data.map(({ id }: { id: number }) => id)).toEqual([other.bot.id]);
    expect(
      codeOf(await browser.call("POST", "/api/v1/tags", { name: "x" }, { "x-workspace": other.workspace.domain })),
    ).toBe("token.missing_scope");
    const stranger = await aTenant(server);
    expect(
      codeOf(await browser.call("GET", "/api/v1/bots", undefined, { "x-workspace": stranger.workspace.domain })),
    ).toBe("session.no_workspace");
  });

  it("ends after a month without use", async () => {
    const { browser } = await aMember("agent");
    server.pass(29 * 86_400_000);
    expect((await browser.call("GET", "/auth/session")).json().user).not.toBeNull();
    server.pass(29 * 86_400_000);
    expect((await browser.call("GET", "/auth/session")).json().user).not.toBeNull();
    server.pass(31 * 86_400_000);
    expect((await browser.call("GET", "/auth/session")).json().user).toBeNull();
  });
});

describe("whoever guesses", () => {
  beforeEach(() => server.pass(16 * 60_000));

  it("is slowed down, by account and by address, also when guessing at once; the right password later counts", async () => {
    const { email } = await aMember("agent");
    const guess = (address: string, word: string, as = email) =>
      aBrowser(address).call("POST", "/auth/session", { email: as, password: word });
    const answers = await Promise.all(Array.from({ length: 12 }, () => guess("10.9.0.1", "wrong password")));
    const codes = answers.map(codeOf);
    expect(codes.filter((code) => code === "session.wrong_password")).toHaveLength(8);
    expect(codes.filter((code) => code === "session.too_many")).toHaveLength(4);
    expect(answers.find(({ statusCode }) => statusCode === 429)).toBeDefined();
    // Once, however often, and without a name of theirs.
    const lines = server.logged.filter((line) => line.includes("tries to sign in") && line.includes("10.9.0.1"));
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain(email);
    expect(codeOf(await guess("10.9.0.1", password))).toBe("session.too_many");
    expect((await guess("10.9.0.2", password)).statusCode).toBe(200);
    server.pass(16 * 60_000);
    expect((await guess("10.9.0.1", password)).statusCode).toBe(200);
  });

  it("hears the same of an account that is not there", async () => {
    const [known, unknown] = [await aMember("agent"), "nobody@example.com"];
    const ask = async (email: string) =>
      (await aBrowser("10.9.0.9").call("POST", "/auth/session", { email, password: "wrong password" })).json().error;
    const { requestId: _one, ...first } = await ask(known.email);
    const { requestId: _two, ...second } = await ask(unknown);
    expect(first).toEqual(second);
  });
});

describe("one's own account", () => {
  it("changes the password with the old one, and is then signed in here alone", async () => {
    const { browser, email } = await aMember("agent");
    const phone = aBrowser("10.2.0.1");
    await phone.call("POST", "/auth/session", { email, password });
    expect((await browser.call("GET", "/auth/devices")).json().data).toHaveLength(2);
    const change = (current: string) => browser.call("POST", "/auth/password", { current, next: "another password" });
    expect(codeOf(await change("wrong password"))).toBe("session.wrong_password");
    expect((await change(password)).statusCode).toBe(200);
    server.pass(5_000);
    expect((await phone.call("GET", "/auth/session")).json().user).toBeNull();
    expect((await browser.call("GET", "/auth/session")).json().user).toMatchObject({ email });
    expect(
      (await aBrowser("10.2.0.2").call("POST", "/auth/session", { email, password: "another password" })).statusCode,
    ).toBe(200);
  });
});

describe("an invitation", () => {
  it("makes a member with a password of their own, once", async () => {
    const { browser } = await aMember("admin");
    const email = "new@example.com";
    expect(codeOf(await browser.call("POST", "/api/v1/invitations", { email, role: "owner" }))).toBe(
      "session.not_owner",
    );
    const { url } = (await browser.call("POST", "/api/v1/invitations", { email, role: "agent" })).json();
    const secret = String(url).split("/").at(-1);
    const guest = aBrowser("10.3.0.1");
    expect((await guest.call("GET", `/auth/invitations/${secret}`)).json()).toMatchObject({
      email,
      role: "agent",
      isKnown: false,
    });
    expect(codeOf(await guest.call("POST", `/auth/invitations/${secret}`, { name: "New" }))).toBe("request.invalid");
    expect((await guest.call("POST", `/auth/invitations/${secret}`, { name: "New", password })).statusCode).toBe(200);
    expect((await guest.call("GET", "/auth/session")).json()).toMatchObject({
      user: { email, name: "New" },
      workspaces: [{ role: "agent" }],
    });
    expect(codeOf(await guest.call("GET", `/auth/invitations/${secret}`))).toBe("invitation.not_found");
  });

  it("does not open an account that has a password; its owner accepts", async () => {
    const other = await aTenant(server);
    const { browser: owner } = await aMember("owner", other);
    const { browser, email } = await aMember("agent");
    const { url } = (await owner.call("POST", "/api/v1/invitations", { email, role: "viewer" })).json();
    const secret = String(url).split("/").at(-1);
    expect(
      codeOf(await aBrowser("10.3.0.2").call("POST", `/auth/invitations/${secret}`, { password: "stolen password" })),
    ).toBe("session.none");
    expect((await browser.call("POST", `/auth/invitations/${secret}`, {})).statusCode).toBe(200);
    expect((await browser.call("GET", "/auth/session")).json().workspaces).toHaveLength(2);
    expect((await aBrowser("10.3.0.3").call("POST", "/auth/session", { email, password })).statusCode).toBe(200);
  });

  it("can be withdrawn", async () => {
    const { browser } = await aMember("admin");
    const { id, url } = (
      await browser.call("POST", "/api/v1/invitations", { email: "gone@example.com", role: "agent" })
    ).json();
    expect((await browser.call("GET", "/api/v1/invitations")).json().data).toMatchObject([{ id, url: null }]);
    expect((await browser.call("DELETE", `/api/v1/invitations/${id}`)).statusCode).toBe(204);
    const secret = String(url).split("/").at(-1);
    expect((await aBrowser("10.3.0.4").call("GET", `/auth/invitations/${secret}`)).statusCode).toBe(404);
  });

  it("and roles: an admin neither makes an owner nor changes one", async () => {
    const { browser } = await aMember("admin");
    const { memberId } = await aMember("owner");
    const { memberId: agent } = await aMember("agent");
    expect(codeOf(await browser.call("PATCH", `/api/v1/members/${agent}`, { role: "owner" }))).toBe(
      "session.not_owner",
    );
    expect(codeOf(await browser.call("PATCH", `/api/v1/members/${memberId}`, { role: "viewer" }))).toBe(
      "session.not_owner",
    );
    expect(codeOf(await browser.call("DELETE", `/api/v1/members/${memberId}`))).toBe("session.not_owner");
    expect((await browser.call("PATCH", `/api/v1/members/${agent}`, { role: "editor" })).statusCode).toBe(200);
  });
});

describe("a password", () => {
  it("that is guessed early, or is made of the person's own data, is refused wherever one is set", async () => {
    const { browser, email } = await aMember("viewer");
    for (const next of ["Password2026!", "qwertyuiop12", `${email}`]) {
      const answer = await browser.call("POST", "/auth/password", { current: password, next });
      expect([next, answer.statusCode, answer.json().error.details?.[0]?.path]).toEqual([next, 422, "next"]);
    }
    const { browser: owner } = await aMember("owner");
    const invited = await owner.call("POST", "/api/v1/invitations", { email: "weak@example.com", role: "viewer" });
    const { pathname } = new URL(invited.json().url);
    const answer = await aBrowser().call("POST", `/auth${pathname.replace("/invitation/", "/invitations/")}`, {
      name: "W",
      password: "password1234",
    });
    expect([answer.statusCode, answer.json().error.details?.[0]?.path]).toEqual([422, "password"]);
    const good = await browser.call("POST", "/auth/password", { current: password, next: "tea goes cold at noon" });
    expect(good.statusCode).toBe(200);
  });

  it("of ten characters, from before, still signs in", async () => {
    const email = "early@example.com";
    await createUser(server.database.db, { email, name: "", passwordHash: await hashPassword("tenletters") });
    expect((await aBrowser().call("POST", "/auth/session", { email, password: "tenletters" })).statusCode).toBe(200);
  });
});

describe("a session that is used every day", () => {
  it("ends after 90 days all the same", async () => {
    const { browser } = await aMember("viewer");
    const isIn = async () => (await browser.call("GET", "/auth/session")).json().user !== null;
    for (let day = 0; day < 89; day += 1) {
      server.pass(86_400_000);
      expect([day, await isIn()]).toEqual([day, true]);
    }
    server.pass(86_400_000 + 5_000);
    expect(await isIn()).toBe(false);
  });
});

describe("what gives others power", () => {
  const guarded = [
    ["POST", "/api/v1/tokens", { name: "x", scopes: ["contacts:read"] }],
    ["POST", "/api/v1/invitations", { email: "new@example.com", role: "viewer" }],
    ["POST", "/api/v1/members", { email: "new-member@example.com", role: "viewer" }],
  ] as const;

  it("takes the password again some time after it was last typed", async () => {
    const { browser, memberId } = await aMember("owner");
    const all = [...guarded, ["PATCH", `/api/v1/members/${memberId}`, { role: "owner" }] as const];
    const { memberId: otherId } = await aMember("viewer");
    server.pass(16 * 60_000);
    for (const [method, path, body] of all)
      expect(codeOf(await browser.call(method, path, body))).toBe("session.proof_needed");
    expect(codeOf(await browser.call("DELETE", `/api/v1/members/${otherId}`))).toBe("session.proof_needed");
    expect(codeOf(await browser.call("DELETE", `/api/v1/members/${otherId}/second-factor`))).toBe(
      "session.proof_needed",
    );
    expect(codeOf(await browser.call("DELETE", `/api/v1/members/${otherId}/sessions`))).toBe("session.proof_needed");
    expect(codeOf(await browser.call("DELETE", "/auth/devices"))).toBe("session.proof_needed");
    expect(codeOf(await browser.call("DELETE", "/auth/devices/1"))).toBe("session.proof_needed");
    expect(codeOf(await browser.call("POST", "/auth/proof", { current: "not the password" }))).toBe(
      "session.wrong_password",
    );
    expect(codeOf(await browser.call(...guarded[0]))).toBe("session.proof_needed");
    expect((await browser.call("POST", "/auth/proof", { current: password })).statusCode).toBe(200);
    for (const [method, path, body] of all)
      expect((await browser.call(method, path, body)).statusCode).toBeLessThan(300);
    // Everything else goes on as before.
    server.pass(16 * 60_000);
    expect((await browser.call("POST", "/api/v1/tags", { name: "later" })).statusCode).toBe(201);
  });
});
