import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { daysToCorrect, findOverdue, type Noted, readAudit, readNoted } from "./audit-packages.ts";
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

const advisory = (severity: string, id = "GHSA-a") => ({
  name: "a",
  url: `https://github.com/advisories/${id}`,
  severity,
  range: "<2",
});
const reportOf = (...via: unknown[]) => JSON.stringify({ vulnerabilities: { a: { via }, b: { via: ["a"] } } });

describe("an audit", () => {
  it("lists each weakness once, also where others have it through a package, and takes silence for nothing known", () => {
    const [found, ...more] = readAudit(reportOf(advisory("high"))) ?? [];
    expect(found).toMatchObject({ package: "a", severity: "high", range: "<2" });
    expect(more).toEqual([]);
    expect(readAudit(JSON.stringify({ vulnerabilities: {} }))).toEqual([]);
    expect(readAudit('{"error":{"code":"ENOAUDIT"}}')).toBeUndefined();
    expect(readAudit("")).toBeUndefined();
  });

  it("takes a severity that is none of those it knows for the gravest", () => {
    expect(readAudit(reportOf(advisory("catastrophic")))).toMatchObject([{ severity: "critical" }]);
  });

  it("lets nothing pass that nobody has noted, and what is noted for as long as its severity has", () => {
    const { url } = advisory("");
    const note = (since: string) => [{ url, since, note: "not reached from here" }];
    const ask = (severity: string, noted: readonly Noted[]) =>
      findOverdue(readAudit(reportOf(advisory(severity))) ?? [], noted, new Date("2026-03-31"));
    expect(ask("low", [])).toEqual([expect.stringContaining("then it has 90 days")]);
    expect(ask("high", note("2026-03-24"))).toEqual([]);
    expect(ask("high", note("2026-03-23"))).toEqual([expect.stringContaining("known for 8 days, 7 are allowed")]);
    expect(ask("moderate", note("2026-03-23"))).toEqual([]);
    // Its days run from when it was seen: a day to come would stop the clock.
    expect(ask("low", note("2027-01-01"))).toHaveLength(1);
    expect(ask("low", note("soon"))).toHaveLength(1);
  });

  it("wants a note taken away that nothing has any more", () => {
    const noted = [{ url: "https://github.com/advisories/GHSA-b", since: "2026-03-01", note: "" }];
    expect(findOverdue([], noted, new Date("2026-03-31"))).toEqual([expect.stringContaining("take the note away")]);
  });

  it("has the times that SECURITY.md promises", () => {
    const promised = [
      ...readFileSync("SECURITY.md", "utf8").matchAll(/^\| (critical|high|moderate|low) \| (\d+) days \|/gm),
    ];
    const { info: _least, ...times } = daysToCorrect;
    expect(Object.fromEntries(promised.map(([, severity, days]) => [severity, Number(days)]))).toEqual(times);
    for (const { url, note } of readNoted()) expect([url, note.length > 10]).toEqual([url, true]);
  });
});
