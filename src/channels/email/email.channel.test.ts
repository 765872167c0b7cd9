import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { channelContract, type ShownMessage } from "../../../test/contracts/channel-contract.ts";
import { addressesOnLoopback, outboundToLoopback } from "../../../test/outbound.ts";
import { testCertificate } from "../../../test/stand-ins/certificate.ts";
import { type SmtpFault, type SmtpStandIn, startSmtpStandIn } from "../../../test/stand-ins/smtp.ts";
import type { ChannelPorts, WebhookRequest } from "../../engine/channel-type.ts";
import type { MessageContent } from "../../model/message.ts";
import { createAddressFinder } from "../../shell/outbound-http.ts";
import { email } from "./email.channel.ts";
import { findSentTo } from "./email-links.ts";

const login = { user: "bot@shop.example", password: "a-password-of-ours" };
const base = {
  host: "127.0.0.1",
  port: 25,
  ...login,
  authority: testCertificate,
  fromAddress: "Bot@Shop.example",
  fromName: "The shop",
  webhookSecret: "a-webhook-secret",
  linkSecret: "a-secret-for-links",
  imapPassword: "a-password-for-reading",
  linkBase: "https://bots.example/e",
};

const faults: Readonly<Record<string, SmtpFault>> = {
  "a refused login": { at: "login", code: 535, message: `5.7.8 ${login.password} is wrong` },
  "a server that goes down": { at: "greeting", code: 421, message: "going down" },
  "a server that wants nobody": { at: "greeting", code: 554, message: `no service for ${login.password}` },
  "a cut connection": { at: "greeting", cut: true },
};

function shownBy({ taken }: SmtpStandIn): ShownMessage[] {
  return taken.map(({ mail: { html = "", text = "" } }) => ({
    text: (text.split("\n-- \n")[0] ?? "").replaceAll(/\n\nhttps:\/\/files.*|\n\n\w+: https:\/\/files.*/g, "").trim(),
    titles: [...html.matchAll(/class="button"[^>]*>([^<]+)</g)].map(([, title = ""]) => title),
    files: [...html.matchAll(/(?:<img src|class="file" href)="([^"]+)"/g)].map(([, url = ""]) => url),
  }));
}

const signed = (body: Buffer, secret = base.webhookSecret, type = "application/json"): WebhookRequest => ({
  method: "POST",
  headers: { authorization: `Bearer ${secret}`, "content-type": type },
  query: {},
  body,
});
const aMail = (head: Readonly<Record<string, string>>, text = "Hello\n\nOn Monday, The shop wrote:\n> Hi") =>
  [
    ...Object.entries({
      From: "Ann <Ann@Example.org>",
      To: "bot@shop.example",
      "Message-ID": "<1@example.org>",
      ...head,
    }).map(([name, value]) => `${name}: ${value}`),
    "",
    text,
  ].join("\r\n");

channelContract(email, {
  settings: base,
  sign: signed,
  fixtures: {
    raw: { raw: aMail({}) },
    base64: { raw: Buffer.from(aMail({ "Message-ID": "<2@example.org>" })).toString("base64"), encoding: "base64" },
    parts: { from: "Bob <bob@example.org>", subject: "Hi", text: "Hello", messageId: "<3@example.org>" },
    html: { from: "bob@example.org", html: "<p>Hello</p><script>x", headers: { "message-id": "<4@example.org>" } },
  },
  badRequests: {
    "a wrong secret": { request: signed(Buffer.from("{}"), "a-secret-of-theirs"), status: 401 },
    "no secret": { request: { ...signed(Buffer.from("{}")), headers: {} }, status: 401 },
    "JSON that is no mail": { request: signed(Buffer.from("{}")), status: 400 },
    "an empty body": { request: signed(Buffer.alloc(0), base.webhookSecret, "message/rfc822"), status: 400 },
  },
  recipient: "ann@example.org",
  faults: Object.keys(faults),
  async platform() {
    const standIn = await startSmtpStandIn(login);
    return {
      settings: { port: standIn.port },
      shown: () => {
        const shown = shownBy(standIn);
        standIn.taken.length = 0;
        return shown;
      },
      fail: (name, after) => standIn.fail(faults[name] ?? { at: "data" }, after),
      heal: () => standIn.heal(),
      close: () => standIn.close(),
    };
  },
});

let standIn: SmtpStandIn;
beforeEach(async () => {
  standIn = await startSmtpStandIn(login);
});
afterEach(() => standIn.close());

const ports: ChannelPorts = {
  fetch: () => Promise.reject(new Error("no channel fetches by itself")),
  announce: () => {},
  findAddresses: addressesOnLoopback,
  fetchFile: async () => undefined,
  outbound: outboundToLoopback,
  log: { warn: () => {}, info: () => {} },
};
const channelWith = (settings: object = {}) => ({
  id: 7,
  botId: 1,
  settings: email.settings.parse({ ...base, port: standIn.port, ...settings }),
});
const send = (content: Partial<MessageContent> = { text: "Hello" }, settings: object = {}, using = ports) =>
  email.send(
    {
      messageId: 5,
      contactId: 9,
      recipient: "ann@example.org",
      content: { attachments: [], buttons: [], quickReplies: [], ...content },
    },
    channelWith(settings),
    using,
  );
const headersOf = (index = 0) =>
  Object.fromEntries((standIn.taken[index]?.mail.headers ?? []).map(({ key, value }) => [key, value]));

describe("a mail", () => {
  it("goes over STARTTLS, from the address in small letters, with text and HTML", async () => {
    expect(await send({ subject: "News", preheader: "soon", text: "Good <b>day</b>" })).toMatchObject({
      status: "sent",
    });
    const [taken] = standIn.taken;
    expect(taken).toMatchObject({ isSecure: true, from: "bot@shop.example", to: ["ann@example.org"] });
    expect(taken?.mail).toMatchObject({ subject: "News", from: { name: "The shop", address: "bot@shop.example" } });
    expect(taken?.mail.html).toContain("Good &lt;b&gt;day&lt;/b&gt;");
    expect(taken?.mail.html).toContain("soon");
    expect(taken?.mail.text).toMatch(/^Good <b>day<\/b>/);
  });

  it("goes without TLS only where the settings say so", async () => {
    expect(await send({ text: "Hi" }, { tls: "none" })).toMatchObject({ status: "sent" });
    expect(standIn.taken[0]?.isSecure).toBe(false);
  });

  it("is not sent where STARTTLS is wanted and not offered, or the certificate is somebody's", async () => {
    const bare = await startSmtpStandIn(login, { disabledCommands: ["STARTTLS"] });
    expect(await send({ text: "Hi" }, { port: bare.port })).toMatchObject({ status: "retry-later" });
    expect(bare.taken).toEqual([]);
    await bare.close();
    expect(await send({ text: "Hi" }, { authority: "" })).toMatchObject({ status: "retry-later" });
    expect(standIn.taken).toEqual([]);
  });

  it("goes over TLS from the first byte", async () => {
    const secure = await startSmtpStandIn(login, { secure: true });
    expect(await send({ text: "Hi" }, { port: secure.port, tls: "implicit" })).toMatchObject({ status: "sent" });
    expect(secure.taken).toMatchObject([{ isSecure: true }]);
    await secure.close();
  });

  it("says how to unsubscribe in one click, that it is automatic, and whom it went to", async () => {
    const result = await send();
    const headers = headersOf();
    expect(headers).toMatchObject({
      "list-unsubscribe-post": "List-Unsubscribe=One-Click",
      "auto-submitted": "auto-generated",
    });
    const token = /^<https:\/\/bots\.example\/e\/(.+)>$/.exec(headers["list-unsubscribe"] ?? "")?.[1] ?? "";
    const who = { recipient: "ann@example.org", contactId: 9 };
    expect(email.openLink?.(token, channelWith())).toEqual({ kind: "unsubscribe", ...who });
    expect(standIn.taken[0]?.mail.text).toContain(token);
    expect(result).toHaveProperty("externalId", standIn.taken[0]?.mail.messageId);
    expect(findSentTo(channelWith(), standIn.taken[0]?.mail.messageId ?? "")).toEqual(who);
  });

  it("has the same id when it is sent again", async () => {
    await send();
    await send();
    expect(new Set(standIn.taken.map(({ mail }) => mail.messageId)).size).toBe(1);
  });

  it("brings a press back by a link that nobody else can make", async () => {
    await send({ text: "Choose", buttons: [{ type: "press", title: "Go", payload: "f:s:go" }] });
    const [, url = ""] = /class="button" href="([^"]+)"/.exec(standIn.taken[0]?.mail.html ?? "") ?? [];
    const token = url.replace("https://bots.example/e/", "");
    expect(email.openLink?.(token, channelWith())).toMatchObject({ kind: "press", payload: "f:s:go", title: "Go" });
    expect(email.openLink?.(`${token.slice(0, -1)}!`, channelWith())).toBeUndefined();
    expect(email.openLink?.(token, { ...channelWith(), id: 8 })).toBeUndefined();
    expect(email.openLink?.(token, channelWith({ linkSecret: "another-secret" }))).toBeUndefined();
    expect(email.openLink?.("7..", channelWith({ linkSecret: "" }))).toBeUndefined();
  });

  it("takes no header and no markup from a text", async () => {
    const evil = 'Hi\r\nBcc: eve@example.com <script>alert(1)</script> "><img src=x onerror=alert(1)>';
    await send({ subject: evil, text: evil, buttons: [{ type: "url", title: evil, url: "javascript:alert(1)" }] });
    const [taken] = standIn.taken;
    expect(taken?.to).toEqual(["ann@example.org"]);
    expect(headersOf()).not.toHaveProperty("bcc");
    expect(taken?.mail.html).not.toMatch(/<script|<img|javascript:/);
  });
});

describe("a file of a message", () => {
  const pdf = Buffer.from("%PDF-1.7 \xff\0", "latin1");
  const png = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  const served: Readonly<Record<string, { readonly bytes: Buffer; readonly mimeType: string }>> = {
    "https://files.example/price.pdf": { bytes: pdf, mimeType: "application/pdf" },
    "https://files.example/big": { bytes: Buffer.alloc(1_048_576, "x"), mimeType: "audio/ogg" },
    "https://files.example/a.png": { bytes: png, mimeType: "image/png" },
    "https://files.example/login": { bytes: Buffer.from("<!doctype html>"), mimeType: "application/pdf" },
  };
  const asked: string[] = [];
  beforeEach(() => {
    asked.length = 0;
  });
  const withFiles: ChannelPorts = {
    ...ports,
    fetchFile: async (url, { maxBytes }) => {
      asked.push(url);
      const file = served[url];
      return file !== undefined && file.bytes.length <= maxBytes ? file : undefined;
    },
  };
  const file = (url: string, more: object = {}) => ({ kind: "file" as const, url, ...more });
  const sendFiles = async (attachments: MessageContent["attachments"], settings: object = {}, text = "See") => {
    expect(await send({ text, attachments }, settings, withFiles)).toMatchObject({ status: "sent" });
    return standIn.taken.at(-1)?.mail ?? expect.fail();
  };
  const contentOf = (content: unknown) => Buffer.from(content as ArrayBuffer);

  it("goes along as it is, under a clean name, and is no link any more", async () => {
    const name = "../Прайс\r\nBcc: eve@example.com.pdf";
    const mail = await sendFiles([file("https://files.example/price.pdf", { name })]);
    expect(mail.attachments).toMatchObject([
      { filename: "Прайс Bcc eve@example.com.pdf", mimeType: "application/pdf", disposition: "attachment" },
    ]);
    expect(contentOf(mail.attachments[0]?.content)).toEqual(pdf);
    expect(`${mail.html}${mail.text}`).not.toContain("files.example");
    expect(standIn.taken.at(-1)?.to).toEqual(["ann@example.org"]);
    expect(headersOf(standIn.taken.length - 1)).not.toHaveProperty("bcc");
  });

  it("that goes along alone makes a whole mail", async () => {
    const mail = await sendFiles([file("https://files.example/price.pdf")], {}, "");
    expect(mail).toMatchObject({ subject: "The shop", attachments: [{ filename: "price.pdf" }] });
  });

  it("that is too large, cannot be had or would be refused stays a link, and the rest of the mail goes", async () => {
    const urls = ["price.pdf", "big", "gone", "login"].map((name) => `https://files.example/${name}`);
    const mail = await sendFiles(
      urls.map((url) => file(url)),
      { attachUpTo: 1 },
    );
    expect(mail.attachments.map(({ filename }) => filename)).toEqual(["price.pdf"]);
    for (const url of urls) expect(`${mail.html}${mail.text}`.includes(url)).toBe(!url.endsWith("price.pdf"));
  });

  it("stays a link, unasked, where none shall go along", async () => {
    const mail = await sendFiles([file("https://files.example/price.pdf")], { attachUpTo: 0 });
    expect([mail.attachments, asked]).toEqual([[], []]);
    expect(mail.html).toContain('href="https://files.example/price.pdf"');
  });

  it("that is a picture is loaded from its address, or goes along and is shown in its place", async () => {
    const picture = { kind: "image" as const, url: "https://files.example/a.png" };
    expect((await sendFiles([picture])).html).toContain('<img src="https://files.example/a.png"');
    expect(asked).toEqual([]);
    const mail = await sendFiles([picture], { attachImages: true });
    expect(mail.attachments).toMatchObject([{ mimeType: "image/png", disposition: "inline", related: true }]);
    const id = mail.attachments[0]?.contentId?.replace(/[<>]/g, "");
    expect(mail.html).toContain(`<img src="cid:${id}"`);
    expect(`${mail.html}${mail.text}`).not.toContain("files.example");
  });
});

describe("a send", () => {
  it.each<[string, SmtpFault, object]>([
    ["a busy server", { at: "recipient", code: 451, message: "4.7.1 greylisted" }, { status: "retry-later" }],
    [
      "an unknown recipient",
      { at: "recipient", code: 550, message: "5.1.1 no such user" },
      { status: "recipient-gone" },
    ],
    ["a policy", { at: "recipient", code: 550, message: "5.7.1 blocked by policy" }, { status: "rejected" }],
    ["a content filter", { at: "data", code: 554, message: "5.6.0 spam" }, { status: "rejected" }],
    ["a wrong login", { at: "login", code: 535, message: "5.7.8 wrong" }, { status: "unauthorized" }],
    ["a login that passes", { at: "login", code: 454, message: "4.7.0 later" }, { status: "retry-later" }],
    ["a cut before the mail", { at: "recipient", cut: true }, { status: "retry-later", message: expect.any(String) }],
    ["a cut behind the mail", { at: "data", cut: true }, { status: "retry-later", maybeSent: true }],
  ])("that meets %s says what to do next", async (name, fault, expected) => {
    standIn.fail(fault);
    const result = await send();
    expect(result).toMatchObject(expected);
    if (name !== "a cut behind the mail") expect(result).not.toHaveProperty("maybeSent");
  });

  it("to a server that is away is tried later", async () => {
    const { port } = standIn;
    await standIn.close();
    expect(await send({ text: "Hi" }, { port })).toMatchObject({ status: "retry-later" });
    standIn = await startSmtpStandIn(login);
  });

  it("reaches no server in a network that is not public", async () => {
    const closed = { ...ports, findAddresses: createAddressFinder({ allowNetworks: [] }) };
    const result = await send({ text: "Hi" }, {}, closed);
    expect(result).toMatchObject({ message: expect.stringContaining("OUTBOUND_ALLOW_NETWORKS") });
    expect(await email.health?.(channelWith(), closed)).toMatchObject({ ok: false });
    expect(standIn.taken).toEqual([]);
  });

  it.each([
    "ann@example.org, eve@example.org",
    "Ann <ann@example.org>",
    "ann@example.org\r\nBcc: eve@example.org",
    "ann",
  ])("to %j, which is no one address, is refused", async (recipient) => {
    const content = { text: "Hi", attachments: [], buttons: [], quickReplies: [] };
    const request = { messageId: 5, contactId: 9, recipient, content };
    expect(await email.send(request, channelWith(), ports)).toMatchObject({ status: "rejected" });
    expect(standIn.taken).toEqual([]);
  });

  it("of nothing that could be shown is refused", async () => {
    expect(await send({ text: " " })).toMatchObject({ status: "rejected" });
  });
});

describe("connecting", () => {
  it("signs in, and makes secrets and the place of links", async () => {
    const channel = channelWith({ linkSecret: "", webhookSecret: "", linkBase: "" });
    const webhookUrl = "https://bots.example/under/webhooks/7";
    expect(await email.connect?.(channel, { webhookUrl }, ports)).toEqual({
      linkBase: "https://bots.example/under/e",
      linkSecret: expect.stringMatching(/^[\w-]{43}$/),
      webhookSecret: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(await email.health?.(channel, ports)).toMatchObject({ ok: true });
  });

  it.each([{ fromAddress: "nobody" }, { fromName: "a\nBcc: b" }, { host: "a b" }, { port: 0 }])("refuses %j", (bad) => {
    expect(email.settings.safeParse({ ...base, ...bad }).success).toBe(false);
  });
});

describe("a mail that comes in", () => {
  const receive = async (mail: string, settings: object = {}) => {
    const request = signed(Buffer.from(mail), base.webhookSecret, "message/rfc822");
    const result = await email.receive?.(request, channelWith(settings));
    return result?.ok === true ? result.events : expect.fail("refused");
  };
  const sentId = async () => {
    await send();
    return standIn.taken[0]?.mail.messageId ?? "";
  };

  it("is a message of its sender, without what it quotes", async () => {
    expect(await receive(aMail({ Subject: "Re: News" }))).toEqual([
      {
        externalId: "<1@example.org>",
        from: "ann@example.org",
        happening: { kind: "message", message: { externalId: "<1@example.org>", text: "Hello", attachments: [] } },
        profile: { email: "ann@example.org", name: "Ann" },
      },
    ]);
    expect(await receive(aMail({}), { unknownSenders: "ignore" })).toMatchObject([{ onlyKnown: true }]);
  });

  it("belongs to the conversation that it answers, whatever address it comes from", async () => {
    const head = { From: "ann@work.example", "In-Reply-To": await sentId() };
    expect(await receive(aMail(head))).toMatchObject([{ from: "ann@example.org", contactId: 9 }]);
  });

  it("of a million short lines is read as far as is good for everybody else", async () => {
    const [event] = await receive(aMail({}, `Hello\n${"x\n".repeat(1_000_000)}`));
    expect(event).toMatchObject({ happening: { message: { text: expect.stringMatching(/^Hello\nx/) } } });
  });

  it("tells of its files", async () => {
    const head = { "Content-Type": 'multipart/mixed; boundary="b"' };
    const parts =
      '--b\r\nContent-Type: text/plain\r\n\r\nSee\r\n--b\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename="a.png"\r\n\r\nabc\r\n--b--\r\n';
    expect(await receive(aMail(head, parts))).toMatchObject([
      {
        happening: { message: { text: "See", attachments: [{ kind: "image", name: "a.png", mimeType: "image/png" }] } },
      },
    ]);
  });

  it.each([
    ["of a holiday", { "Auto-Submitted": "auto-replied" }],
    ["of a list", { Precedence: "bulk" }],
    ["with nobody to answer to", { "Return-Path": "<>" }],
  ])("and is an automatic one %s is a note and no message", async (_what, head) => {
    const events = await receive(aMail(head, "Away {{ contact.phone }}"));
    expect(events).toMatchObject([
      { onlyKnown: true, happening: { kind: "actions", actions: [{ action: "add_note" }] } },
    ]);
    expect(JSON.stringify(events)).not.toContain("Away {{ contact");
  });

  it.each(["bot@shop.example", "MAILER-DAEMON@example.org", "no-reply@example.org", "nobody"])(
    "from %s is nothing",
    async (From) => {
      expect(await receive(aMail({ From }))).toEqual([]);
    },
  );

  const aBounce = (id: string, action: string, status: string) =>
    aMail(
      {
        From: "MAILER-DAEMON@mx.example",
        "Content-Type": 'multipart/report; report-type=delivery-status; boundary="b"',
      },
      `--b\r\nContent-Type: text/plain\r\n\r\nSorry\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; ann@example.org\r\nAction: ${action}\r\nStatus: ${status}\r\nDiagnostic-Code: smtp; ${status} no\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: ${id}\r\n\r\n--b--\r\n`,
    );

  it("and says that nobody is there marks the address as gone; that it is late or full is a note", async () => {
    const id = await sentId();
    const gone = {
      from: "ann@example.org",
      contactId: 9,
      happening: { kind: "blocked", reason: "5.1.1 smtp; 5.1.1 no" },
    };
    expect(await receive(aBounce(id, "failed", "5.1.1"))).toMatchObject([gone]);
    for (const [action, status] of [
      ["failed", "5.2.2"],
      ["delayed", "4.4.1"],
      ["failed", "4.2.2"],
    ] as const) {
      expect(await receive(aBounce(id, action, status))).toMatchObject([
        { happening: { kind: "actions" }, onlyKnown: true },
      ]);
    }
    expect(await receive(aBounce(id, "relayed", "2.0.0"))).toEqual([]);
  });

  it("and is a bounce of a mail that was not ours is nothing", async () => {
    expect(await receive(aBounce("<7.WzFd.x@shop.example>", "failed", "5.1.1"))).toEqual([]);
  });
});
