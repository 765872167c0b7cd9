import { describe, expect, it } from "vitest";
import { cleanFileName, isUnwelcome, mimeTypeOf } from "./file-type.ts";

const bytes = (text: string) => Buffer.from(text, "latin1");
const png = bytes("\x89PNG\r\n\x1a\n....");
const zip = bytes("PK\x03\x04....");
const docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

describe("the type of a file", () => {
  it.each([
    [
      "what the server says, where nothing speaks against it",
      "Text/CSV; charset=windows-1251",
      bytes("a;b"),
      "text/csv; charset=windows-1251",
    ],
    ["what the server says of the container's content", docx, zip, docx],
    ["the file's own, where the server says another", "image/jpeg", png, "image/png"],
    ["the file's own, where the server hides it", "application/octet-stream", bytes("%PDF-1.7"), "application/pdf"],
    ["the file's own, where the server says that it is a page", "text/html", zip, "application/zip"],
    [
      "none, where the server says a picture and there is none",
      "image/png",
      bytes("hello"),
      "application/octet-stream",
    ],
    ["none, where the server says nothing", "", bytes("hello"), "application/octet-stream"],
    ["none, where the server says nonsense", "a/b\r\nBcc: eve@example.com", bytes("hello"), "application/octet-stream"],
    ["a video", "", bytes("\0\0\0\x18ftypmp42"), "video/mp4"],
    ["a picture in a container", "image/webp", bytes("RIFF\0\0\0\0WEBP"), "image/webp"],
  ])("is %s", (_what, claimed, content, expected) => {
    expect(mimeTypeOf(claimed, content)).toBe(expected);
  });
});

describe("the name of a file", () => {
  it.each([
    ["Price list.pdf", "application/pdf", "Price list.pdf"],
    ["Прайс", "application/pdf", "Прайс.pdf"],
    ["../../etc/passwd", "text/plain", "passwd.txt"],
    ["C:\\Users\\ann\\a.docx", docx, "a.docx"],
    ["a\r\nBcc: eve@example.com.png", "image/png", "a Bcc eve@example.com.png"],
    ["photo\u202egpj.exe", "", "photo gpj.exe"],
    ["..hidden", "image/png", "hidden.png"],
    ['<b>"x"|?*', "", "b x"],
    ["", "image/jpeg", "file.jpg"],
    ["/", "", "file"],
    [`${"я".repeat(300)}.mp3`, "audio/mpeg", `${"я".repeat(100)}.mp3`],
  ])("%j of type %j is %j", (name, type, expected) => {
    expect(cleanFileName(name, type)).toBe(expected);
  });
});

describe("a file that mailboxes would refuse", () => {
  it.each([
    ["a program", "tool", bytes("MZ\x90")],
    ["a script", "run", bytes("#!/bin/sh")],
    ["a page in place of the file", "a.pdf", bytes(" \n<!DOCTYPE html><title>Sign in")],
    ["a page with a mark before it", "a.pdf", Buffer.from("\ufeff<html>")],
    ["a name of a program", "a.pdf.exe", bytes("x")],
    ["a name of a page", "a.HTML", bytes("x")],
  ])("is %s", (_what, name, content) => {
    expect(isUnwelcome(name, content)).toBe(true);
  });

  it.each([
    ["a.pdf", bytes("%PDF-1.7")],
    ["exe", bytes("exe")],
    ["a.txt", bytes("<3 you")],
  ])("is not %s", (name, content) => {
    expect(isUnwelcome(name, content)).toBe(false);
  });
});
