import { afterEach, describe, expect, it } from "vitest";
import { mailPorts } from "../../../test/channel-ports.ts";
import { testCertificate } from "../../../test/stand-ins/certificate.ts";
import { type ImapOptions, type ImapStandIn, startImapStandIn } from "../../../test/stand-ins/imap.ts";
import { until } from "../../../test/until.ts";
import type { ChannelPorts, DeliverInbound, InboundEvent } from "../../engine/channel-type.ts";
import { createAddressFinder } from "../../shell/outbound-http.ts";
import { email } from "./email.channel.ts";
import { pauseAfter } from "./email.poll.ts";

const login = { user: "bot@shop.example", password: "a-password-of-ours" };

let standIn: ImapStandIn;
let abort = new AbortController();
let polling: Promise<void> | undefined;
let delivered: InboundEvent[] = [];
let warnings: { readonly reason?: string; readonly pauseMs?: number }[] = [];
afterEach(async () => {
  abort.abort();
  await polling;
  await standIn.close();
  abort = new AbortController();
  delivered = [];
  warnings = [];
});

const ports = mailPorts({ log: { warn: (data) => void warnings.push(data), info: () => {} } });
const aMail = (id: string, { text = "Hello", head = {} as Readonly<Record<string, string>> } = {}) =>
  [
    ...Object.entries({ From: "Ann <ann@example.org>", "Message-ID": `<${id}@example.org>`, ...head }).map(
      ([name, value]) => `${name}: ${value}`,
    ),
    "",
    text,
  ].join("\r\n");

async function aMailbox(options: ImapOptions = {}): Promise<void> {
  standIn = await startImapStandIn(login, options);
}
const settingsWith = (more: object = {}) =>
  email.settings.parse({
    host: "127.0.0.1",
    fromAddress: "bot@shop.example",
    linkSecret: "a-secret-for-links",
    authority: testCertificate,
    ...login,
    imapHost: "127.0.0.1",
    imapPort: standIn.port,
    ...more,
  });
const channelWith = (more: object = {}) => ({ id: 7, botId: 1, settings: settingsWith(more) });
function startReading(more: object = {}, deliver?: DeliverInbound, using: ChannelPorts = ports): void {
  const keep: DeliverInbound = async (events) => void delivered.push(...events);
  polling = email.poll?.(channelWith(more), deliver ?? keep, using, abort.signal);
}
const ids = () => delivered.map(({ externalId }) => externalId.replace(/^<|@.*$/g, ""));
const flagsOf = (uid: number, name?: string) =>
  [...(standIn.folder(name).mails.find((mail) => mail.uid === uid)?.flags ?? [])].sort();
const untilSeen = (uid: number) => until(`mail ${uid} is marked`, () => flagsOf(uid).includes("\\Seen"));
const idles = () => standIn.commands.filter((command) => command === "IDLE").length;

describe("a mailbox", () => {
  it("gives what is unseen, in order, and then what comes while it waits; all are marked as seen", async () => {
    await aMailbox();
    standIn.put(aMail("old"), { flags: ["\\Seen"] });
    standIn.put(aMail("one"));
    standIn.put(aMail("two"));
    startReading();
    await until("it waits", () => idles() === 1);
    expect(ids()).toEqual(["one", "two"]);
    await untilSeen(standIn.put(aMail("three")));
    expect(ids()).toEqual(["one", "two", "three"]);
    expect([flagsOf(2), flagsOf(3)]).toEqual([["\\Seen"], ["\\Seen"]]);
    expect(delivered[0]).toMatchObject({ from: "ann@example.org", happening: { message: { text: "Hello" } } });
    expect(standIn.isSecure).toEqual([true]);
    expect(warnings).toEqual([]);
  });

  it.each([
    ["STARTTLS", { tls: "starttls" }, { imapTls: "starttls" }, true],
    ["no TLS, where the settings say so", { tls: "none" }, { imapTls: "none" }, false],
  ] as const)("is read over %s", async (_how, options, settings, isSecure) => {
    await aMailbox(options);
    standIn.put(aMail("one"));
    startReading(settings);
    await until("the mail", () => delivered.length === 1);
    expect(standIn.isSecure).toEqual([isSecure]);
  });

  it("is not signed in at where STARTTLS is wanted and not offered, or the certificate is somebody's", async () => {
    await aMailbox({ tls: "none" });
    for (const settings of [{ imapTls: "starttls" }, { imapTls: "implicit", authority: "" }]) {
      expect(await email.health?.(channelWith(settings), ports)).toMatchObject({ ok: false });
    }
    await standIn.close();
    await aMailbox();
    expect(await email.health?.(channelWith({ authority: "" }), ports)).toMatchObject({
      message: expect.stringMatching(/reading: .*certificate/),
    });
    expect(standIn.isSecure).toEqual([]);
  });

  it("moves what was read where it is told to, with and without the command for it", async () => {
    for (const without of [[], ["MOVE"]] as const) {
      await aMailbox({ without });
      standIn.folder("Done");
      standIn.put(aMail("one"));
      standIn.put(aMail("two"));
      startReading({ imapMoveTo: "Done" });
      await until("both are gone", () => standIn.folder().mails.length === 0);
      expect(standIn.folder("Done").mails).toHaveLength(2);
      expect(flagsOf(1, "Done")).toContain("\\Seen");
      abort.abort();
      await polling;
      abort = new AbortController();
      if (without.length === 0) await standIn.close();
    }
    expect(ids()).toEqual(["one", "two", "one", "two"]);
  });

  it("that came before the day it is read from is left alone", async () => {
    await aMailbox();
    standIn.put(aMail("last year"), { at: new Date("2025-05-05T00:00:00Z") });
    standIn.put(aMail("now"), { at: new Date("2026-02-02T12:00:00Z") });
    startReading({ imapSince: "2026-02-01" });
    await untilSeen(2);
    expect(ids()).toEqual(["now"]);
    expect(flagsOf(1)).toEqual([]);
  });

  it("that cannot wait by itself is looked at again and again", async () => {
    await aMailbox({ without: ["IDLE"] });
    startReading();
    await until("it is asked whether there is news", () => standIn.commands.includes("NOOP"));
    expect(warnings).toEqual([]);
  });
});

describe("a mail in it", () => {
  it("is marked only when it is committed, and given again until then", async () => {
    await aMailbox();
    const uid = standIn.put(aMail("one"));
    let attempts = 0;
    startReading({}, async (events) => {
      attempts += 1;
      expect(flagsOf(uid)).toEqual([]);
      if (attempts === 1) throw new Error("the database is away");
      delivered.push(...events);
    });
    await untilSeen(uid);
    expect([attempts, ids()]).toEqual([2, ["one"]]);
    expect(warnings).toEqual([
      { channelId: 7, reason: "what came in could not be stored: the database is away", pauseMs: 1000 },
    ]);
  });

  it("that says nothing to us is marked all the same", async () => {
    await aMailbox();
    standIn.put(aMail("own", { head: { From: "bot@shop.example" } }));
    startReading();
    await untilSeen(1);
    expect(delivered).toEqual([]);
  });

  it.each([true, false])(
    "that cannot be read is left with a star and told of once, and keeps no other from being read (marks are kept: %s)",
    async (keepsMarks) => {
      await aMailbox({ keepsMarks });
      const boundaries = Array.from({ length: 60 }, (_, index) => `b${index}`);
      const deep = boundaries
        .map((name) => `Content-Type: multipart/mixed; boundary="${name}"\r\n\r\n--${name}\r\n`)
        .join("");
      standIn.put(`From: ann@example.org\r\nMessage-ID: <deep@example.org>\r\n${deep}`);
      standIn.put(aMail("good"));
      startReading();
      await untilSeen(2);
      await untilSeen(standIn.put(aMail("later")));
      expect(ids()).toEqual(["good", "later"]);
      expect(flagsOf(1)).toEqual(keepsMarks ? ["RepartteeUnreadable", "\\Flagged"] : ["\\Flagged"]);
      expect(warnings).toEqual([{ channelId: 7, uid: 1, reason: expect.any(String) }]);
    },
  );

  it("that is large is read as far as its text and the names of its files stand", async () => {
    await aMailbox();
    const head = { "Content-Type": 'multipart/mixed; boundary="b"' };
    const file =
      'Content-Type: image/png\r\nContent-Disposition: attachment; filename="a.png"\r\nContent-Transfer-Encoding: base64\r\n\r\n';
    const text = `--b\r\n\r\nSee\r\n--b\r\n${file}${`${"A".repeat(76)}\r\n`.repeat(40_000)}--b--\r\n`;
    standIn.put(aMail("large", { head, text }));
    startReading();
    await untilSeen(1);
    expect(delivered).toMatchObject([
      { happening: { message: { text: "See", attachments: [{ kind: "image", name: "a.png" }] } } },
    ]);
    expect(standIn.commands.join()).toContain("BODY.PEEK[]<0.1048576>");
  });

  it("that is huge is a note, of which only the head was fetched", async () => {
    await aMailbox();
    standIn.put(aMail("huge", { text: "x".repeat(26 * 1_048_576), head: { Subject: "{{ contact.phone }}" } }));
    startReading();
    await untilSeen(1);
    expect(delivered).toMatchObject([{ externalId: "<huge@example.org>", onlyKnown: true }]);
    expect(JSON.stringify(delivered)).toContain("26 MB");
    expect(standIn.commands.join()).not.toContain("BODY.PEEK[]");
  });
});

describe("what goes wrong", () => {
  it("with the password is said in words, without it, and tried again slowly", async () => {
    await aMailbox();
    const wrong = { imapUser: login.user, imapPassword: "a-wrong-password" };
    startReading(wrong);
    await until("the warning", () => warnings.length === 1);
    expect(warnings[0]).toMatchObject({ reason: expect.stringContaining("refuses the login"), pauseMs: 600_000 });
    const health = await email.health?.(channelWith(wrong), ports);
    expect(health).toMatchObject({ ok: false, message: expect.stringContaining("reading: the mail server refuses") });
    expect(JSON.stringify([warnings, health])).not.toContain("a-wrong-password");
  });

  it.each([
    ["a folder that is not there", { imapFolder: "Inbox/Bot" }, /no folder "Inbox\/Bot"/],
    ["a folder to move to that is not there", { imapMoveTo: "Done" }, /no folder "Done"/],
    ["a port where nobody listens", { imapPort: 1 }, /cannot be reached/],
  ])("with %s is said in words when it is looked at", async (_what, settings, words) => {
    await aMailbox();
    expect(await email.health?.(channelWith(settings), ports)).toMatchObject({
      message: expect.stringMatching(words),
    });
  });

  it("with a folder that can only be looked at is said in words", async () => {
    await aMailbox({ readOnly: true });
    startReading();
    await until("the warning", () => warnings[0]?.reason?.includes("only be looked at"));
  });

  it("with the connection is mended by another one, which misses nothing", async () => {
    await aMailbox();
    standIn.put(aMail("one"));
    startReading();
    await until("it waits", () => idles() === 1);
    standIn.dropAll();
    standIn.put(aMail("two"));
    await untilSeen(2);
    expect(ids()).toEqual(["one", "two"]);
    expect(warnings).toEqual([{ channelId: 7, reason: expect.stringContaining("cannot be reached"), pauseMs: 1000 }]);
  });

  it("with the numbers of mails (a folder made anew) loses and repeats none", async () => {
    await aMailbox();
    standIn.put(aMail("one"));
    startReading();
    await until("it waits", () => idles() === 1);
    standIn.dropAll();
    standIn.folder().mails.shift();
    standIn.put(aMail("two"));
    standIn.renumber();
    await untilSeen(1);
    expect(ids()).toEqual(["one", "two"]);
  });

  it("between reading a mail and marking it gives it again, under the same id", async () => {
    await aMailbox();
    standIn.put(aMail("one"));
    standIn.fail({ at: "UID STORE", cut: true });
    startReading();
    await until("it is lost", () => warnings.length === 1);
    standIn.heal();
    await untilSeen(1);
    expect(ids()).toEqual(["one", "one"]);
  });

  it("with marking costs one warning, and no loop", async () => {
    await aMailbox();
    standIn.put(aMail("one"));
    standIn.fail({ at: "UID STORE", answer: "NO not today" });
    startReading();
    await until("it waits", () => idles() === 1);
    standIn.put(aMail("two"));
    await until("the next", () => delivered.length === 2);
    expect(ids()).toEqual(["one", "two"]);
  });

  it("reaches no server in a network that is not public", async () => {
    await aMailbox();
    const closed = { ...ports, findAddresses: createAddressFinder({ allowNetworks: [] }) };
    startReading({}, undefined, closed);
    await until("the warning", () => warnings[0]?.reason?.includes("OUTBOUND_ALLOW_NETWORKS"));
    expect(standIn.commands).toEqual([]);
  });

  it("is asked again ever more slowly", () => {
    expect([1, 2, 3, 10, 1000].map((failures) => pauseAfter(failures, false))).toEqual([
      1000, 2000, 4000, 60_000, 60_000,
    ]);
  });
});

describe("told to end", () => {
  it.each([
    ["while it waits", undefined],
    ["while it asks a server that never answers", { at: "UID SEARCH", hang: true }],
    ["while it signs in", { at: "greeting", hang: true }],
  ] as const)("it ends soon %s", async (_when, fault) => {
    await aMailbox();
    if (fault !== undefined) standIn.fail(fault);
    startReading();
    await until("it is there", () =>
      fault?.at === "greeting" ? true : standIn.commands.some((command) => command.startsWith(fault?.at ?? "IDLE")),
    );
    const before = performance.now();
    abort.abort();
    await polling;
    expect(performance.now() - before).toBeLessThan(5_000);
    expect(warnings).toEqual([]);
  });

  it("it is not for a channel without a mailbox", async () => {
    await aMailbox();
    startReading({ imapHost: "" });
    expect(polling).toBeUndefined();
  });
});
