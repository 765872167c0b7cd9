import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ensureWebBuilt, type WebBuild } from "./build-web.ts";

let root: string;
let builds = 0;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "build-web-"));
  builds = 0;
  mkdirSync(path.join(root, "web", "widget"), { recursive: true });
  writeFileSync(path.join(root, "web", "widget", "main.ts"), "");
  mkdirSync(path.join(root, "node_modules", "vite"), { recursive: true });
});

afterEach(() => rmSync(root, { recursive: true }));

function webBuild(): WebBuild {
  return {
    root,
    sources: ["web", "contract.ts"],
    build: async (folder) => {
      builds += 1;
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, "widget.js"), `build ${builds}`);
    },
  };
}

/** Moves a file's or folder's time by seconds from now. */
function touch(name: string, seconds: number): void {
  const time = Date.now() / 1000 + seconds;
  utimesSync(path.join(root, name), time, time);
}

const built = () => readFileSync(path.join(root, "dist", "web", "widget.js"), "utf8");

it("builds what is missing, once, and leaves nothing beside it", async () => {
  await ensureWebBuilt(webBuild());
  await ensureWebBuilt(webBuild());
  expect([builds, built()]).toEqual([1, "build 1"]);
  expect(readdirSync(path.join(root, "dist"))).toEqual(["web"]);
});

it.each(["web/widget/main.ts", "web/widget"])("builds anew when %s is newer", async (name) => {
  await ensureWebBuilt(webBuild());
  touch(name, 10);
  await ensureWebBuilt(webBuild());
  expect(built()).toBe("build 2");
});

it("takes what was built before where the tools are not installed", async () => {
  await ensureWebBuilt(webBuild());
  rmSync(path.join(root, "node_modules"), { recursive: true });
  touch("web/widget/main.ts", 10);
  await ensureWebBuilt(webBuild());
  expect(builds).toBe(1);
});

it("says who has to build where this process may not write", async () => {
  const refused = () => Promise.reject(Object.assign(new Error("read-only file system"), { code: "EROFS" }));
  await expect(ensureWebBuilt({ ...webBuild(), build: refused })).rejects.toThrow(
    /the web parts are .*: run "npm run build" in .* \(after every update\)/,
  );
});

it("does not count as built what was not finished", async () => {
  const broken: WebBuild = { ...webBuild(), build: () => Promise.reject(new Error("no")) };
  await expect(ensureWebBuilt(broken)).rejects.toThrow("no");
  await ensureWebBuilt(webBuild());
  expect(built()).toBe("build 1");
});
