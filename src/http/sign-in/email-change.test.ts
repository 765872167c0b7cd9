import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type MailingServer, mailingServer, tokenIn } from "../../../test/account-mails.ts";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import { aBrowser, type TestBrowser } from "../../../test/signed-in.ts";
import { accountMails } from "../../shell/metrics.ts";
import { hashPassword } from "../../shell/password.ts";
import { createInvitation } from "../../store/invitation-store.ts";
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
let people = 0;

/** Somebody who is signed in. */
async function aPerson(on: TestServer = server, of: Tenant = tenant) {
  people += 1;
  const email = `Mover${people}@example.com`;
  const to = `moved${people}@example.org`;
  const passwordHash = await hashPassword(password);
  const userId = await createUser(on.database.db, { email, name: "Ann <b>", passwordHash });
  const { id: memberId } = await joinWorkspace(on.database.db, of.workspace.id, userId, "agent");
  const browser = stranger(on);
  expect((await signIn(email, browser)).statusCode).toBe(200);
  return { email, to, userId, memberId, browser };
}
type Person = Awaited<ReturnType<typeof aPerson>>;

const stranger = (on: TestServer = server) => {
  people += 1;
  return aBrowser(on, `10.11.${people >> 8}.${people & 255}`);
};
const signIn = async (email: string, browser = stranger(), word = password) =>
  await browser.call("POST", "/auth/session", { email, password: word });
const ask = async ({ browser, to }: Pick<Person, "browser" | "to">, more: object = {}) =>
  await browser.call("POST", "/auth/email-change", { current: password, email: to, ...more });
const look = async (browser: TestBrowser, token: string) =>
  await browser.call("POST", "/auth/email-change/look", { token });
const use = async (browser: TestBrowser, token: string) =>
  await browser.call("POST", "/auth/email-change/use", { token });
const codeOf = (answer: { json(): { error?: { code: string } } | null }) => answer.json()?.error?.code;
const emailOf = async (browser: TestBrowser) => (await browser.call("GET", "/auth/session")).json().user?.email;
const waiting = async (browser: TestBrowser) => (await browser.call("GET", "/auth/email-change")).json().waiting;

/** Asks, and takes the link from the mail; the notice has come too. */
async function linkFor(person: Person): Promise<string> {
  const asked = await ask(person);
  expect(asked.statusCode, asked.body).toBe(200);
  const mails = await server.post();
  // Mail programs write a domain in small letters.
  expect(mails.map(({ to }) => to.join().toLowerCase())).toEqual(
    [person.to, person.email].map((one) => one.toLowerCase()),
  );
  return tokenIn(mails[0], "confirm-email");
}

describe("another e-mail", () => {
  it("is the account's once the link that went there is opened; other devices are out, and the old e-mail is told", async () => {
    const person = await aPerson();
    const { browser, email, to, memberId } = person;
    const phone = stranger();
    await signIn(email, phone);
    expect((await ask(person)).json()).toEqual({ isChanged: false });
    const [mail, notice] = await server.post();
    expect(mail).toMatchObject({ from: "bots@example.com", to: [to] });
    expect(mail?.mail.subject).toBe("Confirm your new e-mail");
    // The new mailbox may be a stranger's: whose account it is does not stand there.
    expect(`${mail?.mail.text}${mail?.mail.html}`).not.toContain(email);
    const token = tokenIn(mail, "confirm-email");
    expect(mail?.mail.html).toContain(`href="https://bots.example/confirm-email#${token}"`);
    expect(notice).toMatchObject({ to: [email] });
    expect(notice?.mail.subject).toBe("Another e-mail was asked for");
    expect(notice?.mail.text).toContain("https://bots.example/forgotten-password");
    expect(await emailOf(browser)).toBe(email);
    expect(await waiting(browser)).toMatchObject({ email: to });

    expect((await look(browser, token)).json()).toEqual({ email: to, isYours: true });
    const used = await use(browser, token);
    expect(used.statusCode, used.body).toBe(200);
    expect([await emailOf(browser), await waiting(browser)]).toEqual([to, null]);
    expect((await phone.call("GET", "/auth/session")).json().user).toBeNull();
    expect(codeOf(await signIn(email))).toBe("session.wrong_password");
    expect((await signIn(to)).statusCode).toBe(200);
    const [told, ...rest] = await server.post();
    expect([told?.to, told?.mail.subject, rest]).toEqual([[email], "Your e-mail was changed", []]);
    // Asking for a new password at the old one would lead nowhere.
    expect(told?.mail.text).not.toContain("forgotten-password");

    const log = (await tenant.call("GET", `/audit-log?kind=account&ref=${memberId}`)).json().data;
    expect(log.map(({ operation }: { operation: string }) => operation)).toEqual(
      expect.arrayContaining(["askEmailChange", "changeEmail"]),
    );
    const changed = log.find(({ operation }: { operation: string }) => operation === "changeEmail");
    expect(changed).toMatchObject({
      actor: { kind: "member", id: memberId },
      changes: [{ setting: "email", before: email, after: to }],
    });
  });

  it("is asked for with the password, which nobody guesses at leisure", async () => {
    const { browser, to } = await aPerson();
    const wrong = () => ask({ browser, to }, { current: "not the password" });
    for (let n = 0; n < 8; n += 1) expect(codeOf(await wrong())).toBe("session.wrong_password");
    expect(codeOf(await ask({ browser, to }))).toBe("session.too_many");
    expect(codeOf(await stranger().call("POST", "/auth/email-change", { current: password, email: to }))).toBe(
      "session.none",
    );
    expect(server.hold()).toEqual([]);
  });

  it("takes the second factor too, where there is one", async () => {
    const person = await aPerson();
    const { browser } = person;
    const { secret } = (await browser.call("POST", "/auth/second-factor", { current: password })).json();
    const code = () => {
      server.pass(30_000);
      return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: server.now() });
    };
    expect((await browser.call("POST", "/auth/second-factor/confirm", { code: code() })).statusCode).toBe(200);
    server.hold();
    expect(codeOf(await ask(person))).toBe("session.second_factor_needed");
    expect(codeOf(await ask(person, { code: "000000" }))).toBe("session.wrong_code");
    expect(server.hold()).toEqual([]);
    expect((await ask(person, { code: code() })).statusCode).toBe(200);
  });

  it("has to be another one and an e-mail; case alone may be set right", async () => {
    const person = await aPerson();
    const { browser, email } = person;
    for (const bad of [email, "nobody", ""]) {
      const answer = await ask({ browser, to: bad });
      expect([answer.statusCode, answer.json().error.details?.[0]?.path]).toEqual([422, "email"]);
    }
    const token = await linkFor({ ...person, to: email.toLowerCase() });
    expect((await use(browser, token)).statusCode).toBe(200);
    expect(await emailOf(browser)).toBe(email.toLowerCase());
  });

  it("says the same of one that is somebody's, whom a mail tells so", async () => {
    const [ann, bob, eve] = [await aPerson(), await aPerson(), await aPerson()];
    const taken = await ask({ browser: ann.browser, to: bob.email.toUpperCase() });
    const jobs = server.hold();
    const free = await ask(eve);
    expect([taken.statusCode, taken.body]).toEqual([free.statusCode, free.body]);
    expect(server.hold().map(({ kind }) => kind)).toEqual(jobs.map(({ kind }) => kind));
    expect(await waiting(ann.browser)).toMatchObject({ email: bob.email.toUpperCase() });
    const before = server.smtp.taken.length;
    await server.work(jobs[0]);
    const [told, ...rest] = server.smtp.taken.slice(before);
    expect([told?.to, told?.mail.subject, rest]).toEqual([[bob.email], "This e-mail has an account already", []]);
    expect(told?.mail.text).not.toContain("#");
    expect(`${told?.mail.text}${told?.mail.html}`).not.toContain(ann.email);
  });

  it("leaves invitations to the old one as they are, and keeps flows that name members up to date", async () => {
    const person = await aPerson();
    const { db } = server.database;
    const wanted = { workspaceId: tenant.workspace.id, email: person.email, role: "viewer", invitedBy: null } as const;
    const { id } = await createInvitation(db, { ...wanted, at: new Date(server.now()) });
    const contact = (await tenant.call("POST", "/contacts", { body: { bot: tenant.bot.ref, name: "C" } })).json();
    const mention = async (agent: string) => {
      const body = { action: "mention_agent", args: { agent } };
      const done = await tenant.call("POST", `/contacts/${contact.id}/actions`, { body });
      return done.json().results?.[0].ok ?? codeOf(done);
    };
    const unknown = "action.refused";
    expect([await mention(person.email), await mention(person.to)]).toEqual([true, unknown]);
    await use(person.browser, await linkFor(person));
    expect([await mention(person.email), await mention(person.to)]).toEqual([unknown, true]);
    const open = (await tenant.call("GET", "/invitations")).json().data;
    expect(open).toContainEqual(expect.objectContaining({ id, email: person.email }));
  });

  it("speaks the language of the person, and of the page where that is not known", async () => {
    const person = await aPerson();
    await server.database.db.updateTable("users").set({ language: null }).where("id", "=", person.userId).execute();
    const body = { current: password, email: person.to };
    await person.browser.call("POST", "/auth/email-change", body, { "accept-language": "ru" });
    const [mail] = await server.post();
    expect(mail?.mail.subject).toBe("Подтвердите новый адрес почты");
    await person.browser.call("PATCH", "/auth/profile", { language: "ru" });
    await use(person.browser, tokenIn(mail, "confirm-email"));
    expect((await server.post())[0]?.mail.subject).toBe("Адрес почты изменён");
  });
});

describe("the link for another e-mail", () => {
  it("works once, and for whoever asked for it alone", async () => {
    const [person, other] = [await aPerson(), await aPerson()];
    const token = await linkFor(person);
    for (const browser of [stranger(), other.browser]) {
      expect((await look(browser, token)).json()).toEqual({ email: person.to, isYours: false });
    }
    expect(codeOf(await use(stranger(), token))).toBe("session.none");
    expect(codeOf(await use(other.browser, token))).toBe("email_change.other_account");
    expect((await use(person.browser, token)).statusCode).toBe(200);
    for (const again of [await use(person.browser, token), await look(person.browser, token)]) {
      expect([again.statusCode, codeOf(again)]).toEqual([404, "email_change.not_found"]);
    }
  });

  it("is used by one of two who use it at once", async () => {
    const person = await aPerson();
    const phone = stranger();
    await signIn(person.email, phone);
    const token = await linkFor(person);
    const answers = await Promise.all([use(person.browser, token), use(phone, token)]);
    // Who is second may be signed out already.
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1);
  });

  it("gives an e-mail to one of two who both confirm it, and says so to the other", async () => {
    const [ann, bob] = [await aPerson(), await aPerson()];
    const rival = { ...bob, to: ann.to.toUpperCase() };
    const tokens = [await linkFor(ann), await linkFor(rival)];
    const answers = await Promise.all([use(ann.browser, tokens[0] ?? ""), use(bob.browser, tokens[1] ?? "")]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409]);
    const lost = answers.findIndex(({ statusCode }) => statusCode === 409);
    expect(codeOf(answers[lost] as never)).toBe("user.email_taken");
    const [loser = ann] = [[ann, bob][lost]];
    expect(await emailOf(loser.browser)).toBe(loser.email);
    expect((await signIn(loser.email)).statusCode).toBe(200);
  });

  it("ends after an hour from its mail, and when another is asked for", async () => {
    const person = await aPerson();
    const first = await linkFor(person);
    server.pass(1_000);
    const second = await linkFor({ ...person, to: `other-${person.to}` });
    expect(codeOf(await look(person.browser, first))).toBe("email_change.not_found");
    expect((await look(person.browser, second)).statusCode).toBe(200);
    server.pass(3_600_000);
    expect(codeOf(await use(person.browser, second))).toBe("email_change.not_found");
    expect([await emailOf(person.browser), await waiting(person.browser)]).toEqual([person.email, null]);
  });

  it("ends when it is withdrawn, when the password is changed, and with a link for a new password", async () => {
    const person = await aPerson();
    const { browser, email } = person;
    const withdrawn = await linkFor(person);
    expect((await browser.call("DELETE", "/auth/email-change")).statusCode).toBe(200);
    expect(codeOf(await use(browser, withdrawn))).toBe("email_change.not_found");
    const next = "a third one of mine";
    const ended = await linkFor(person);
    await browser.call("POST", "/auth/password", { current: password, next });
    server.hold();
    expect(codeOf(await use(browser, ended))).toBe("email_change.not_found");
    server.pass(1_000);
    await ask(person, { current: next });
    const [late, notice] = server.hold();
    await stranger().call("POST", "/auth/password-reset", { email });
    const [reset] = await server.post();
    const body = { token: tokenIn(reset), password };
    expect((await stranger().call("POST", "/auth/password-reset/use", body)).statusCode).toBe(200);
    // Asked for before, and not sent yet: there is no link to send any more.
    const before = server.smtp.taken.length;
    await server.work(late);
    expect(server.smtp.taken.length).toBe(before);
    await server.work(notice);
    expect(server.smtp.taken.at(-1)?.to).toEqual([email]);
  });

  it("takes links for a new password along that went to the old e-mail", async () => {
    const person = await aPerson();
    const { browser, email } = person;
    await stranger().call("POST", "/auth/password-reset", { email });
    const reset = tokenIn((await server.post())[0]);
    await stranger().call("POST", "/auth/password-reset", { email });
    const [late] = server.hold();
    await use(browser, await linkFor(person));
    server.hold();
    const body = { token: reset, password: "staple of another day" };
    expect(codeOf(await stranger().call("POST", "/auth/password-reset/use", body))).toBe("password_reset.not_found");
    const before = server.smtp.taken.length;
    await server.work(late);
    expect(server.smtp.taken.length).toBe(before);
  });

  it("is the same one however often its mail is tried, counted, and given up in the end", async () => {
    const person = await aPerson();
    const before = await counted();
    server.smtp.fail({ at: "data", code: 451, message: `try later, <${person.to}>` });
    await ask(person);
    const [job] = server.hold();
    await server.work(job);
    expect(server.later).toMatchObject([{ kind: "send-account-mail", startAt: server.now() + 5_000 }]);
    expect(server.jobLog.join().toLowerCase()).not.toContain(person.to);
    server.smtp.heal();
    server.pass(50 * 60_000);
    await server.work(server.later[0]);
    const token = tokenIn(server.smtp.taken.at(-1), "confirm-email");
    // An hour from when it was sent.
    server.pass(50 * 60_000);
    expect((await use(person.browser, token)).statusCode).toBe(200);
    const sent = server.smtp.taken.length;
    await server.work(job);
    expect(server.smtp.taken.length).toBe(sent);
    const after = await counted();
    expect([after.sent - before.sent, after.retried - before.retried]).toEqual([1, 1]);
  });

  it("stands nowhere to be read, nor does the e-mail in the queue", async () => {
    const person = await aPerson();
    await ask(person);
    const jobs = server.hold();
    await server.work(jobs[0]);
    const token = tokenIn(server.smtp.taken.at(-1), "confirm-email");
    expect(token).toHaveLength(43);
    const rows = await server.database.db
      .selectFrom("emailChanges")
      .selectAll()
      .where("userId", "=", person.userId)
      .execute();
    expect(rows).toMatchObject([{ hash: expect.stringMatching(/^[0-9a-f]{64}$/), email: person.to }]);
    expect(JSON.stringify([jobs, rows])).not.toContain(token);
    for (const secret of [person.to, person.email]) expect(JSON.stringify(jobs)).not.toContain(secret);
    expect(server.logged.join()).not.toContain(token);
  });

  it("is guessed by nobody", async () => {
    const browser = stranger();
    for (let n = 0; n < 60; n += 1) {
      expect(codeOf(await look(browser, "a".repeat(43)))).toBe("email_change.not_found");
    }
    expect(codeOf(await look(browser, "a".repeat(43)))).toBe("session.too_many");
  });
});

/** Links for another e-mail, by what became of their mails. */
async function counted() {
  const { values } = await accountMails.get();
  const of = (result: string) =>
    values.find(({ labels }) => labels.kind === "email_change" && labels.result === result)?.value ?? Number.NaN;
  return { sent: of("sent"), retried: of("retried"), given_up: of("given_up") };
}

it("whoever asks often is held back: for one e-mail from an address, and for all by the account", async () => {
  const person = await aPerson();
  const answers: number[] = [];
  for (let n = 0; n < 4; n += 1) answers.push((await ask(person)).statusCode);
  expect(answers).toEqual([200, 200, 200, 429]);
  const other = await aPerson();
  const many: number[] = [];
  for (let n = 0; n < 11; n += 1) many.push((await ask({ ...other, to: `${n}-${other.to}` })).statusCode);
  expect(many.filter((status) => status === 429)).toHaveLength(1);
  expect(server.logged.some((line) => line.includes("wishes for another e-mail"))).toBe(true);
});

describe("a server that sends no mail", () => {
  let mute: TestServer;
  let theirs: Tenant;
  beforeAll(async () => {
    mute = await testServer();
    theirs = await aTenant(mute);
  });
  afterAll(() => mute.close());

  it("changes the e-mail at once, and signs other devices out", async () => {
    const { browser, email, to } = await aPerson(mute, theirs);
    const phone = stranger(mute);
    await signIn(email, phone);
    expect(codeOf(await ask({ browser, to }, { current: "wrong" }))).toBe("session.wrong_password");
    expect((await ask({ browser, to })).json()).toEqual({ isChanged: true });
    expect(await emailOf(browser)).toBe(to);
    expect((await phone.call("GET", "/auth/session")).json().user).toBeNull();
    expect((await signIn(to, stranger(mute))).statusCode).toBe(200);
    expect(mute.enqueued).toEqual([]);
  });

  it("says that an e-mail is taken, and not to whoever asks for one after the other", async () => {
    const [ann, bob] = [await aPerson(mute, theirs), await aPerson(mute, theirs)];
    const taken = await ask({ browser: ann.browser, to: bob.email.toLowerCase() });
    expect([taken.statusCode, codeOf(taken)]).toEqual([409, "user.email_taken"]);
    expect(await emailOf(ann.browser)).toBe(ann.email);
    const codes: unknown[] = [];
    for (let n = 0; n < 4; n += 1) codes.push(codeOf(await ask({ browser: ann.browser, to: bob.email })));
    expect(codes.at(-1)).toBe("session.too_many");
  });
});
