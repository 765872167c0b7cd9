import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { deserialize, serialize } from "node:v8";
import { MemoryFS, type PGlite } from "@electric-sql/pglite";
import { openDataDirectory } from "../src/app/data-directory.ts";
import { openDatabase } from "../src/store/database.ts";
import { migrateToLatest } from "../src/store/migrate.ts";

/** Files of an embedded database that was closed, by their paths; folders have no content and come before what is in them. */
export type Template = ReadonlyMap<string, Uint8Array | undefined>;

let template: Promise<Template> | undefined;

/** A migrated database, empty. Made once and kept by a hash of the migrations and the engine's release, so that a stale one is never used. */
export function readTemplate(): Promise<Template> {
  template ??= makeTemplate();
  return template;
}

/** Puts the template where the installation with that `DATA_DIR` looks for its database: making a new one takes it 3 s. */
export async function putDatabase(dataDirectory: string): Promise<void> {
  const { database } = openDataDirectory(dataDirectory);
  mkdirSync(database, { mode: 0o700 });
  for (const [name, content] of await readTemplate()) {
    const place = path.join(database, name);
    if (content === undefined) mkdirSync(place, { mode: 0o700 });
    else writeFileSync(place, content, { mode: 0o600 });
  }
}

/** Files in memory that begin as the template. */
export class TemplateFiles extends MemoryFS {
  readonly #template: Template;

  constructor(template: Template) {
    super();
    this.#template = template;
  }

  // Node below node: finding each of 1500 files by its path, after reading all from a tar, was half of what it took to open a database.
  override async initialSyncFs(): Promise<void> {
    const files = filesOf(this.pg);
    files.mkdirTree(dataFolder, 0o700);
    const folders = new Map([[".", files.lookupPath(dataFolder).node]]);
    for (const [name, content] of this.#template) {
      const parent = folders.get(path.posix.dirname(name));
      if (parent === undefined) throw new Error(`${name} stands before its folder`);
      const mode = content === undefined ? 0o40700 : 0o100600;
      const node = parent.node_ops.mknod(parent, path.posix.basename(name), mode, 0);
      if (content === undefined) folders.set(name, node);
      else Object.assign(node, { contents: content.slice(), usedBytes: content.length });
    }
  }
}

/** Files in memory that are still there when the database is closed. */
class KeptFiles extends MemoryFS {
  readonly kept = new Map<string, Uint8Array | undefined>();

  override async closeFs(): Promise<void> {
    this.#keep(filesOf(this.pg), "");
    await super.closeFs();
  }

  #keep(files: Files, folder: string): void {
    for (const name of files.readdir(path.posix.join(dataFolder, folder))) {
      if (name === "." || name === "..") continue;
      const inside = path.posix.join(folder, name);
      const whole = path.posix.join(dataFolder, inside);
      const isFolder = files.isDir(files.stat(whole).mode);
      this.kept.set(inside, isFolder ? undefined : files.readFile(whole));
      if (isFolder) this.#keep(files, inside);
    }
  }
}

const dataFolder = "/pglite/data";

/** What is used of Emscripten's file system (its types are not installed). */
interface Files {
  mkdirTree(path: string, mode: number): void;
  lookupPath(path: string): { readonly node: FileNode };
  readdir(path: string): readonly string[];
  stat(path: string): { readonly mode: number };
  isDir(mode: number): boolean;
  readFile(path: string): Uint8Array;
}

interface FileNode {
  readonly node_ops: { mknod(parent: FileNode, name: string, mode: number, device: number): FileNode };
}

const filesOf = (pglite: PGlite | undefined) => pglite?.Module.FS as unknown as Files;

async function makeTemplate(): Promise<Template> {
  const root = path.resolve(import.meta.dirname, "..");
  const folder = path.join(root, "node_modules", ".cache", "repartee");
  const file = path.join(folder, `template-${await hashSchema(root)}.v8`);
  const found = await readFile(file).catch(() => undefined);
  if (found !== undefined) return deserialize(found) as Template;
  const files = new KeptFiles();
  const database = await openDatabase({ files });
  await migrateToLatest(database.db);
  // What was closed starts without a recovery.
  await database.close();
  const settings = files.kept.get("postgresql.conf");
  if (settings === undefined) throw new Error("a database without settings");
  // Of 128 MB, which are all written to at each start.
  files.kept.set("postgresql.conf", Buffer.concat([settings, Buffer.from("shared_buffers = 32MB\n")]));
  await mkdir(folder, { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, serialize(files.kept));
  await rename(unfinished, file);
  return files.kept;
}

async function hashSchema(root: string): Promise<string> {
  const hash = createHash("sha256");
  hash.update(await readFile(path.join(root, "node_modules", "@electric-sql", "pglite", "package.json")));
  hash.update(await readFile(import.meta.filename));
  hash.update(await readFile(path.join(root, "src", "store", "migrations.ts")));
  const migrations = path.join(root, "src", "store", "migrations");
  for (const name of (await readdir(migrations)).sort()) hash.update(await readFile(path.join(migrations, name)));
  return hash.digest("hex").slice(0, 20);
}
