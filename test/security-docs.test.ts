import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "..");
const files = globSync("{src,web,test,lint,scripts,e2e}/**/*.test.{ts,tsx}", { cwd: root });

it.each(["SECURITY.md", "docs/security/asvs.md"])("every test that %s names is there", (document) => {
  const text = readFileSync(path.join(root, document), "utf8");
  const named = [...text.matchAll(/`([\w./-]+\.test\.tsx?)`/g)].map(([, name = ""]) => name);
  expect(named.length).toBeGreaterThan(15);
  const missing = named.filter((name) => !files.some((file) => `/${file}`.endsWith(`/${name}`)));
  expect([...new Set(missing)]).toEqual([]);
});
