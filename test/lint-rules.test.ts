import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";

/** The linter's rules hold only while they find something: each of these files breaks one, and has to be found. */
const violations: readonly { readonly file: string; readonly code: string; readonly rule: string }[] = [
  { file: "src/model/a.ts", code: `export { readFile } from "node:fs";`, rule: "noRestrictedImports" },
  { file: "src/engine/a.ts", code: `export { a } from "../steps/index.ts";`, rule: "noRestrictedImports" },
  { file: "src/engine/b.ts", code: `export { a } from "kysely";`, rule: "noRestrictedImports" },
  { file: "src/engine/c.ts", code: `export const a = () => Date.now();`, rule: "plugin" },
  { file: "src/engine/d.ts", code: `export const a = () => new Date();`, rule: "plugin" },
  { file: "src/actions/a.ts", code: `export const a = () => Math.random();`, rule: "plugin" },
  { file: "src/actions/b.ts", code: `export const a = () => fetch("http://localhost");`, rule: "noRestrictedGlobals" },
  { file: "src/steps/wait/a.ts", code: `export { a } from "../split/split.step.ts";`, rule: "noRestrictedImports" },
  {
    file: "src/steps/wait/b.ts",
    code: `export const a = await import("../../store/a.ts");`,
    rule: "noRestrictedImports",
  },
  { file: "src/simulator/a.ts", code: `export { a } from "../store/a.ts";`, rule: "noRestrictedImports" },
  { file: "src/channels/telegram/a.ts", code: `export { a } from "../webchat/a.ts";`, rule: "noRestrictedImports" },
  { file: "src/channels/telegram/b.ts", code: `export { a } from "../../store/a.ts";`, rule: "noRestrictedImports" },
  { file: "src/channels/telegram/c.ts", code: `export { a } from "../meta-a.ts";`, rule: "noRestrictedImports" },
  { file: "src/channels/messenger/a.ts", code: `export { a } from "../webchat/a.ts";`, rule: "noRestrictedImports" },
  { file: "src/channels/messenger/b.ts", code: `export { a } from "../index.ts";`, rule: "noRestrictedImports" },
  { file: "src/channels/meta-b.ts", code: `export { a } from "../store/a.ts";`, rule: "noRestrictedImports" },
  { file: "src/shell/b.ts", code: `export const a = () => fetch("http://localhost");`, rule: "plugin" },
  {
    file: "src/channels/vk/e.ts",
    code: `export const a = () => fetch("http://localhost");`,
    rule: "noRestrictedGlobals",
  },
  { file: "src/channels/vk/f.ts", code: `import http from "node:http";\nexport const a = http;`, rule: "plugin" },
  { file: "src/shell/e.ts", code: `export const ports = { fetch };`, rule: "noRestrictedGlobals" },
  { file: "src/shell/jobs/b.ts", code: `export const a = [fetch];`, rule: "noRestrictedGlobals" },
  { file: "src/http/compat/bothelp/a.ts", code: `export const a = [fetch];`, rule: "noRestrictedGlobals" },
  { file: "src/shell/c.ts", code: `export { request } from "node:http";`, rule: "plugin" },
  { file: "src/shell/d.ts", code: `import https from "node:https";\nexport const a = https.get("");`, rule: "plugin" },
  { file: "src/http/i.ts", code: `import { request } from "undici";\nexport const a = request("");`, rule: "plugin" },
  { file: "src/http/j.ts", code: `export const a = await import("node:http");`, rule: "plugin" },
  { file: "src/http/k.ts", code: `export const a = globalThis.fetch;`, rule: "plugin" },
  { file: "src/engine/e.ts", code: `export const a = () => globalThis.fetch("");`, rule: "plugin" },
  {
    file: "src/store/a.ts",
    code: `import type { A } from "../shell/a.ts";\nexport type B = A;`,
    rule: "noRestrictedImports",
  },
  { file: "src/shell/a.ts", code: `export { a } from "../http/app.ts";`, rule: "noRestrictedImports" },
  {
    file: "src/shell/jobs/a.ts",
    code: `export { a } from "../../steps/wait/wait.step.ts";`,
    rule: "noRestrictedImports",
  },
  { file: "src/http/api/a.ts", code: `export { a } from "../../app/config.ts";`, rule: "noRestrictedImports" },
  { file: "web/widget/a.ts", code: `export { a } from "../../src/store/a.ts";`, rule: "noRestrictedImports" },
  { file: "src/http/b.ts", code: `export const a = process.env["HOME"];`, rule: "noProcessEnv" },
  { file: "src/http/c.ts", code: `export const a: any = 1;`, rule: "noExplicitAny" },
  { file: "src/http/d.ts", code: `export default 1;`, rule: "noDefaultExport" },
  {
    file: "src/http/e.ts",
    code: `async function a() {}\nexport function b() {\n  a();\n}`,
    rule: "noFloatingPromises",
  },
  { file: "src/http/f.ts", code: `export * from "./c.ts";`, rule: "noBarrelFile" },
  { file: "src/http/BadName.ts", code: `export const a = 1;`, rule: "useFilenamingConvention" },
  { file: "src/http/g.ts", code: `import { h } from "./h.ts";\nexport const g = () => h;`, rule: "noImportCycles" },
  { file: "src/http/h.ts", code: `import { g } from "./g.ts";\nexport const h = () => g;`, rule: "noImportCycles" },
];

/** The other half: what has to pass. */
const allowed = [
  { file: "src/model/ok.ts", code: `import { z } from "zod";\nexport const a = z.string();` },
  { file: "src/engine/ok.ts", code: `import { a } from "../model/ok.ts";\nexport const b = [a, new Date(5)];` },
  { file: "src/steps/wait/wait.step.ts", code: `import { b } from "../../engine/ok.ts";\nexport const wait = [b];` },
  { file: "src/steps/index.ts", code: `import { wait } from "./wait/wait.step.ts";\nexport const steps = { wait };` },
  { file: "src/channels/meta-a.ts", code: `import { b } from "../engine/ok.ts";\nexport const a = [b];` },
  { file: "src/channels/messenger/ok.ts", code: `import { a } from "../meta-a.ts";\nexport const c = [a];` },
  { file: "src/shell/jobs/ok.ts", code: `import { steps } from "../../steps/index.ts";\nexport const job = [steps];` },
  {
    file: "src/http/ok.ts",
    code: `import type { IncomingMessage } from "node:http";\nexport type A = IncomingMessage;`,
  },
  {
    file: "src/shell/platform-http.ts",
    code: `import { request } from "undici";\nexport const a = request("http://localhost");`,
  },
  {
    file: "src/shell/outbound-http.ts",
    code: `import { request } from "node:http";\nexport const a = request("http://localhost");`,
  },
  { file: "src/http/ok.test.ts", code: `import { a } from "../model/ok.ts";\nexport const c = [a];` },
];

const root = path.resolve(import.meta.dirname, "..");
const folder = mkdtempSync(path.join(tmpdir(), "repartee-lint-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the linter's rules", () => {
  const found = lintAll();

  it.each(violations)("find $rule in $file", ({ file, rule }) => {
    expect([...(found.get(file) ?? [])].some((category) => category.includes(rule))).toBe(true);
  });

  it.each(allowed)("let $file pass", ({ file }) => {
    expect([...(found.get(file) ?? [])]).toEqual([]);
  });
});

/** Runs the project's own rules over the samples; categories of the diagnostics by file. */
function lintAll(): Map<string, Set<string>> {
  const config = readFileSync(path.join(root, "biome.json"), "utf8");
  writeFileSync(
    path.join(folder, "biome.json"),
    config.replace('"enabled": true, "clientKind"', '"enabled": false, "clientKind"'),
  );
  cpSync(path.join(root, "lint"), path.join(folder, "lint"), { recursive: true });
  for (const { file, code } of [...violations, ...allowed]) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), `${code}\n`);
  }
  const biome = path.join(root, "node_modules", ".bin", "biome");
  const run = spawnSync(biome, ["lint", "--reporter=json", "--max-diagnostics=200"], { cwd: folder, encoding: "utf8" });
  const report = JSON.parse(run.stdout) as { diagnostics: { category: string; location: { path: string } }[] };
  const found = new Map<string, Set<string>>();
  for (const { category, location } of report.diagnostics) {
    const file = path.relative(folder, path.resolve(folder, location.path)).replaceAll(path.sep, "/");
    found.set(file, (found.get(file) ?? new Set()).add(category));
  }
  return found;
}
