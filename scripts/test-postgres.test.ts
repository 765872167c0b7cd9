import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { postgresReleases } from "./postgres-releases.ts";
import { chosenTests, readWishes } from "./test-postgres.ts";

it("has one exact release of each major version that Repartee works on", () => {
  expect(Object.keys(postgresReleases)).toEqual(["13", "14", "15", "16", "17", "18"]);
  for (const [version, release] of Object.entries(postgresReleases)) {
    expect(release).toMatch(new RegExp(`^${version}\\.\\d+\\.\\d+-beta\\.\\d+$`));
  }
});

it("runs tests that are there", () => {
  expect(chosenTests.filter((file) => !existsSync(file))).toEqual([]);
});

it("takes numbers for versions and all else for tests, and refuses a version that it does not have", () => {
  expect(readWishes([])).toEqual({ versions: Object.keys(postgresReleases), tests: chosenTests });
  expect(readWishes(["13", "test/crash/kill.test.ts", "18"])).toEqual({
    versions: ["13", "18"],
    tests: ["test/crash/kill.test.ts"],
  });
  expect(() => readWishes(["12"])).toThrow("there is no PostgreSQL 12 here");
});
