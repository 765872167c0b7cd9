import { execFile } from "node:child_process";
import { access, readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import type { Peer } from "./peer.ts";

const root = path.resolve(import.meta.dirname, "../..");

/**
 * Installs a peer where it has a folder with a `package.json` and is not there yet; n8n alone takes some minutes and more than a gigabyte. Install scripts are not
 * run: none of the peers needs what they make. Returns its folder.
 */
export async function install(peer: Peer, say: (text: string) => void): Promise<string> {
  const folder = path.join(import.meta.dirname, peer.name);
  if (await exists(path.join(folder, "package.json"))) {
    if (!(await exists(path.join(folder, "node_modules", peer.packageName)))) {
      say(`  installing ${peer.packageName}`);
      const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"];
      await promisify(execFile)("npm", args, { cwd: folder, maxBuffer: 1e8 });
    }
  }
  return folder;
}

/** The version that is measured. */
export async function versionOf(peer: Peer): Promise<string> {
  const own = path.join(import.meta.dirname, peer.name, "node_modules", peer.packageName, "package.json");
  const shared = path.join(root, "node_modules", peer.packageName, "package.json");
  const place = peer.packageName === "repartee" ? path.join(root, "package.json") : (await exists(own)) ? own : shared;
  return (JSON.parse(await readFile(place, "utf8")) as { version: string }).version;
}

async function exists(place: string): Promise<boolean> {
  return await access(place).then(
    () => true,
    () => false,
  );
}
