import { createHash } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type DataDirectory, DataDirectoryError } from "../data-directory.ts";

/** sun_path has 104 bytes on macOS and 108 on Linux, with a closing zero. */
const longestSocketPath = 100;

/**
 * Where the control socket of a data directory is: in it where the path is short enough, else in a private folder of the system's
 * temporary directory; a named pipe on Windows.
 */
export function controlSocketPath(directory: DataDirectory): string {
  const hash = createHash("sha256").update(directory.path).digest("hex").slice(0, 24);
  if (process.platform === "win32") return `\\\\.\\pipe\\repartee-${hash}`;
  const inside = path.join(directory.path, "control.sock");
  if (Buffer.byteLength(inside) <= longestSocketPath) return inside;
  return path.join(privateFolder(path.join(tmpdir(), `repartee-${hash}`)), "control.sock");
}

/** A folder in a place where everybody may write: made for us alone, and refused when somebody else made it first. */
function privateFolder(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) {
    throw new DataDirectoryError(`${folder} belongs to somebody else: remove it, or give DATA_DIR a shorter path`);
  }
  chmodSync(folder, 0o700);
  return folder;
}
