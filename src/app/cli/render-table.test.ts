import { expect, it } from "vitest";
import { renderMinute, renderTable } from "./render-table.ts";

it("aligns columns by their longest cell, and ends no line with spaces", () => {
  const text = renderTable(
    ["ID", "NAME", "KIND"],
    [
      ["1", "Анна 🐈", "api"],
      ["12", "", ""],
    ],
  );
  expect(text).toBe("ID  NAME    KIND\n1   Анна 🐈  api\n12");
});

it("leaves out what would move a terminal's cursor or break a line", () => {
  expect(renderTable(["NAME"], [["a\u001b[2Jb\nc\u202ed\te"]])).toBe("NAME\na[2Jbcde");
});

it("tells a time to the minute", () => {
  expect(renderMinute(new Date("2026-01-15T12:34:56.789Z"))).toBe("2026-01-15 12:34");
});
