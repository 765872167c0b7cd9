import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tablesThatSay } from "../../../test/say.ts";
import { aTenant, type Tenant, type TestServer, testServer } from "../../../test/server.ts";
import { aBrowser } from "../../../test/signed-in.ts";
import { userDelete } from "../../app/cli/user-delete.ts";
import { type AccountMail, toAccountMailJob } from "../../shell/account-mail/account-mail.ts";
import { prepareJobTables } from "../../shell/job-tables.ts";
import { hashPassword } from "../../shell/password.ts";
import { addAccountEntry } from "../../store/audit-store.ts";
import { createUser, joinWorkspace } from "../../store/member-store.ts";

let server: TestServer;
let tenant: Tenant;
beforeAll(async () => {
  server = await testServer();
  tenant = await aTenant(server);
  await prepareJobTables(server.database);
  await sql`select ${sql.raw(server.database.jobSchema)}.create_queue('send-account-mail', '{"policy":"standard"}'::jsonb)`.execute(
    server.database.db,
  );
  const keeper = await createUser(server.database.db, { email: "keeper@example.com", name: "Keeper" });
  await joinWorkspace(server.database.db, tenant.workspace.id, keeper, "owner");
});
afterAll(() => server.close());

const password = "correct horse battery";
let people = 0;

/** Somebody with an own word in name and e-mail, signed in. */
async function aPerson(role: "owner" | "agent" = "owner", of: Tenant = tenant) {
  people += 1;
  const mark = `zqerased${people}`;
  const email = `${mark}@Example.com`;
  const { db } = server.database;
  const userId = await createUser(db, { email, name: `Ann ${mark}`, passwordHash: await hashPassword(password) });
  const { id: memberId } = await joinWorkspace(db, of.workspace.id, userId, role);
  const browser = aBrowser(server, `10.9.0.${people}`);
  expect((await browser.call("POST", "/auth/session", { email, password })).statusCode).toBe(200);
  return { mark, email, userId, memberId, browser };
}
const codeOf = (answer: { json(): { error?: { code: string } } }) => answer.json().error?.code;

async function enqueueMail(mail: AccountMail, state: "created" | "completed") {
  const { data } = toAccountMailJob(mail, server.secretKey);
  await sql`insert into ${sql.table(`${server.database.jobSchema}.job`)} (name, data, state, policy)
    values ('send-account-mail', ${JSON.stringify({ value: data })}::jsonb, ${sql.raw(`'${state}'`)}, 'standard')`.execute(
    server.database.db,
  );
}
async function countMails(): Promise<number> {
  const { rows } = await sql<{
    count: number;
  }>`select count(*)::int as count from ${sql.table(`${server.database.jobSchema}.job`)}`.execute(server.database.db);
  return rows[0]?.count ?? 0;
}

/** Leaves something wherever a member leaves something. */
async function work({ mark, email, memberId, userId, browser }: Awaited<ReturnType<typeof aPerson>>) {
  const wrong = { email, password: "not the right one" };
  expect((await aBrowser(server, "10.9.1.1").call("POST", "/auth/session", wrong)).statusCode).toBe(403);
  const api = async (method: "POST" | "PATCH", path: string, body: object) => {
    const answer = await browser.call(method, `/api/v1${path}`, body, { "idempotency-key": randomUUID() });
    expect(answer.statusCode, answer.body).toBeLessThan(300);
    return answer.json();
  };
  const contact = await api("POST", "/contacts", { bot: tenant.bot.ref, name: "Somebody" });
  for (const [action, args] of [
    ["add_note", { text: "a note" }],
    ["assign_agent", { agent: memberId }],
    ["mention_agent", { agent: email, comment: "look" }],
  ] as const) {
    const done = await api("POST", `/contacts/${contact.id}/actions`, { action, args });
    expect(done.results).toMatchObject([{ ok: true }]);
  }
  await api("POST", "/saved-replies", { shortcut: mark.slice(2), text: `Write to ${email}!` });
  await api("POST", "/invitations", { email: `by-${people}@example.com`, role: "agent" });
  await tenant.call("PATCH", `/members/${memberId}`, { body: { role: "admin" } });
  await tenant.call("PATCH", `/members/${memberId}`, { body: { role: "agent" } });
  const rest = { base: "https://bots.example", address: "10.0.0.1", at: server.now() };
  await enqueueMail({ kind: "notice", notice: "password_changed", userId, ...rest }, "created");
  await enqueueMail(
    { kind: "password_reset", email: email.toLowerCase(), language: "en", token: "t", ...rest },
    "completed",
  );
  await enqueueMail(
    { kind: "email_change", userId, email: `new.${email}`, language: "en", token: "t", ...rest },
    "completed",
  );
  await enqueueMail({ kind: "invitation", inviter: `Ann ${mark}`, language: "en", secret: "s", ...rest }, "completed");
  return contact;
}

describe("who deletes their account", () => {
  it("is in no table any more, while what they wrote stays", async () => {
    const ann = await aPerson("owner");
    const other = await aPerson("agent");
    await enqueueMail(
      { kind: "notice", notice: "password_changed", userId: other.userId, base: "b", address: "a", at: 1 },
      "created",
    );
    const before = await countMails();
    const contact = await work(ann);
    // Asked into another workspace, where they were and are no more.
    const elsewhere = await aTenant(server);
    const { id } = (await elsewhere.call("POST", "/members", { body: { email: ann.email, role: "agent" } })).json();
    expect((await elsewhere.call("DELETE", `/members/${id}`)).statusCode).toBe(204);
    expect(
      (await elsewhere.call("POST", "/invitations", { body: { email: ann.email, role: "agent" } })).statusCode,
    ).toBe(201);
    expect(await tablesThatSay(server.database, ann.mark)).toEqual(
      expect.arrayContaining(["audit_log", "idempotency_keys", "invitations", "sign_in_tries", "users"]),
    );

    const answer = await ann.browser.call("DELETE", "/auth/account", { email: ann.email.toLowerCase() });
    expect(answer.statusCode, answer.body).toBe(200);
    // What they wrote into a saved reply is the workspace's text.
    expect(await tablesThatSay(server.database, ann.mark)).toEqual(["saved_replies"]);
    expect(await countMails()).toBe(before);
    expect(ann.browser.cookie).toBe("");
    expect(codeOf(await ann.browser.call("POST", "/auth/session", { email: ann.email, password }))).toBe(
      "session.wrong_password",
    );
    expect((await other.browser.call("GET", "/auth/session")).json().user.email).toBe(other.email);

    const log = (await tenant.call("GET", `/audit-log?member=${ann.memberId}`)).json().data;
    expect(log.length).toBeGreaterThan(3);
    expect(log[0]).toMatchObject({
      operation: "deleteAccount",
      actor: { kind: "member", id: ann.memberId, name: "" },
      address: "",
    });
    expect(new Set(log.map(({ actor }: { actor: { name: string } }) => actor.name))).toEqual(new Set([""]));
    const roles = (await tenant.call("GET", `/audit-log?operation=changeMember&kind=member&ref=${ann.memberId}`)).json()
      .data;
    expect(roles[0]).toMatchObject({
      subject: { name: null },
      changes: [{ setting: "role", before: "admin", after: "agent" }],
    });
    const notes = (await tenant.call("GET", `/contacts/${contact.id}/notes`)).json().data;
    expect(notes).toMatchObject([{ text: "a note" }]);
  });

  it("is forgotten by the e-mails from before too, but not by one that is somebody else's now", async () => {
    const moved = await aPerson("agent");
    const elsewhere = await aTenant(server);
    const invite = async () =>
      (await elsewhere.call("POST", "/members", { body: { email: moved.email, role: "agent" } })).json();
    const { id } = await invite();
    expect((await elsewhere.call("DELETE", `/members/${id}`)).statusCode).toBe(204);
    const { db } = server.database;
    const to = async (email: string) =>
      expect((await moved.browser.call("POST", "/auth/email-change", { current: password, email })).json()).toEqual({
        isChanged: true,
      });
    const given = `${moved.mark}given@example.com`;
    await to(given);
    await to(`${moved.mark}-last@example.com`);
    // Who has one of them now keeps what is theirs.
    const heir = await createUser(db, { email: given, name: "Heir" });
    await joinWorkspace(db, elsewhere.workspace.id, heir, "owner");
    await addAccountEntry(db, heir, { at: new Date(), operation: "signIn", address: "10.0.0.9", isProven: true });
    const last = (await moved.browser.call("GET", "/auth/session")).json().user.email;
    expect((await moved.browser.call("DELETE", "/auth/account", { email: last })).statusCode).toBe(200);
    const { rows } = await sql<{ say: string }>`select to_jsonb(a)::text as say from audit_log a`.execute(db);
    const said = rows.filter(({ say }) => say.includes(moved.mark));
    expect(said.map(({ say }) => JSON.parse(say).name)).toEqual([given]);
    expect(await tablesThatSay(server.database, moved.mark)).toEqual(["audit_log", "sign_in_tries", "users"]);
  });

  it("types the e-mail and, where that was long ago, the password", async () => {
    const bob = await aPerson("agent");
    expect(codeOf(await bob.browser.call("DELETE", "/auth/account", { email: "bob@example.com" }))).toBe(
      "user.other_email",
    );
    server.pass(16 * 60_000);
    expect(codeOf(await bob.browser.call("DELETE", "/auth/account", { email: bob.email }))).toBe(
      "session.proof_needed",
    );
    expect((await bob.browser.call("POST", "/auth/proof", { current: password })).statusCode).toBe(200);
    expect((await bob.browser.call("DELETE", "/auth/account", { email: bob.email })).statusCode).toBe(200);
    expect(codeOf(await aBrowser(server, "10.9.2.1").call("DELETE", "/auth/account", { email: bob.email }))).toBe(
      "session.none",
    );
  });

  it("is refused while nobody else owns a workspace of theirs", async () => {
    const other = await aTenant(server);
    const eve = await aPerson("owner", other);
    const refused = await eve.browser.call("DELETE", "/auth/account", { email: eve.email });
    expect(codeOf(refused)).toBe("user.last_owner");
    expect(refused.json().error.message).toContain(other.workspace.domain);
    expect((await eve.browser.call("GET", "/auth/session")).json().user.email).toBe(eve.email);
  });
});

describe("repartee user delete", () => {
  const run = (email: string) =>
    userDelete.run({ database: server.database, secretKey: server.secretKey, config: {} } as never, { email } as never);

  it("deletes somebody's account, and says in the log that it was the command line", async () => {
    const kim = await aPerson("agent");
    expect((await run(kim.email.toUpperCase())).data).toEqual({ email: kim.email.toUpperCase() });
    expect(await tablesThatSay(server.database, kim.mark)).toEqual([]);
    server.pass(5_000);
    expect((await kim.browser.call("GET", "/auth/session")).json().user).toBeNull();
    const log = await tenant.call("GET", `/audit-log?operation=deleteAccount&kind=account&ref=${kim.memberId}`);
    expect(log.json().data).toMatchObject([
      { actor: { kind: "nobody" }, subject: { name: null }, address: "command line" },
    ]);
  });

  it("refuses a last owner, and somebody who is not there", async () => {
    const eve = await aPerson("owner", await aTenant(server));
    await expect(run(eve.email)).rejects.toMatchObject({ code: "user.last_owner" });
    await expect(run("nobody@example.com")).rejects.toMatchObject({ code: "user.not_found" });
  });
});
