import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type DataDirectory,
  DirectoryInUseError,
  lockDataDirectory,
  openDataDirectory,
  readHolder,
  readSecretKey,
} from "./data-directory.ts";

let folder: string;
let directory: DataDirectory;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "repartee-data-"));
  directory = openDataDirectory(path.join(folder, "data"));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** Another process that tries to take the lock, says how it went, and stays. */
async function startContender(): Promise<{ child: ChildProcess; said: string }> {
  const code = `
    const { lockDataDirectory, openDataDirectory } = await import(process.argv[1]);
    try {
      // Kept: a lock that nobody holds on to is collected, and open again.
      globalThis.lock = lockDataDirectory(openDataDirectory(process.argv[2]), "server");
      console.log("locked");
    } catch (error) {
      console.log(error.message);
    }
    setInterval(() => {}, 60_000);`;
  const module = path.join(import.meta.dirname, "data-directory.ts");
  const child = spawn(process.execPath, ["--input-type=module", "-e", code, module, directory.path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  return { child, said: said.toString().trim() };
}

describe("the data directory", () => {
  it("is for its owner alone", () => {
    expect(statSync(directory.path).mode & 0o777).toBe(0o700);
  });

  it("keeps the secret key it made, in a file for its owner alone", () => {
    const key = readSecretKey(directory, undefined);
    expect(key).toHaveLength(32);
    expect(readSecretKey(directory, undefined)).toEqual(key);
    expect(statSync(directory.secretKey).mode & 0o777).toBe(0o600);
    expect(readSecretKey(openDataDirectory(path.join(folder, "other")), undefined)).not.toEqual(key);
  });

  it("gives the same key when the file's text is moved into the configuration", () => {
    const key = readSecretKey(directory, undefined);
    expect(readSecretKey(directory, readFileSync(directory.secretKey, "utf8").trim())).toEqual(key);
  });

  it("prefers the configured secret key and then writes none", () => {
    readSecretKey(directory, "k".repeat(32));
    expect(existsSync(directory.secretKey)).toBe(false);
  });

  it("refuses a damaged key file instead of making another key", () => {
    writeFileSync(directory.secretKey, "");
    expect(() => readSecretKey(directory, undefined)).toThrow("is damaged");
  });
});

describe("a data directory that cannot be used", () => {
  it("is refused in one line", () => {
    writeFileSync(path.join(folder, "file"), "");
    expect(() => openDataDirectory(path.join(folder, "file", "data"))).toThrow("cannot be made");
    mkdirSync(directory.lock);
    expect(() => lockDataDirectory(directory, "server")).toThrow(`DATA_DIR ${directory.path} cannot be written`);
  });
});

describe("the lock of the data directory", () => {
  it("refuses a second process in one line that names the first", async () => {
    const first = await startContender();
    expect(first.said).toBe("locked");
    expect(() => lockDataDirectory(directory, "server")).toThrow(DirectoryInUseError);
    expect(() => lockDataDirectory(directory, "server")).toThrow(
      `DATA_DIR ${directory.path} is in use by process ${first.child.pid}: stop it first, or set another DATA_DIR`,
    );
  });

  it("is free again once its holder was killed", async () => {
    const first = await startContender();
    first.child.kill("SIGKILL");
    await once(first.child, "exit");
    const lock = lockDataDirectory(directory, "command");
    expect(readHolder(directory)).toEqual({ pid: process.pid, purpose: "command" });
    lock.release();
    expect(readHolder(directory)).toBeUndefined();
  });

  it("lets exactly one of many contenders in", async () => {
    const all = await Promise.all(Array.from({ length: 4 }, startContender));
    expect(all.filter(({ said }) => said === "locked")).toHaveLength(1);
  });

  it("can be taken again after its release", () => {
    lockDataDirectory(directory, "server").release();
    lockDataDirectory(directory, "server").release();
  });
});
