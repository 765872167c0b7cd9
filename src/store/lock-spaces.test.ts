import { expect, it } from "vitest";
import { lockSpaces } from "./lock-spaces.ts";

it("no two kinds of locks have the same number: they would wait for each other for ever", () => {
  const numbers = Object.values(lockSpaces);
  expect(new Set(numbers).size).toBe(numbers.length);
});
