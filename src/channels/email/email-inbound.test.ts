import { describe, expect, it } from "vitest";
import { aMail, base, emailChannel, signed } from "../../../test/email-channel.ts";
import { email } from "./email.channel.ts";

const shop = emailChannel();
const { channelWith, send } = shop;

describe("a mail that comes in", () => {
  const receive = async (mail: string, settings: object = {}) => {
    const request = signed(Buffer.from(mail), base.webhookSecret, "message/rfc822");
    const result = await email.receive?.(request, channelWith(settings));
    return result?.ok === true ? result.events : expect.fail("refused");
  };
  const sentId = async () => {
    await send();
    return shop.standIn.taken[0]?.mail.messageId ?? "";
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
