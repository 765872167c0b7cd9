import { describe, expect, it } from "vitest";
import { stripQuote } from "./strip-quote.ts";

describe("what was newly written", () => {
  it.each([
    [
      "Gmail",
      "Yes, please\n\nOn Mon, 5 Jan 2026 at 10:00, The shop <bot@shop.example> wrote:\n> Shall we?\n> Yes?",
      "Yes, please",
    ],
    [
      "Gmail, broken",
      "Yes\n\nOn Mon, 5 Jan 2026 at 10:00, The shop of all shops\n<bot@shop.example> wrote:\n\n> Shall we?",
      "Yes",
    ],
    ["Russian", "Да\n\nпн, 5 янв. 2026 г. в 10:00, Магазин <bot@shop.example> пишет:\n> Начнём?", "Да"],
    ["German", "Ja\n\nAm 05.01.26 um 10:00 schrieb Laden:\n> Los?", "Ja"],
    ["Outlook", "Fine\r\n\r\nFrom: The shop <bot@shop.example>\r\nSent: Monday\r\nTo: Ann\r\n\r\nShall we?", "Fine"],
    ["Outlook's line", "Fine\n\n________________________________\nFrom: x", "Fine"],
    ["a forwarded mail", "See\n\n-------- Original Message --------\nold", "See"],
    ["an answer below", "On Monday, the shop of all wrote:\n> Shall we?\n\nYes, below", "Yes, below"],
    ["answers between", "> One?\nYes\n> Two?\nNo", "Yes\nNo"],
    ["a signature", "Thanks\n-- \nAnn\nDirector", "Thanks"],
    ["nothing but a quotation", "> One?", ""],
    [
      "a text that only begins so",
      "On Monday I wrote a letter.\nFrom: is a word",
      "On Monday I wrote a letter.\nFrom: is a word",
    ],
  ])("of %s", (_program, text, expected) => {
    expect(stripQuote(text)).toBe(expected);
  });
});
