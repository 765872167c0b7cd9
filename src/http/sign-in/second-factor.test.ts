import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, expect, it } from "vitest";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import { aBrowser, type TestBrowser } from "../../../test/signed-in.ts";
import { userResetTwoFactor } from "../../app/cli/user-reset-two-factor.ts";
import type { MemberRole } from "../../model/conversation.ts";
import { hashPassword } from "../../shell/password.ts";
import { createUser, joinWorkspace } from "../../store/member-store.ts";

let server: TestServer;
let tenant: Tenant;
beforeAll(async () => {
  server = await testServer();
  tenant = await aTenant(server);
});
afterAll(() => server.close());

const password = "correct horse battery";
let people = 0;

async function aPerson(role: MemberRole = "agent", of: Tenant = tenant) {
  people += 1;
  const email = `factor${people}@example.com`;
  const { db } = server.database;
  const userId = await createUser(db, { email, name: "", passwordHash: await hashPassword(password) });
  const { id: memberId } = await joinWorkspace(db, of.workspace.id, userId, role);
  const browser = aBrowser(server, `10.2.0.${people}`);
  expect((await browser.call("POST", "/auth/session", { email, password })).statusCode).toBe(200);
  return { browser, email, userId, memberId };
}

/** The authenticator's code of now. */
const codeOf = (secret: string) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: server.now() });
const errorOf = (answer: { json(): { error?: { code: string } } }) => answer.json().error?.code;

async function setUp(browser: TestBrowser): Promise<{ secret: string; recoveryCodes: string[] }> {
  const begun = await browser.call("POST", "/auth/second-factor", { current: password });
  expect(begun.json()).toMatchObject({
    qrSvg: expect.stringContaining("<svg"),
    uri: expect.stringMatching(/^otpauth:/),
  });
  const { secret } = begun.json();
  const done = await browser.call("POST", "/auth/second-factor/confirm", { code: codeOf(secret) });
  expect(done.statusCode).toBe(200);
  server.pass(60_000);
  return { secret, recoveryCodes: done.json().recoveryCodes };
}

const signIn = async (email: string, code?: string, browser = aBrowser(server, "10.3.0.1")) =>
  await browser.call("POST", "/auth/session", { email, password, ...(code === undefined ? {} : { code }) });

it("is set up with the password, and asks for nothing before a code was right", async () => {
  const { browser, email } = await aPerson();
  expect(errorOf(await browser.call("POST", "/auth/second-factor", { current: "wrong" }))).toBe(
    "session.wrong_password",
  );
  const { secret } = (await browser.call("POST", "/auth/second-factor", { current: password })).json();
  expect(errorOf(await browser.call("POST", "/auth/second-factor/confirm", { code: "000000" }))).toBe(
    "session.wrong_code",
  );
  expect((await signIn(email)).statusCode).toBe(200);
  const done = await browser.call("POST", "/auth/second-factor/confirm", { code: codeOf(secret) });
  expect(done.json().recoveryCodes).toHaveLength(10);
  expect((await browser.call("GET", "/auth/second-factor")).json()).toMatchObject({
    isOn: true,
    recoveryCodesLeft: 10,
  });
  expect(errorOf(await browser.call("POST", "/auth/second-factor", { current: password }))).toBe("second_factor.is_on");
  const rows = JSON.stringify([
    await server.database.db.selectFrom("secondFactors").selectAll().execute(),
    await server.database.db.selectFrom("recoveryCodes").selectAll().execute(),
  ]);
  for (const secretText of [secret, ...done.json().recoveryCodes]) expect(rows).not.toContain(secretText);
});

it("ends the sessions that began with the password alone, but the one that turned it on", async () => {
  const { browser, email } = await aPerson();
  const other = aBrowser(server, "10.3.0.2");
  await signIn(email, undefined, other);
  await setUp(browser);
  expect((await other.call("GET", "/auth/devices")).statusCode).toBe(401);
  expect((await browser.call("GET", "/auth/devices")).json().data).toHaveLength(1);
});

it("is asked for after the password, and each code is taken once", async () => {
  const { browser, email } = await aPerson();
  const { secret } = await setUp(browser);
  const half = aBrowser(server, "10.3.0.3");
  expect((await signIn(email, undefined, half)).json().error).toMatchObject({
    code: "session.second_factor_needed",
    details: { hasAuthenticator: true, hasPasskeys: false },
  });
  const guess = await half.call("POST", "/auth/session", { email, password: "wrong" });
  expect(guess.json().error).not.toHaveProperty("details");
  expect((await half.call("GET", "/auth/devices")).statusCode).toBe(401);
  const code = codeOf(secret);
  expect(errorOf(await half.call("POST", "/auth/session", { email, password: "wrong", code }))).toBe(
    "session.wrong_password",
  );
  expect((await signIn(email, code)).statusCode).toBe(200);
  expect(errorOf(await signIn(email, code))).toBe("session.wrong_code");
  server.pass(-30_000);
  expect(errorOf(await signIn(email, codeOf(secret)))).toBe("session.wrong_code");
  server.pass(60_000);
  expect((await signIn(email, ` ${codeOf(secret).slice(0, 3)} ${codeOf(secret).slice(3)}`)).statusCode).toBe(200);
  server.pass(600_000);
  expect(errorOf(await signIn(email, code))).toBe("session.wrong_code");
});

it("takes one code once, however many ask with it at the same moment", async () => {
  const { browser, email } = await aPerson();
  const { secret, recoveryCodes } = await setUp(browser);
  for (const code of [codeOf(secret), recoveryCodes[0]]) {
    const answers = await Promise.all(
      Array.from({ length: 4 }, (_, at) => signIn(email, code, aBrowser(server, `10.4.0.${at}`))),
    );
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1);
  }
});

it("lets somebody in with a recovery code, once, however it is typed; new ones end the old", async () => {
  const { browser, email } = await aPerson();
  const { secret, recoveryCodes } = await setUp(browser);
  const [first = "", second = ""] = recoveryCodes;
  expect((await signIn(email, first.toUpperCase().replace("-", " "))).statusCode).toBe(200);
  expect(errorOf(await signIn(email, first))).toBe("session.wrong_code");
  expect((await browser.call("GET", "/auth/second-factor")).json()).toMatchObject({ recoveryCodesLeft: 9 });
  const renewed = await browser.call("POST", "/auth/second-factor/recovery-codes", {
    current: password,
    code: codeOf(secret),
  });
  expect(renewed.json().recoveryCodes).toHaveLength(10);
  expect(errorOf(await signIn(email, second))).toBe("session.wrong_code");
});

it("slows down whoever guesses codes with the right password, from wherever they come", async () => {
  const { browser, email } = await aPerson();
  const { secret } = await setUp(browser);
  const answers: (string | undefined)[] = [];
  for (let at = 0; at < 12; at += 1) {
    answers.push(errorOf(await signIn(email, "123456", aBrowser(server, `10.5.0.${at}`))));
  }
  expect(answers.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => "session.wrong_code"));
  expect(answers.slice(10)).toEqual(["session.too_many", "session.too_many"]);
  expect(errorOf(await signIn(email, codeOf(secret)))).toBe("session.too_many");
  server.pass(16 * 60_000);
  expect((await signIn(email, codeOf(secret))).statusCode).toBe(200);
});

it("is turned off with the password and a code, and all of it stands in the audit log", async () => {
  const { browser, email, memberId } = await aPerson();
  const { secret } = await setUp(browser);
  const off = (body: object) => browser.call("POST", "/auth/second-factor/off", body);
  expect(errorOf(await off({ current: password, code: "1" }))).toBe("session.wrong_code");
  expect(errorOf(await off({ current: "wrong", code: codeOf(secret) }))).toBe("session.wrong_password");
  expect((await off({ current: password, code: codeOf(secret) })).statusCode).toBe(200);
  expect((await signIn(email)).statusCode).toBe(200);
  const log = await tenant.call("GET", `/audit-log?kind=account&ref=${memberId}`);
  const operations = log.json().data.map(({ operation }: { operation: string }) => operation);
  expect(operations).toEqual(
    expect.arrayContaining(["turnOnSecondFactor", "refuseSecondFactor", "refusePassword", "turnOffSecondFactor"]),
  );
});

it("can be asked of everybody in a workspace, by an owner who has one", async () => {
  const own = await aTenant(server);
  const owner = await aPerson("owner", own);
  const admin = await aPerson("admin", own);
  const agent = await aPerson("agent", own);
  const ask = (browser: TestBrowser) => browser.call("PATCH", "/api/v1/workspace", { needsSecondFactor: true });
  expect(errorOf(await ask(admin.browser))).toBe("session.not_owner");
  expect(errorOf(await ask(owner.browser))).toBe("session.no_second_factor");
  await setUp(owner.browser);
  expect((await ask(owner.browser)).json()).toMatchObject({ needsSecondFactor: true });
  server.pass(5_000);
  expect((await owner.browser.call("GET", "/api/v1/contacts")).statusCode).toBe(200);
  expect(errorOf(await agent.browser.call("GET", "/api/v1/contacts"))).toBe("session.no_second_factor");
  expect((await agent.browser.call("GET", "/auth/session")).json()).toMatchObject({
    user: { hasSecondFactor: false },
    workspaces: [{ needsSecondFactor: true }],
  });
  await setUp(agent.browser);
  expect((await agent.browser.call("GET", "/api/v1/contacts")).statusCode).toBe(200);
  expect((await own.call("GET", "/audit-log?operation=changeWorkspace")).json().data[0].changes).toEqual([
    { setting: "needsSecondFactor", before: false, after: true },
  ]);
});

it("is taken away by an owner of all of the person's workspaces, and by nobody else", async () => {
  const own = await aTenant(server);
  const owner = await aPerson("owner", own);
  const admin = await aPerson("admin", own);
  const agent = await aPerson("agent", own);
  await setUp(agent.browser);
  const reset = (browser: TestBrowser) => browser.call("DELETE", `/api/v1/members/${agent.memberId}/second-factor`);
  expect(errorOf(await reset(admin.browser))).toBe("session.not_owner");
  expect(errorOf(await own.call("DELETE", `/members/${agent.memberId}/second-factor`))).toBe("session.not_owner");
  const stranger = await aPerson("owner");
  expect((await reset(stranger.browser)).statusCode).toBe(404);
  const shared = await joinWorkspace(server.database.db, tenant.workspace.id, agent.userId, "viewer");
  expect(errorOf(await reset(owner.browser))).toBe("second_factor.shared_member");
  await server.database.db.deleteFrom("members").where("id", "=", shared.id).execute();
  expect((await reset(owner.browser)).statusCode).toBe(204);
  server.pass(5_000);
  expect((await agent.browser.call("GET", "/auth/devices")).statusCode).toBe(401);
  expect((await signIn(agent.email)).statusCode).toBe(200);
  expect((await own.call("GET", "/audit-log?operation=resetSecondFactor")).json().data).toMatchObject([
    { actor: { kind: "member", id: owner.memberId }, subject: { ref: String(agent.memberId) } },
  ]);
});

it("is taken away on the command line, which the audit log says", async () => {
  const { browser, email, memberId } = await aPerson();
  await setUp(browser);
  const run = async () =>
    await userResetTwoFactor.run({ database: server.database, config: {} } as never, { email } as never);
  expect(await run()).toMatchObject({ data: { wasOn: true } });
  expect(await run()).toMatchObject({ data: { wasOn: false } });
  expect((await signIn(email)).statusCode).toBe(200);
  const log = await tenant.call("GET", `/audit-log?operation=loseSecondFactor&kind=account&ref=${memberId}`);
  expect(log.json().data).toMatchObject([{ actor: { kind: "nobody" }, address: "command line" }]);
});
