import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { mailPorts } from "../../../test/channel-ports.ts";
import { type TestDatabase, testDatabase } from "../../../test/database.ts";
import { aReceiver } from "../../../test/receiver.ts";
import { aShop, contactOf, echoFlow, type Shop, type TestShell, testShell, untilSent } from "../../../test/shell.ts";
import { testCertificate } from "../../../test/stand-ins/certificate.ts";
import { type ImapStandIn, startImapStandIn } from "../../../test/stand-ins/imap.ts";
import { type SmtpStandIn, startSmtpStandIn } from "../../../test/stand-ins/smtp.ts";
import { until } from "../../../test/until.ts";
import { createChannel } from "../../store/channel-store.ts";
import { sealSecrets } from "../../store/secret-box.ts";
import { email } from "./email.channel.ts";

const login = { user: "bot@shop.example", password: "a-password-of-ours" };
const secretKey = randomBytes(32);
const secrets = { password: login.password, linkSecret: "a-secret-for-links", imapPassword: "a-password-for-reading" };

let database: TestDatabase;
let smtp: SmtpStandIn;
let imap: ImapStandIn;
let shell: TestShell;
let shop: Shop;
let channelId: number;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  smtp = await startSmtpStandIn(login);
  imap = await startImapStandIn({ user: "reader", password: secrets.imapPassword });
  shell = await start();
  shop = await aShop(shell, { flows: [echoFlow] });
  channelId = await anEmailChannel();
});
afterEach(async () => {
  await shell.stop();
  await Promise.all([smtp.close(), imap.close()]);
  await database.db.deleteFrom("workspaces").execute();
});

const start = () => testShell(database, { secretKey, channelTypes: { email } });
const settings = () => ({
  host: "127.0.0.1",
  port: smtp.port,
  user: login.user,
  fromAddress: login.user,
  authority: testCertificate,
  linkBase: "https://bots.example/e",
  bulkPerSecond: 1000,
  chatBurst: 1000,
  imapHost: "127.0.0.1",
  imapPort: imap.port,
  imapUser: "reader",
});
async function anEmailChannel(): Promise<number> {
  const bot = { id: shop.botId, workspaceId: shop.workspaceId };
  const sealedSecrets = sealSecrets(secrets, secretKey);
  const channel = { kind: "email", name: "Mail", settings: settings(), sealedSecrets, status: "connected" } as const;
  return (await createChannel(database.db, bot, channel)).id;
}

/** Somebody on the other channel. */
const aContact = async (name: string) => contactOf(await shell.shell.submit(shop.from(name, { kind: "start" })));
const act = async (contactId: number, action: string, args: Record<string, unknown> = {}) =>
  await shell.shell.submit({
    target: { contactId },
    happening: { kind: "actions", actions: [{ action, args }] },
    source: "api",
  });
const mailTo = async (contactId: number, address: string, text = "Which size?") =>
  await act(contactId, "send_email", { email: address, subject: "Your order", text });
const untilTaken = (count: number) => until(`${count} mails are taken`, () => smtp.taken.length >= count);
const idOf = (index: number) => smtp.taken[index]?.mail.messageId ?? expect.fail();
const anAnswer = (to: string, text: string, from = "ann@work.example") =>
  `From: Ann <${from}>\r\nMessage-ID: <${text}@work.example>\r\nIn-Reply-To: ${to}\r\n\r\n${text}\r\n\r\nOn Monday, The shop wrote:\r\n> Which size?\r\n`;
const aBounce = (id: string) =>
  `From: MAILER-DAEMON@mx.example\r\nMessage-ID: <bounce@mx.example>\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; ann@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: ${id}\r\n\r\n--b--\r\n`;
const said = async (contactId: number) =>
  (
    await database.db
      .selectFrom("messages")
      .selectAll()
      .where("contactId", "=", contactId)
      .where("channelId", "=", channelId)
      .orderBy("id")
      .execute()
  ).map(({ direction, content }) => `${direction}: ${content.text ?? ""}`);
const isSeen = (uid: number) =>
  imap
    .folder()
    .mails.find((mail) => mail.uid === uid)
    ?.flags.has("\\Seen") === true;

describe("a conversation by e-mail", () => {
  it("goes out by SMTP and comes back by IMAP, to the same contact from whatever address, and on through the flow", async () => {
    const ann = await aContact("ann");
    await mailTo(ann, "ann@example.org");
    await untilTaken(1);
    const uid = imap.put(anAnswer(idOf(0), "Large"));
    await untilTaken(2);
    await until("it is marked", () => isSeen(uid));
    expect(await said(ann)).toEqual(["out: Which size?", "in: Large", "out: re: Large"]);
    expect(smtp.taken[1]).toMatchObject({ to: ["ann@example.org"] });
    expect(shell.logged).toEqual([]);
  });

  it("ends with an address that is gone, once the bounce is read", async () => {
    const ann = await aContact("ann");
    await mailTo(ann, "ann@example.org");
    await untilTaken(1);
    const uid = imap.put(aBounce(idOf(0)));
    await until("it is marked", () => isSeen(uid));
    const known = await database.db.selectFrom("identities").selectAll().where("channelId", "=", channelId).execute();
    expect(known).toMatchObject([{ contactId: ann, externalId: "ann@example.org", status: "blocked" }]);
    expect(await mailTo(ann, "ann@example.org")).toMatchObject({
      results: [{ error: { code: "message.not_sendable" } }],
    });
  });

  it("counts a mail once, when the process ends between the commit and the mark", async () => {
    const ann = await aContact("ann");
    await mailTo(ann, "ann@example.org");
    await untilTaken(1);
    imap.fail({ at: "UID STORE", hang: true });
    const uid = imap.put(anAnswer(idOf(0), "Large"));
    await untilTaken(2);
    expect(isSeen(uid)).toBe(false);
    await shell.stop();
    imap.heal();
    shell = await start();
    await until("it is marked", () => isSeen(uid));
    await untilSent(shell);
    expect(await said(ann)).toEqual(["out: Which size?", "in: Large", "out: re: Large"]);
    expect(imap.commands.filter((command) => command.includes("BODY.PEEK[]"))).toHaveLength(2);
  });

  it("goes on after the connection was lost, and tells no secret of it", async () => {
    const ann = await aContact("ann");
    await mailTo(ann, "ann@example.org");
    await untilTaken(1);
    await until("it waits", () => imap.commands.includes("IDLE"));
    imap.dropAll();
    imap.put(anAnswer(idOf(0), "Large"));
    await untilTaken(2);
    expect(shell.logged).toEqual([expect.stringContaining("a mailbox could not be read")]);
    for (const secret of Object.values(secrets)) expect(shell.logged.join()).not.toContain(secret);
  });
});

describe("a file for many", () => {
  it("is asked for once, and goes to each of them", async () => {
    const receiver = await aReceiver();
    receiver.answer("/price.pdf", (_call, response) => response.end("%PDF-1.7"));
    const url = `${receiver.url}/price.pdf`;
    for (const name of ["ann", "bob", "eve"]) {
      const attachments = [{ kind: "file", url }];
      await act(await aContact(name), "send_email", { email: `${name}@example.org`, text: "Prices", attachments });
    }
    await untilTaken(3);
    expect(smtp.taken.map(({ mail }) => mail.attachments.map(({ filename }) => filename))).toEqual(
      Array.from({ length: 3 }, () => ["price.pdf"]),
    );
    expect(receiver.at("/price.pdf")).toHaveLength(1);
    await receiver.close();
  });
});

describe("who opted out", () => {
  const ways: readonly (readonly [string, Record<string, unknown>])[] = [
    ["send_email", { email: "ann@example.org", text: "Hi", createSubscriber: true }],
    ["create_email_subscriber", { email: "ann@example.org", flow: "echo" }],
    ["send_message", { content: { text: "Hi" } }],
    ["start_flow", { flow: "echo" }],
  ];
  const sent = async () =>
    (await database.db.selectFrom("messages").select("id").where("direction", "=", "out").execute()).length;
  it.each(ways)("gets nothing more by %s", async (action, args) => {
    const ann = await aContact("ann");
    await act(ann, "create_email_subscriber", { email: "ann@example.org" });
    const before = await sent();
    await act(ann, action, args);
    const after = await sent();
    expect(after).toBeGreaterThan(before);
    await act(ann, "opt_out");
    await act(ann, action, args);
    expect(await sent()).toBe(after);
  });
});

describe("connecting a mailbox", () => {
  const ports = mailPorts();
  const channelWith = (more: object = {}) => ({
    id: 7,
    botId: 1,
    settings: email.settings.parse({ ...settings(), ...secrets, ...more }),
  });
  const connect = (more?: object) =>
    email.connect?.(channelWith(more), { webhookUrl: "https://bots.example/webhooks/7" }, ports);

  it("keeps the day from which on mails are read, also when it is connected again", async () => {
    expect(await connect()).toHaveProperty("imapSince", expect.stringMatching(/^\d{4}-\d\d-\d\d$/));
    expect(await connect({ imapSince: "2026-02-01" })).not.toHaveProperty("imapSince");
    expect(await connect({ imapHost: "" })).not.toHaveProperty("imapSince");
  });

  it("is refused in words where mails go out and none come in; health tells of both", async () => {
    const wrong = { imapPassword: "a-wrong-password" };
    await expect(connect(wrong)).rejects.toThrow(/^the mailbox cannot be read: the mail server refuses the login/);
    expect(await email.health?.(channelWith(), ports)).toEqual({
      ok: true,
      message: "sending: 127.0.0.1 takes mails from bot@shop.example; reading: 127.0.0.1 gives what comes into INBOX",
    });
    expect(await email.health?.(channelWith(wrong), ports)).toMatchObject({
      ok: false,
      message: expect.stringMatching(
        /^sending: 127\.0\.0\.1 takes mails .*; reading: the mail server refuses the login/,
      ),
    });
    expect(await email.health?.(channelWith({ port: 1 }), ports)).toMatchObject({
      ok: false,
      message: expect.stringMatching(/^sending: the mail server cannot be reached.*; reading: 127\.0\.0\.1 gives/),
    });
  });
});
