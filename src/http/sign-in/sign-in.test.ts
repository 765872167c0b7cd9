import type { LightMyRequestResponse } from "fastify";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
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

/** A browser: keeps its cookie, and says where its requests come from. */
function aBrowser(address = "10.0.0.1") {
  let cookie = "";
  return {
    get cookie() {
      return cookie;
    },
    async call(
      method: "GET" | "POST" | "PATCH" | "DELETE",
      url: string,
      body?: object,
      headers: Record<string, string> = {},
    ) {
      const answer: LightMyRequestResponse = await server.app.inject({
        method,
        url,
        remoteAddress: address,
        headers: { origin, ...(cookie === "" ? {} : { cookie }), ...headers },
        ...(body === undefined ? {} : { payload: body }),
      });
      const set = answer.cookies.find(({ name }) => name === "repartee_session");
      if (set !== undefined) cookie = set.value === "" ? "" : `repartee_session=${encodeURIComponent(set.value)}`;
      return answer;
    },
  };
}
type Browser = ReturnType<typeof aBrowser>;

let people = 0;
async function aMember(
  role: MemberRole,
  of: Tenant = tenant,
): Promise<{ browser: Browser; email: string; memberId: number }> {
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
      needsSetup: true,
      demoChat: null,
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
    expect(made.headers["set-cookie"]).toMatch(/^repartee_session=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    expect(JSON.stringify(await server.database.db.selectFrom("sessions").selectAll().execute())).not.toContain(
      decodeURIComponent(made.cookies[0]?.value ?? "").split(".")[0],
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
