import { expect, it } from "vitest";
import { isWeakPassword } from "./weak-password.ts";

it.each([
  "password1234",
  "Password2026!",
  "123456789012",
  "qwertyuiop12",
  "iloveyou1234",
  "trustno1trustno1",
  "aaaaaaaaaaaaaaaa",
  "repartee2026",
])("refuses %s, however long it is", async (password) => {
  expect(await isWeakPassword(password)).toBe(true);
});

it("refuses the person's own data", async () => {
  expect(await isWeakPassword("wbr4ndt@firm.example", ["wbr4ndt@firm.example"])).toBe(true);
  expect(await isWeakPassword("wbr4ndt@firm.example")).toBe(false);
});

it("takes words that nobody puts together, in any script", async () => {
  for (const password of ["correct horse battery", "кофе стынет на окне", "gT4-kkw9-mmPz"]) {
    expect([password, await isWeakPassword(password)]).toEqual([password, false]);
  }
});
