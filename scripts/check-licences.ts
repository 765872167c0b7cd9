import { readFileSync } from "node:fs";
import path from "node:path";

/** Licences under which whoever runs Repartee may use, change and pass on what it is made of, without having to open their own work. */
const allowed = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "PostgreSQL",
  "Unlicense",
  "Zlib",
]);

/** Packages that say their licence in other words, each looked at by a person. */
const known: Readonly<Record<string, string>> = {};

interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
}

/** Whether an SPDX expression can be kept to with allowed licences alone: one of an OR, all of an AND. */
export function isAllowed(expression: string): boolean {
  const plain = expression.replace(/^\((.*)\)$/, "$1");
  if (/ OR /.test(plain)) return plain.split(" OR ").some(isAllowed);
  return plain.split(" AND ").every((one) => allowed.has(one.replace(/[()]/g, "")));
}

/** What is wrong with the licences of what an installation runs (`npm ci --omit=dev`), a line each. The lock file names them all, whatever is installed here. */
export function findLicenceProblems(lock: { readonly packages: Readonly<Record<string, LockedPackage>> }): {
  readonly count: number;
  readonly problems: readonly string[];
} {
  const production = Object.entries(lock.packages).filter(
    ([at, { dev, link }]) => at !== "" && dev !== true && link !== true,
  );
  const problems = production.flatMap(([at, { license, version }]) => {
    const name = at.split("node_modules/").at(-1) ?? at;
    const licence = license ?? known[name];
    if (licence === undefined) return [`${name} ${version}: says no licence`];
    return isAllowed(licence) ? [] : [`${name} ${version}: ${licence} is not on the list`];
  });
  return { count: production.length, problems };
}

if (import.meta.main) {
  const lock = JSON.parse(readFileSync(path.join(import.meta.dirname, "../package-lock.json"), "utf8"));
  const { count, problems } = findLicenceProblems(lock);
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.stdout.write(`${count} packages, ${problems.length} with a licence that has to be looked at\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
