import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type MailingServer, mailingServer } from "../../test/account-mails.ts";
import { aTenant, type Tenant } from "../../test/server.ts";
import { aBrowser, type TestBrowser } from "../../test/signed-in.ts";
import { userResetPassword } from "../app/cli/user-reset-password.ts";
import { userResetTwoFactor } from "../app/cli/user-reset-two-factor.ts";
import { hashPassword } from "../shell/password.ts";
import { createUser, joinWorkspace } from "../store/member-store.ts";

let server: MailingServer;
let tenant: Tenant;
beforeAll(async () => {
  server = await mailingServer();
  tenant = await aTenant(server);
});
afterAll(() => server.close());

const password = "correct horse battery";
let people = 0;

async function aPerson(role: "owner" | "agent", language: string) {
  people += 1;
  const email = `told${people}@example.com`;
  const { db } = server.database;
  const userId = await createUser(db, { email, name: "Ann", passwordHash: await hashPassword(password) });
  const { id: memberId } = await joinWorkspace(db, tenant.workspace.id, userId, role);
  const browser = aBrowser(server, `10.6.0.${people}`);
  await browser.call("POST", "/auth/session", { email, password }, { "accept-language": language });
  return { email, browser, memberId, address: `10.6.0.${people}` };
}

const codeOf = (secret: string) => {
  server.pass(30_000);
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: server.now() });
};
const subjects = async () => (await server.post()).map(({ to, mail }) => [...to, mail.subject]);
async function setUp(browser: TestBrowser): Promise<string> {
  const { secret } = (await browser.call("POST", "/auth/second-factor", { current: password })).json();
  const done = await browser.call("POST", "/auth/second-factor/confirm", { code: codeOf(secret) });
  expect(done.statusCode).toBe(200);
  return secret;
}

it("tells people in their language of what was changed of how they sign in, when and from where", async () => {
  const { browser, email, address } = await aPerson("agent", "en-GB,en");
  const secret = await setUp(browser);
  expect(await subjects()).toEqual([[email, "A second factor was turned on"]]);
  const proof = () => ({ current: password, code: codeOf(secret) });
  await browser.call("POST", "/auth/second-factor/recovery-codes", proof());
  expect(await subjects()).toEqual([[email, "New recovery codes were made"]]);
  await browser.call("POST", "/auth/second-factor/off", proof());
  expect(await subjects()).toEqual([[email, "The second factor was turned off"]]);
  const next = "staple of another day";
  await browser.call("POST", "/auth/password", { current: password, next });
  const [told] = await server.post();
  expect(told?.mail.subject).toBe("Your password was changed");
  expect(told?.mail.text).toContain(`This was 15 January 2026 at 12:0`);
  expect(told?.mail.text).toContain(`UTC, from the address ${address}.`);
  expect(told?.mail.text).toContain("https://bots.example/forgotten-password");
  // Nothing that was not done is told.
  await browser.call("POST", "/auth/password", { current: "wrong", next });
  await browser.call("POST", "/auth/second-factor/off", proof());
  expect(await subjects()).toEqual([]);
});

it("tells somebody whose second factor an owner took away, or the command line, and of a password made there", async () => {
  const owner = await aPerson("owner", "en");
  const { browser, email, memberId } = await aPerson("agent", "ru");
  await setUp(browser);
  expect(await subjects()).toEqual([[email, "Второй фактор включён"]]);
  expect((await owner.browser.call("DELETE", `/api/v1/members/${memberId}/second-factor`)).statusCode).toBe(204);
  expect(await subjects()).toEqual([[email, "Второй фактор сброшен"]]);
  const again = aBrowser(server, "10.6.1.1");
  await again.call("POST", "/auth/session", { email, password }, { "accept-language": "ru" });
  await setUp(again);
  await server.post();
  const context = {
    ...{ database: server.database, secretKey: server.secretKey, config: { accountMail: {} } },
    ...{
      publicUrl: "https://bots.example",
      enqueueJobs: async (_trx: unknown, jobs: never[]) => void made.push(...jobs),
    },
  };
  const made: Parameters<typeof server.work>[0][] = [];
  await userResetTwoFactor.run(context as never, { email } as never);
  await userResetPassword.run(context as never, { email } as never);
  expect(made).toHaveLength(2);
  for (const job of made) await server.work(job);
  const told = server.smtp.taken.slice(-2);
  expect(told.map(({ mail }) => mail.subject)).toEqual(["Второй фактор сброшен", "Ваш пароль изменён"]);
  expect(told[1]?.mail.text).toContain("из командной строки сервера");
});

it("sends an invitation as a mail with the link that the inviter sees, unless it was withdrawn before", async () => {
  const { browser } = await aPerson("owner", "ru");
  const invite = async (email: string) =>
    (await browser.call("POST", "/api/v1/invitations", { email, role: "agent" })).json();
  const { url } = await invite("new.one@example.com");
  const [mail] = await server.post();
  expect(mail?.to).toEqual(["new.one@example.com"]);
  expect(mail?.mail.subject).toBe(`Ann приглашает вас в «${tenant.workspace.name}»`);
  expect(mail?.mail.text).toContain(`\n${url}\n`);
  const job = JSON.stringify(server.enqueued.at(-1));
  for (const secret of [url.split("/").at(-1), "new.one"]) expect(job).not.toContain(secret);
  const { id } = await invite("other.one@example.com");
  const held = server.hold();
  expect((await browser.call("DELETE", `/api/v1/invitations/${id}`)).statusCode).toBe(204);
  for (const one of held) await server.work(one);
  expect(server.smtp.taken.at(-1)?.to).toEqual(["new.one@example.com"]);
});
