import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { readAudit } from "./audit-packages.ts";
import { findLicenceProblems, isAllowed } from "./check-licences.ts";

it("every package that an installation runs has a licence that may be passed on", () => {
  const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
  const { count, problems } = findLicenceProblems(lock);
  expect(problems).toEqual([]);
  expect(count).toBeGreaterThan(50);
});

it("finds what is not on the list, and what says nothing; tools of development are not passed on", () => {
  const packages = {
    "": {},
    "node_modules/a": { version: "1.0.0", license: "MIT" },
    "node_modules/b": { version: "1.0.0", license: "AGPL-3.0" },
    "node_modules/a/node_modules/@x/c": { version: "2.0.0" },
    "node_modules/d": { version: "1.0.0", license: "GPL-3.0", dev: true },
  };
  expect(findLicenceProblems({ packages })).toEqual({
    count: 3,
    problems: ["b 1.0.0: AGPL-3.0 is not on the list", "@x/c 2.0.0: says no licence"],
  });
  expect(
    ["(MIT OR GPL-3.0)", "MIT AND ISC", "MIT AND GPL-3.0", "(BSD-2-Clause OR MIT OR Apache-2.0)"].map(isAllowed),
  ).toEqual([true, true, false, true]);
});

it("an audit counts what is grave, and takes a registry's silence for no finding", () => {
  const vulnerabilities = { a: { severity: "high", range: "<2" }, b: { severity: "moderate" } };
  expect(readAudit(JSON.stringify({ vulnerabilities }))).toEqual(["a <2: high"]);
  expect(readAudit(JSON.stringify({ vulnerabilities: {} }))).toEqual([]);
  expect(readAudit('{"error":{"code":"ENOAUDIT"}}')).toBeUndefined();
  expect(readAudit("")).toBeUndefined();
});
