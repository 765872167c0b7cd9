import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MailingServer, mailingServer } from "../../../test/account-mails.ts";
import { aTenant, type Tenant, testServer } from "../../../test/server.ts";
import { aBrowser, type TestBrowser } from "../../../test/signed-in.ts";
import { anAuthenticator, type TestAuthenticator } from "../../../test/stand-ins/authenticator.ts";
import { userResetTwoFactor } from "../../app/cli/user-reset-two-factor.ts";
import { passkeySite } from "../../shell/passkey.ts";
import { hashPassword } from "../../shell/password.ts";
import { createUser, joinWorkspace } from "../../store/member-store.ts";
import { noteUse } from "../../store/passkey-store.ts";

let server: MailingServer;
let tenant: Tenant;
beforeAll(async () => {
  server = await mailingServer();
  tenant = await aTenant(server);
});
afterAll(() => server.close());

const password = "correct horse battery";
const site = { origin: "https://bots.example", rpId: "bots.example" };
let people = 0;

async function aPerson() {
  people += 1;
  const email = `keys${people}@example.com`;
  const passwordHash = await hashPassword(password);
  const userId = await createUser(server.database.db, { email, name: "Ann", passwordHash });
  const { id: memberId } = await joinWorkspace(server.database.db, tenant.workspace.id, userId, "agent");
  const browser = stranger();
  expect((await signIn(browser, email)).statusCode).toBe(200);
  return { email, userId, memberId, browser };
}
const stranger = () => {
  people += 1;
  return aBrowser(server, `10.13.${people >> 8}.${people & 255}`);
};
const signIn = async (browser: TestBrowser, email: string, more: object = {}) =>
  await browser.call("POST", "/auth/session", { email, password, ...more });
const codeOf = (answer: { json(): { error?: { code: string } } | null }) => answer.json()?.error?.code;

const challenge = async (browser = stranger()) => (await browser.call("POST", "/auth/passkeys/challenge")).json();
const begin = async (browser: TestBrowser, more: object = {}) =>
  await browser.call("POST", "/auth/passkeys/begin", { current: password, ...more });
/** Makes a passkey; the recovery codes, where it is the first second factor. */
async function add(browser: TestBrowser, more: object = {}, key = anAuthenticator(site)) {
  const options = await begin(browser, more);
  expect(options.statusCode, options.body).toBe(200);
  const made = await browser.call("POST", "/auth/passkeys", { name: "Laptop", passkey: key.make(options.json()) });
  expect(made.statusCode, made.body).toBe(200);
  return { key, recoveryCodes: made.json().recoveryCodes as string[] | null };
}
const signInBy = async (key: TestAuthenticator, how: object = {}, browser = stranger()) =>
  await browser.call("POST", "/auth/passkeys/session", { passkey: key.sign(await challenge(browser), how) });
const subjects = async () => (await server.post()).map(({ mail }) => mail.subject);
const list = async (browser: TestBrowser) => (await browser.call("GET", "/auth/passkeys")).json().data;

describe("a passkey", () => {
  it("signs in without the password, and makes the password alone worth nothing", async () => {
    const { browser, email, memberId } = await aPerson();
    const phone = stranger();
    await signIn(phone, email);
    const { key, recoveryCodes } = await add(browser);
    expect(recoveryCodes).toHaveLength(10);
    expect(await subjects()).toEqual(["A passkey was added"]);
    // Who was signed in by the password alone is out.
    expect((await phone.call("GET", "/auth/session")).json().user).toBeNull();
    const other = stranger();
    expect((await signInBy(key, {}, other)).statusCode).toBe(200);
    expect((await other.call("GET", "/auth/session")).json().user).toMatchObject({
      ...{ email, hasSecondFactor: true, hasAuthenticator: false, hasPasskeys: true },
    });
    expect((await signIn(stranger(), email)).json().error).toMatchObject({
      code: "session.second_factor_needed",
      details: { hasAuthenticator: false, hasPasskeys: true },
    });
    expect((await signIn(stranger(), email, { code: recoveryCodes?.[0] })).statusCode).toBe(200);
    expect(await list(browser)).toMatchObject([
      { name: "Laptop", isSynced: false, lastUsedAt: new Date(server.now()).toISOString() },
    ]);
    const log = (await tenant.call("GET", `/audit-log?kind=account&ref=${memberId}`)).json().data;
    expect(log.map(({ operation }: { operation: string }) => operation)).toContain("addPasskey");
  });

  it("is good for this site alone, for one challenge, within five minutes, and not without its owner", async () => {
    const { browser } = await aPerson();
    const { key } = await add(browser);
    expect(codeOf(await signInBy(key, { origin: "https://bots.example.evil.example" }))).toBe("session.wrong_passkey");
    expect(codeOf(await signInBy(key, { isUnverified: true }))).toBe("session.wrong_passkey");
    const other = anAuthenticator({ origin: site.origin, rpId: "evil.example" });
    expect(codeOf(await signInBy(other))).toBe("session.wrong_passkey");
    const signed = key.sign(await challenge());
    const use = async () => await stranger().call("POST", "/auth/passkeys/session", { passkey: signed });
    expect((await use()).statusCode).toBe(200);
    expect(codeOf(await use())).toBe("session.wrong_passkey");
    const late = key.sign(await challenge());
    server.pass(5 * 60_000);
    expect(codeOf(await stranger().call("POST", "/auth/passkeys/session", { passkey: late }))).toBe(
      "session.wrong_passkey",
    );
    expect(
      codeOf(await signInBy({ ...key, sign: (options) => key.sign({ challenge: `${options.challenge}A` }) })),
    ).toBe("session.wrong_passkey");
    // Of somebody else's key, under the name of this one.
    const forger = anAuthenticator(site);
    const forged = { ...forger.sign(await challenge()), id: key.credentialId, rawId: key.credentialId };
    expect(codeOf(await stranger().call("POST", "/auth/passkeys/session", { passkey: forged }))).toBe(
      "session.wrong_passkey",
    );
    expect((await signInBy(key)).statusCode).toBe(200);
  });

  it("that counts is refused where the number does not grow: it may be a copy", async () => {
    const { browser } = await aPerson();
    const { key } = await add(browser);
    expect((await signInBy(key, { counter: 5 })).statusCode).toBe(200);
    expect(codeOf(await signInBy(key, { counter: 5 }))).toBe("session.wrong_passkey");
    expect(codeOf(await signInBy(key, { counter: 0 }))).toBe("session.wrong_passkey");
    expect((await signInBy(key, { counter: 6 })).statusCode).toBe(200);
    // Of two that sign in at once by the same number, one is let in.
    const [{ id }] = await list(browser);
    const use = async (counter: number) =>
      await noteUse(server.database.db, { id, counter, at: new Date(server.now()) });
    expect([await use(6), await use(0), await use(7), await use(7)]).toEqual([false, false, true, false]);
  });

  it("is made with the password, for the account that asked, and once", async () => {
    const [ann, bob] = [await aPerson(), await aPerson()];
    expect(codeOf(await begin(ann.browser, { current: "not the password" }))).toBe("session.wrong_password");
    expect(codeOf(await begin(stranger()))).toBe("session.none");
    const options = (await begin(ann.browser)).json();
    const key = anAuthenticator(site);
    const passkey = key.make(options);
    const keep = async (browser: TestBrowser, made = passkey) =>
      await browser.call("POST", "/auth/passkeys", { name: "Mine", passkey: made });
    expect(codeOf(await keep(bob.browser))).toBe("session.wrong_passkey");
    expect((await keep(ann.browser)).statusCode).toBe(200);
    expect(codeOf(await keep(ann.browser))).toBe("session.wrong_passkey");
    // A challenge for signing in makes none, and the same key is nobody else's.
    expect(codeOf(await keep(bob.browser, key.make(await challenge())))).toBe("session.wrong_passkey");
    expect(codeOf(await keep(bob.browser, key.make((await begin(bob.browser)).json())))).toBe("passkey.exists");
    expect(await list(bob.browser)).toEqual([]);
  });

  it("is what lets one change the account, in the place of a code", async () => {
    const { browser, email } = await aPerson();
    const { key } = await add(browser);
    const second = anAuthenticator(site);
    expect(codeOf(await begin(browser))).toBe("session.second_factor_needed");
    const others = await aPerson();
    const { key: notMine } = await add(others.browser);
    expect(codeOf(await begin(browser, { passkey: notMine.sign(await challenge()) }))).toBe("session.wrong_passkey");
    const { recoveryCodes } = await add(browser, { passkey: key.sign(await challenge()) }, second);
    // There are some already.
    expect(recoveryCodes).toBeNull();
    const change = { current: password, email: `new.${email}`, passkey: second.sign(await challenge()) };
    expect((await browser.call("POST", "/auth/email-change", change)).statusCode).toBe(200);
    const renewed = { current: password, passkey: key.sign(await challenge()) };
    const codes = (await browser.call("POST", "/auth/second-factor/recovery-codes", renewed)).json().recoveryCodes;
    expect(codes).toHaveLength(10);
  });

  it("is named by its owner and removed; with the last one, the password alone signs in", async () => {
    const { browser, email, userId } = await aPerson();
    const other = await aPerson();
    const { key, recoveryCodes } = await add(browser);
    const [{ id }] = await list(browser);
    expect(codeOf(await other.browser.call("PATCH", `/auth/passkeys/${id}`, { name: "x" }))).toBe("passkey.not_found");
    expect((await browser.call("PATCH", `/auth/passkeys/${id}`, { name: "Phone" })).statusCode).toBe(200);
    expect(await list(browser)).toMatchObject([{ id, name: "Phone" }]);
    const remove = async (by: TestBrowser, more: object) =>
      await by.call("DELETE", `/auth/passkeys/${id}`, { current: password, ...more });
    expect(codeOf(await remove(other.browser, {}))).toBe("passkey.not_found");
    expect(codeOf(await remove(browser, {}))).toBe("session.second_factor_needed");
    await server.post();
    expect((await remove(browser, { code: recoveryCodes?.[0] })).statusCode).toBe(200);
    expect(await subjects()).toEqual(["The second factor was turned off"]);
    expect(codeOf(await signInBy(key))).toBe("session.wrong_passkey");
    expect((await signIn(stranger(), email)).statusCode).toBe(200);
    const { db } = server.database;
    expect(await db.selectFrom("recoveryCodes").selectAll().where("userId", "=", userId).execute()).toEqual([]);
  });
});

describe("beside an authenticator", () => {
  const codes = (secret: string) => () => {
    server.pass(30_000);
    return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: server.now() });
  };

  it("passkeys stay when it is turned off, and it stays when they are removed", async () => {
    const { browser, email } = await aPerson();
    const { key, recoveryCodes } = await add(browser);
    // Set up beside the passkey, which is shown for it.
    const setUp = async (more: object) =>
      await browser.call("POST", "/auth/second-factor", { current: password, ...more });
    expect(codeOf(await setUp({}))).toBe("session.second_factor_needed");
    const { secret } = (await setUp({ passkey: key.sign(await challenge()) })).json();
    const code = codes(secret);
    const state = async () => (await browser.call("GET", "/auth/second-factor")).json();
    expect(await state()).toMatchObject({ isOn: false, recoveryCodesLeft: 10 });
    // It takes codes once it is confirmed, by one of its own.
    expect(codeOf(await signIn(stranger(), email, { code: code() }))).toBe("session.wrong_code");
    const confirm = async (given: string) => await browser.call("POST", "/auth/second-factor/confirm", { code: given });
    expect(codeOf(await confirm(recoveryCodes?.[0] ?? ""))).toBe("session.wrong_code");
    expect((await confirm(code())).statusCode).toBe(200);
    expect(await state()).toMatchObject({ isOn: true });
    expect((await signIn(stranger(), email, { code: code() })).statusCode).toBe(200);
    expect((await signInBy(key)).statusCode).toBe(200);

    const off = { current: password, code: code() };
    expect((await browser.call("POST", "/auth/second-factor/off", off)).statusCode).toBe(200);
    expect(await state()).toMatchObject({ isOn: false, recoveryCodesLeft: 10 });
    expect(codeOf(await signIn(stranger(), email))).toBe("session.second_factor_needed");
    expect(codeOf(await signIn(stranger(), email, { code: code() }))).toBe("session.wrong_code");
    expect((await signInBy(key)).statusCode).toBe(200);
    const [{ id }] = await list(browser);
    const shown = { current: password, passkey: key.sign(await challenge()) };
    expect((await browser.call("DELETE", `/auth/passkeys/${id}`, shown)).statusCode).toBe(200);
    expect((await signIn(stranger(), email)).statusCode).toBe(200);
  });

  it("a first passkey makes no new recovery codes", async () => {
    const { browser, email } = await aPerson();
    const { secret } = (await browser.call("POST", "/auth/second-factor", { current: password })).json();
    const code = codes(secret);
    await browser.call("POST", "/auth/second-factor/confirm", { code: code() });
    const { recoveryCodes, key } = await add(browser, { code: code() });
    expect(recoveryCodes).toBeNull();
    const [{ id }] = await list(browser);
    const shown = { current: password, passkey: key.sign(await challenge()) };
    expect((await browser.call("DELETE", `/auth/passkeys/${id}`, shown)).statusCode).toBe(200);
    expect(codeOf(await signIn(stranger(), email))).toBe("session.second_factor_needed");
  });
});

it("counts as the second factor that a workspace asks of everybody", async () => {
  const theirs = await aTenant(server);
  const { browser, userId } = await aPerson();
  await joinWorkspace(server.database.db, theirs.workspace.id, userId, "viewer");
  const { db } = server.database;
  await db.updateTable("workspaces").set({ needsSecondFactor: true }).where("id", "=", theirs.workspace.id).execute();
  const headers = { "x-workspace": theirs.workspace.domain };
  const look = async () => await browser.call("GET", "/api/v1/tags", undefined, headers);
  server.pass(5_000);
  expect(codeOf(await look())).toBe("session.no_second_factor");
  await add(browser);
  expect((await look()).statusCode).toBe(200);
});

it("is taken away with the second factor by whoever runs the server", async () => {
  const { browser, email } = await aPerson();
  const { key } = await add(browser);
  const context = { database: server.database, config: {} };
  await userResetTwoFactor.run(context as never, { email } as never);
  expect(codeOf(await signInBy(key))).toBe("session.wrong_passkey");
  expect((await signIn(stranger(), email)).statusCode).toBe(200);
});

it("is possible where the address has a name and https, and on the machine itself", async () => {
  const where = (url: string) => passkeySite(url)?.id;
  expect(where("https://bots.example.com/somewhere")).toBe("bots.example.com");
  expect([where("http://localhost:3000"), where("http://bots.localhost:3000")]).toEqual([
    "localhost",
    "bots.localhost",
  ]);
  for (const url of ["http://127.0.0.1:3000", "https://10.0.0.1", "https://[::1]", "http://bots.example.com"]) {
    expect([url, where(url)]).toEqual([url, undefined]);
  }
  const plain = await testServer({ publicUrl: "http://127.0.0.1:3000" });
  const browser = aBrowser(plain, "10.14.0.1");
  const headers = { origin: "http://127.0.0.1:3000" };
  expect((await browser.call("GET", "/auth/session", undefined, headers)).json().passkeys).toBe(false);
  expect(codeOf(await browser.call("POST", "/auth/passkeys/challenge", undefined, headers))).toBe("passkey.not_here");
  await plain.close();
});
