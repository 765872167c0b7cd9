import { existsSync, readdirSync, statSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { brotliCompress, gzip as gzipCallback } from "node:zlib";

const gzip = promisify(gzipCallback);
const brotli = promisify(brotliCompress);

/** Where the web parts are made from, and where they go; tests name others. */
export interface WebBuild {
  readonly root: string;
  /** Files and folders under the root. */
  readonly sources: readonly string[];
  /** Builds everything into an empty folder. */
  readonly build: (folder: string) => Promise<void>;
}

const root = path.resolve(import.meta.dirname, "..");
const webBuild: WebBuild = {
  root,
  // The contract is a source too, and the engine: the pages speak the one and run the other.
  sources: ["web", "src/http/contract", "src/model", "src/engine", "src/steps", "src/actions", "vite.config.ts"],
  build: buildWithVite,
};

/** As a service has it: files that belong to another user, or a file system that is read alone. */
const notOurs = new Set(["EACCES", "EPERM", "EROFS"]);

/** This process may not write the web parts that it needs; `message` is one line for whoever started it. */
export class WebBuildError extends Error {
  override readonly name = "WebBuildError";
  constructor(root: string, what: string, options: ErrorOptions) {
    super(
      `the web parts are ${what}, and this process may not write them: run "npm run build" in ${root} as the owner of its files (after every update), then start again`,
      options,
    );
  }
}

/**
 * Builds the web parts where they are missing or older than their sources. An image made with `npm ci --omit=dev` has no vite: there what was
 * built before is taken as it is. Throws when there is nothing, and `WebBuildError`.
 */
export async function ensureWebBuilt({ root, sources, build }: WebBuild = webBuild): Promise<void> {
  const output = path.join(root, "dist", "web");
  const builtAt = newestIn(path.join(output, "widget.js"));
  const changedAt = Math.max(0, ...sources.map((name) => newestIn(path.join(root, name))));
  if (builtAt > 0 && builtAt >= changedAt) return;
  if (builtAt > 0 && !existsSync(path.join(root, "node_modules", "vite"))) return;
  // Beside, then put in place: a server that starts at the same moment never reads half of it.
  const fresh = `${output}.${process.pid}`;
  await build(fresh).catch((cause: unknown) => {
    if (!notOurs.has((cause as NodeJS.ErrnoException).code ?? "")) throw cause;
    throw new WebBuildError(root, builtAt > 0 ? "older than their sources" : "not built", { cause });
  });
  await mkdir(output, { recursive: true });
  // The widget last: its time says that everything is there.
  const names = readdirSync(fresh).sort((a, b) => Number(a === "widget.js") - Number(b === "widget.js"));
  for (const name of names) {
    await rm(path.join(output, name), { recursive: true, force: true });
    await rename(path.join(fresh, name), path.join(output, name));
  }
  await rm(fresh, { recursive: true });
}

async function buildWithVite(folder: string): Promise<void> {
  const { build } = await import("vite").catch((cause: unknown) => {
    throw new Error("the web parts are not built, and vite is not installed: run npm ci && npm run build", { cause });
  });
  const configFile = path.join(root, "vite.config.ts");
  // Vite takes it from whoever starts the server, and a test's would make the pages of development: larger, slower, and talkative.
  process.env.NODE_ENV = "production";
  const common = { configFile, logLevel: "warn" } as const;
  await build({ ...common, mode: "widget", root, build: { outDir: folder } });
  const admin = path.join(folder, "admin");
  await build({ ...common, mode: "admin", build: { outDir: admin } });
  await compressFolder(path.join(admin, "assets"));
}

/** Beside each text file its compressed forms: the server sends them as they are. */
async function compressFolder(folder: string): Promise<void> {
  for (const name of readdirSync(folder)) {
    if (!/\.(js|css|svg)$/.test(name)) continue;
    const file = path.join(folder, name);
    const text = await readFile(file);
    await writeFile(`${file}.gz`, await gzip(text, { level: 9 }));
    await writeFile(`${file}.br`, await brotli(text));
  }
}

/** When the newest file was changed, in Unix milliseconds; 0 where there is none. A folder's own time tells of what was deleted. */
function newestIn(file: string): number {
  if (!existsSync(file)) return 0;
  const stat = statSync(file);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(file).map((name) => newestIn(path.join(file, name))));
}

if (import.meta.main) await ensureWebBuilt();
