import { describe, expect, it } from "vitest";
import { channelContract, type ShownMessage } from "../../../test/contracts/channel-contract.ts";
import { aMail, base, emailChannel, login, ports, signed } from "../../../test/email-channel.ts";
import { type SmtpFault, type SmtpStandIn, startSmtpStandIn } from "../../../test/stand-ins/smtp.ts";
import { createAddressFinder } from "../../shell/outbound-http.ts";
import { email } from "./email.channel.ts";
import { findSentTo } from "./email-links.ts";

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

const shop = emailChannel();
const { channelWith, headersOf, send } = shop;

describe("a mail", () => {
  it("goes over STARTTLS, from the address in small letters, with text and HTML", async () => {
    expect(await send({ subject: "News", preheader: "soon", text: "Good <b>day</b>" })).toMatchObject({
      status: "sent",
    });
    const [taken] = shop.standIn.taken;
    expect(taken).toMatchObject({ isSecure: true, from: "bot@shop.example", to: ["ann@example.org"] });
    expect(taken?.mail).toMatchObject({ subject: "News", from: { name: "The shop", address: "bot@shop.example" } });
    expect(taken?.mail.html).toContain("Good &lt;b&gt;day&lt;/b&gt;");
    expect(taken?.mail.html).toContain("soon");
    expect(taken?.mail.text).toMatch(/^Good <b>day<\/b>/);
  });

  it("goes without TLS only where the settings say so", async () => {
    expect(await send({ text: "Hi" }, { tls: "none" })).toMatchObject({ status: "sent" });
    expect(shop.standIn.taken[0]?.isSecure).toBe(false);
  });

  it("is not sent where STARTTLS is wanted and not offered, or the certificate is somebody's", async () => {
    const bare = await startSmtpStandIn(login, { disabledCommands: ["STARTTLS"] });
    expect(await send({ text: "Hi" }, { port: bare.port })).toMatchObject({ status: "retry-later" });
    expect(bare.taken).toEqual([]);
    await bare.close();
    expect(await send({ text: "Hi" }, { authority: "" })).toMatchObject({ status: "retry-later" });
    expect(shop.standIn.taken).toEqual([]);
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
    expect(shop.standIn.taken[0]?.mail.text).toContain(token);
    expect(result).toHaveProperty("externalId", shop.standIn.taken[0]?.mail.messageId);
    expect(findSentTo(channelWith(), shop.standIn.taken[0]?.mail.messageId ?? "")).toEqual(who);
  });

  it("has the same id when it is sent again", async () => {
    await send();
    await send();
    expect(new Set(shop.standIn.taken.map(({ mail }) => mail.messageId)).size).toBe(1);
  });

  it("brings a press back by a link that nobody else can make", async () => {
    await send({ text: "Choose", buttons: [{ type: "press", title: "Go", payload: "f:s:go" }] });
    const [, url = ""] = /class="button" href="([^"]+)"/.exec(shop.standIn.taken[0]?.mail.html ?? "") ?? [];
    const token = url.replace("https://bots.example/e/", "");
    expect(email.openLink?.(token, channelWith())).toMatchObject({ kind: "press", payload: "f:s:go", title: "Go" });
    expect(email.openLink?.(`${token.slice(0, -1)}!`, channelWith())).toBeUndefined();
    expect(email.openLink?.(token, { ...channelWith(), id: 8 })).toBeUndefined();
    expect(email.openLink?.(token, channelWith({ linkSecret: "another-secret" }))).toBeUndefined();
    expect(email.openLink?.("7..", channelWith({ linkSecret: "" }))).toBeUndefined();
  });

  it("leads an address in its text another way where it has one, and shows it as it was written", async () => {
    const text = "Look: https://shop.example/?a=1&b=2, or https://b.example.";
    const ways = { "https://shop.example/?a=1&b=2": "https://bots.example/l/1.t0.x" };
    await send({ text, ways });
    const { html = "", text: plain } = shop.standIn.taken[0]?.mail ?? {};
    expect(html).toMatch(/href="https:\/\/bots\.example\/l\/1\.t0\.x"[^>]*>https:\/\/shop\.example\/\?a=1&amp;b=2</);
    expect(html).toMatch(/href="https:\/\/b\.example"[^>]*>https:\/\/b\.example</);
    expect(plain).toContain(text);
  });

  it("takes no header and no markup from a text", async () => {
    const evil = 'Hi\r\nBcc: eve@example.com <script>alert(1)</script> "><img src=x onerror=alert(1)>';
    await send({ subject: evil, text: evil, buttons: [{ type: "url", title: evil, url: "javascript:alert(1)" }] });
    const [taken] = shop.standIn.taken;
    expect(taken?.to).toEqual(["ann@example.org"]);
    expect(headersOf()).not.toHaveProperty("bcc");
    expect(taken?.mail.html).not.toMatch(/<script|<img|javascript:/);
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
    shop.standIn.fail(fault);
    const result = await send();
    expect(result).toMatchObject(expected);
    if (name !== "a cut behind the mail") expect(result).not.toHaveProperty("maybeSent");
  });

  it("to a server that is away is tried later", async () => {
    const { port, close } = await startSmtpStandIn(login);
    await close();
    expect(await send({ text: "Hi" }, { port })).toMatchObject({ status: "retry-later" });
  });

  it("reaches no server in a network that is not public", async () => {
    const closed = { ...ports, findAddresses: createAddressFinder({ allowNetworks: [] }) };
    const result = await send({ text: "Hi" }, {}, closed);
    expect(result).toMatchObject({ message: expect.stringContaining("OUTBOUND_ALLOW_NETWORKS") });
    expect(await email.health?.(channelWith(), closed)).toMatchObject({ ok: false });
    expect(shop.standIn.taken).toEqual([]);
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
    expect(shop.standIn.taken).toEqual([]);
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
