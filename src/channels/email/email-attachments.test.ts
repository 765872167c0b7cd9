import { beforeEach, describe, expect, it } from "vitest";
import { emailChannel, ports } from "../../../test/email-channel.ts";
import type { ChannelPorts } from "../../engine/channel-type.ts";
import type { MessageContent } from "../../model/message.ts";

const shop = emailChannel();
const { headersOf, send } = shop;

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
    return shop.standIn.taken.at(-1)?.mail ?? expect.fail();
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
    expect(shop.standIn.taken.at(-1)?.to).toEqual(["ann@example.org"]);
    expect(headersOf(shop.standIn.taken.length - 1)).not.toHaveProperty("bcc");
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
