import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type MailingServer, mailingServer, tokenIn } from "../../../test/account-mails.ts";
import { aTenant, type Tenant, testServer } from "../../../test/server.ts";
import { aBrowser, type TestBrowser } from "../../../test/signed-in.ts";
import { accountMails } from "../../shell/metrics.ts";
import { hashPassword } from "../../shell/password.ts";
import { createUser, joinWorkspace } from "../../store/member-store.ts";

let server: MailingServer;
let tenant: Tenant;
beforeAll(async () => {
  server = await mailingServer();
  tenant = await aTenant(server);
});
afterAll(() => server.close());
beforeEach(() => {
  server.pass(20 * 60_000);
  server.hold();
  server.later.length = 0;
  server.smtp.heal();
});

const password = "correct horse battery";
const next = "staple of another day";
let people = 0;

async function aPerson() {
  people += 1;
  const email = `Forgetful${people}@example.com`;
  const passwordHash = await hashPassword(password);
  const userId = await createUser(server.database.db, { email, name: "Ann <b>", passwordHash });
  const { id: memberId } = await joinWorkspace(server.database.db, tenant.workspace.id, userId, "agent");
  return { email, userId, memberId };
}

const stranger = () => {
  people += 1;
  return aBrowser(server, `10.4.${people >> 8}.${people & 255}`);
};
const ask = async (email: string, browser = stranger(), headers: Record<string, string> = {}) =>
  await browser.call("POST", "/auth/password-reset", { email }, headers);
const look = async (token: string) => await stranger().call("POST", "/auth/password-reset/look", { token });
const use = async (token: string, to = next, browser = stranger()) =>
  await browser.call("POST", "/auth/password-reset/use", { token, password: to });
const signIn = async (email: string, word: string, browser = stranger(), code?: string) =>
  await browser.call("POST", "/auth/session", { email, password: word, ...(code === undefined ? {} : { code }) });
const codeOf = (answer: { json(): { error?: { code: string } } | null }) => answer.json()?.error?.code;

/** Asks, and takes the link from the mail. */
async function linkFor(email: string): Promise<string> {
  expect((await ask(email)).statusCode).toBe(200);
  const mails = await server.post();
  expect(mails).toHaveLength(1);
  return tokenIn(mails[0]);
}

describe("a forgotten password", () => {
  it("is replaced by a link from a mail, once, and whoever was signed in is out", async () => {
    const { email, memberId } = await aPerson();
    const phone = stranger();
    expect((await signIn(email, password, phone)).statusCode).toBe(200);
    expect((await ask(email.toUpperCase(), stranger())).json()).toBeNull();
    const [mail] = await server.post();
    expect(mail).toMatchObject({ from: "bots@example.com", to: [email] });
    expect(mail?.mail).toMatchObject({ subject: "Choose a new password", from: { name: "Repartee" } });
    expect(mail?.mail.headers).toContainEqual(
      expect.objectContaining({ key: "auto-submitted", value: "auto-generated" }),
    );
    const token = tokenIn(mail);
    // The server's own address, whatever the request says; and nothing of a name is markup.
    expect(mail?.mail.html).toContain(`href="https://bots.example/new-password#${token}"`);
    expect(mail?.mail.html).toContain("Ann &lt;b&gt;");
    expect((await look(token)).json()).toEqual({ email });
    expect((await use(token)).statusCode).toBe(200);
    server.pass(5_000);
    expect((await phone.call("GET", "/auth/devices")).statusCode).toBe(401);
    expect(codeOf(await signIn(email, password))).toBe("session.wrong_password");
    expect((await signIn(email, next)).statusCode).toBe(200);
    for (const again of [await use(token), await look(token)]) {
      expect([again.statusCode, codeOf(again)]).toEqual([404, "password_reset.not_found"]);
    }
    expect((await server.post()).map(({ mail: told }) => told.subject)).toEqual(["Your password was changed"]);
    const log = await tenant.call("GET", `/audit-log?kind=account&ref=${memberId}`);
    const entries = log
      .json()
      .data.map(({ operation, actor }: { operation: string; actor: { kind: string } }) => [operation, actor.kind]);
    expect(entries).toContainEqual(["askPasswordReset", "nobody"]);
    expect(entries).toContainEqual(["resetPassword", "member"]);
  });

  it("says the same, and does the same work, where nobody has the e-mail", async () => {
    const { email } = await aPerson();
    const [known, unknown] = [await ask(email), await ask("nobody.at.all@example.com")];
    expect([known.statusCode, known.body]).toEqual([unknown.statusCode, unknown.body]);
    // Both leave one job of the same size, which alone looks who it is.
    const [one, two] = server.hold();
    expect([one?.kind, two?.kind]).toEqual(["send-account-mail", "send-account-mail"]);
    await server.work(two);
    expect(server.later).toEqual([]);
    const before = server.smtp.taken.length;
    await server.work(one);
    expect(server.smtp.taken.length).toBe(before + 1);
  });

  it("leaves neither link nor e-mail to be read in the database", async () => {
    const { email, userId } = await aPerson();
    expect((await ask(email)).statusCode).toBe(200);
    const [job] = server.hold();
    await server.work(job);
    const token = tokenIn(server.smtp.taken.at(-1));
    expect(token).toHaveLength(43);
    const rows = await server.database.db
      .selectFrom("passwordResets")
      .selectAll()
      .where("userId", "=", userId)
      .execute();
    expect(rows).toMatchObject([{ hash: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    const kept = JSON.stringify([job, rows]).toLowerCase();
    for (const secret of [token, email]) expect(kept).not.toContain(secret.toLowerCase());
    expect(server.logged.join()).not.toContain(token);
  });

  it("asks for the second factor all the same", async () => {
    const { email } = await aPerson();
    const browser = stranger();
    await signIn(email, password, browser);
    const { secret } = (await browser.call("POST", "/auth/second-factor", { current: password })).json();
    const code = () => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: server.now() });
    expect((await browser.call("POST", "/auth/second-factor/confirm", { code: code() })).statusCode).toBe(200);
    await server.post();
    server.pass(60_000);
    expect((await use(await linkFor(email))).statusCode).toBe(200);
    expect(codeOf(await signIn(email, next))).toBe("session.second_factor_needed");
    expect((await signIn(email, next, stranger(), code())).statusCode).toBe(200);
  });

  it("may have been tried so often that signing in was held back: the new one counts at once", async () => {
    const { email } = await aPerson();
    const browser = stranger();
    for (let n = 0; n < 9; n += 1) await signIn(email, "what was it again", browser);
    expect(codeOf(await signIn(email, password, browser))).toBe("session.too_many");
    expect((await use(await linkFor(email), next, browser)).statusCode).toBe(200);
    expect((await signIn(email, next, browser)).statusCode).toBe(200);
  });

  it("takes no new one that is guessed early, and the link stays good", async () => {
    const { email } = await aPerson();
    const token = await linkFor(email);
    for (const bad of ["short", "password2026", email]) {
      expect([bad, codeOf(await use(token, bad))]).toEqual([bad, "request.invalid"]);
    }
    expect((await use(token)).statusCode).toBe(200);
  });

  it("is nobody's who never had one: no mail goes out", async () => {
    people += 1;
    const email = `placeholder${people}@example.com`;
    await createUser(server.database.db, { email, name: "" });
    expect((await ask(email)).statusCode).toBe(200);
    expect(await server.post()).toEqual([]);
  });

  it("speaks the language of the page, or what the person signed in with last", async () => {
    const { email } = await aPerson();
    await ask(email, stranger(), { "accept-language": "ru" });
    const [first] = await server.post();
    expect(first?.mail.subject).toBe("Новый пароль");
    expect(first?.mail.html).toContain('<html lang="ru">');
    await stranger().call("POST", "/auth/session", { email, password }, { "accept-language": "ru-RU,ru;q=0.9" });
    server.pass(1_000);
    await ask(email, stranger(), { "accept-language": "en" });
    expect((await server.post())[0]?.mail.subject).toBe("Новый пароль");
    const browser = stranger();
    await signIn(email, password, browser);
    expect((await browser.call("PATCH", "/auth/profile", { language: "en" })).statusCode).toBe(200);
    server.pass(1_000);
    await ask(email, stranger(), { "accept-language": "ru" });
    expect((await server.post())[0]?.mail.subject).toBe("Choose a new password");
  });
});

describe("a link for a new password", () => {
  it("ends after an hour, and when a newer one is asked for", async () => {
    const { email } = await aPerson();
    const first = await linkFor(email);
    server.pass(1_000);
    const second = await linkFor(email);
    expect(codeOf(await look(first))).toBe("password_reset.not_found");
    expect((await look(second)).statusCode).toBe(200);
    server.pass(3_600_000);
    expect(codeOf(await use(second))).toBe("password_reset.not_found");
    expect((await signIn(email, password)).statusCode).toBe(200);
  });

  it("ends when the password is changed in another way", async () => {
    const { email } = await aPerson();
    const token = await linkFor(email);
    server.pass(1_000);
    await ask(email);
    const [late] = server.hold();
    server.pass(1_000);
    const browser = stranger();
    await signIn(email, password, browser);
    const changed = await browser.call("POST", "/auth/password", { current: password, next: "a third one of mine" });
    expect(changed.statusCode).toBe(200);
    server.hold();
    expect(codeOf(await use(token))).toBe("password_reset.not_found");
    // Asked for before, and not sent yet.
    const before = server.smtp.taken.length;
    await server.work(late);
    expect(server.smtp.taken.length).toBe(before);
  });

  it("is the same one however often its mail is tried, and not good again where a worker does a job once more", async () => {
    const { email } = await aPerson();
    server.smtp.fail({ at: "data", code: 451, message: `try later, <${email}>` });
    await ask(email);
    const [job] = server.hold();
    await server.work(job);
    expect(server.later).toMatchObject([{ kind: "send-account-mail", startAt: server.now() + 5_000 }]);
    expect(server.jobLog.at(-1)).toContain("trying again");
    expect(server.jobLog.join().toLowerCase()).not.toContain(email.toLowerCase());
    server.smtp.heal();
    const [again] = server.later;
    await server.work(again);
    const token = tokenIn(server.smtp.taken.at(-1));
    await server.work(again);
    expect(tokenIn(server.smtp.taken.at(-1))).toBe(token);
    expect((await use(token)).statusCode).toBe(200);
    const before = server.smtp.taken.length;
    for (const repeated of [job, again]) await server.work(repeated);
    expect(server.smtp.taken.length).toBe(before);
    expect(codeOf(await use(token))).toBe("password_reset.not_found");
  });

  it("that is late does not end one asked for after it", async () => {
    const { email } = await aPerson();
    await ask(email);
    server.pass(1_000);
    await ask(email);
    const [older, newer] = server.hold();
    await server.work(newer);
    const token = tokenIn(server.smtp.taken.at(-1));
    const before = server.smtp.taken.length;
    await server.work(older);
    expect(server.smtp.taken.length).toBe(before);
    expect((await use(token)).statusCode).toBe(200);
  });

  it("is used by one of two who use it at once", async () => {
    const { email } = await aPerson();
    const token = await linkFor(email);
    const answers = await Promise.all([use(token), use(token, "quite another one")]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 404]);
  });

  it("is not sent again and again where the mail server refuses it", async () => {
    const { email } = await aPerson();
    server.smtp.fail({ at: "recipient", code: 550, message: "no such user" });
    await ask(email);
    expect(await server.post()).toEqual([]);
    expect(server.later).toEqual([]);
    expect(server.jobLog.at(-1)).toContain("given up");
  });

  it("is given up after some tries", async () => {
    const { email } = await aPerson();
    server.smtp.fail({ at: "greeting", code: 421 });
    const before = await counted();
    await ask(email);
    await server.post();
    for (let n = 0; n < 5; n += 1) await server.work(server.later.at(-1));
    expect(server.later).toHaveLength(5);
    expect(server.jobLog.at(-1)).toContain("given up");
    const after = await counted();
    expect([after.retried - before.retried, after.given_up - before.given_up]).toEqual([5, 1]);
  });

  it("is counted once it is sent, and there is a number before anything is", async () => {
    const { email } = await aPerson();
    const before = await counted();
    await linkFor(email);
    expect((await counted()).sent).toBe(before.sent + 1);
    const { values } = await accountMails.get();
    // Other files of this process may have counted before.
    expect(values.filter(({ labels }) => labels.kind === "invitation").map(({ value }) => value >= 0)).toEqual([
      true,
      true,
      true,
    ]);
  });
});

/** Links for a new password, by what became of their mails. */
async function counted() {
  const { values } = await accountMails.get();
  const of = (result: string) =>
    values.find(({ labels }) => labels.kind === "password_reset" && labels.result === result)?.value ?? Number.NaN;
  return { sent: of("sent"), retried: of("retried"), given_up: of("given_up") };
}

describe("whoever asks often", () => {
  const wishes = async (emails: readonly string[], browser: TestBrowser) => {
    const answers: number[] = [];
    for (const email of emails) answers.push((await ask(email, browser)).statusCode);
    return answers;
  };

  it("is held back for an account, whether there is one or not, and the log says so once", async () => {
    const { email } = await aPerson();
    for (const one of [email, "nobody.there@example.com"]) {
      const browser = stranger();
      expect(await wishes([one, one.toLowerCase(), one, one], browser)).toEqual([200, 200, 200, 429]);
    }
    expect(server.logged.filter((line) => line.includes("wishes for a new password"))).toHaveLength(2);
    server.pass(16 * 60_000);
    expect((await ask(email)).statusCode).toBe(200);
  });

  it("is held back over all addresses, and over all accounts", async () => {
    const { email } = await aPerson();
    const answers: number[] = [];
    for (let n = 0; n < 11; n += 1) answers.push((await ask(email)).statusCode);
    expect(answers.filter((status) => status === 200)).toHaveLength(10);
    expect(answers.at(-1)).toBe(429);
    const many = Array.from({ length: 21 }, (_, n) => `somebody${n}@example.com`);
    expect((await wishes(many, stranger())).filter((status) => status === 429)).toHaveLength(1);
  });

  it("guesses no link", async () => {
    const browser = stranger();
    const guess = () => browser.call("POST", "/auth/password-reset/look", { token: "a".repeat(43) });
    for (let n = 0; n < 60; n += 1) expect(codeOf(await guess())).toBe("password_reset.not_found");
    expect(codeOf(await guess())).toBe("session.too_many");
  });
});

it("is not offered by a server without mail, which says so", async () => {
  const mute = await testServer();
  const browser = aBrowser(mute, "10.5.0.1");
  expect((await browser.call("GET", "/auth/session")).json()).toMatchObject({ mailsAccounts: false });
  const answer = await browser.call("POST", "/auth/password-reset", { email: "ann@example.com" });
  expect([answer.statusCode, codeOf(answer)]).toEqual([409, "password_reset.no_mail"]);
  expect(mute.enqueued).toEqual([]);
  await mute.close();
  expect((await stranger().call("GET", "/auth/session")).json()).toMatchObject({ mailsAccounts: true });
});
