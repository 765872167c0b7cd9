import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import path from "node:path";
import { installPostgres, postgresReleases } from "./postgres-releases.ts";
import { startPostgres } from "./postgres-server.ts";

/*
 * npm run test:postgres                                   the set below, on every major version
 * npm run test:postgres -- 13 18                          on these
 * npm run test:postgres -- 13 18 test/crash/kill.test.ts  these tests instead of the set
 */

const root = path.resolve(import.meta.dirname, "..");

/** Where a new version of PostgreSQL would show: whatever has much SQL of its own, listens, locks, queues, plans, or copies. */
export const chosenTests: readonly string[] = [
  "src/store/migrate.test.ts",
  "src/store/server-dialect.test.ts",
  "src/store/outcome-store.test.ts",
  "src/store/segment-sql.test.ts",
  "src/store/segment-plans.test.ts",
  "src/store/inbox-plans.test.ts",
  "src/shell/live-postgres.test.ts",
  "src/shell/jobs.test.ts",
  "src/shell/outbox-processes.test.ts",
  "src/shell/outbox.test.ts",
  "src/shell/jobs/prune.test.ts",
  "src/shell/jobs/run-broadcast.test.ts",
  "src/shell/jobs/broadcast-plans.test.ts",
  "src/shell/jobs/run-import.test.ts",
  "src/app/cli/backup-restore.test.ts",
  "src/app/cli/move.test.ts",
  "src/app/cli/doctor.test.ts",
  "src/http/api/contacts.test.ts",
  "src/http/api/segments.test.ts",
  "src/http/api/inbox.test.ts",
  "src/http/api/conversations.test.ts",
  "src/http/api/broadcasts.test.ts",
  "src/http/compat/bothelp/action-link.test.ts",
  "test/crash/smoke.test.ts",
];

/** The version of what is called `pg_dump` here; 0: nothing is. It refuses servers that are newer. */
function dumpVersion(): number {
  const { stdout } = spawnSync("pg_dump", ["--version"], { encoding: "utf8" });
  return Number(/(\d+)[.\w]*/.exec(stdout ?? "")?.[1] ?? 0);
}

/** What the arguments ask for; throws where a version is none of the table's. */
export function readWishes(args: readonly string[]): { readonly versions: string[]; readonly tests: string[] } {
  const versions = args.filter((each) => /^\d+$/.test(each));
  const unknown = versions.filter((version) => postgresReleases[version] === undefined);
  if (unknown.length > 0)
    throw new Error(`there is no PostgreSQL ${unknown} here, only ${Object.keys(postgresReleases)}`);
  const tests = args.filter((each) => !versions.includes(each));
  return {
    versions: versions.length > 0 ? versions : Object.keys(postgresReleases),
    tests: tests.length > 0 ? tests : [...chosenTests],
  };
}

let tests: ChildProcess | undefined;
let interruptedBy: NodeJS.Signals | undefined;

/** Runs the tests on one version; gives vitest's exit code. */
async function testOn(version: string, paths: readonly string[]): Promise<number> {
  // In the open: the user that PostgreSQL runs as has to come to it, and the project may be in a closed folder.
  const folder = mkdtempSync(path.join(tmpdir(), `repartee-postgres-${version}-`));
  chmodSync(folder, 0o755);
  try {
    const bin = installPostgres(version, folder, path.join(root, "node_modules", ".cache", "repartee"));
    const server = await startPostgres(bin, folder);
    try {
      const left = dumpVersion() < Number(version) ? paths.filter((each) => each.includes("backup-restore")) : [];
      process.stdout.write(`\nPostgreSQL ${server.version}\n`);
      for (const each of left) process.stdout.write(`left out: ${each}, which needs a pg_dump of ${version}\n`);
      if (interruptedBy !== undefined) return 1;
      return await runTests(
        paths.filter((each) => !left.includes(each)),
        server.url,
      );
    } finally {
      await server.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runTests(paths: readonly string[], url: string): Promise<number> {
  const vitest = path.join(root, "node_modules", "vitest", "vitest.mjs");
  tests = spawn(process.execPath, [vitest, "run", "--project", "main", "--project", "crash", ...paths], {
    cwd: root,
    env: { ...process.env, TEST_DATABASE_URL: url },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const [code] = (await once(tests, "exit")) as [number | null];
  tests = undefined;
  return code ?? 1;
}

/** One version after the other: each wants the whole machine. */
async function main(): Promise<void> {
  const { versions, tests: paths } = readWishes(process.argv.slice(2));
  // Not by leaving at once: the server would stay, and its folder. The tests end first, then what was started for them.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      interruptedBy = signal;
      tests?.kill("SIGTERM");
    });
  }
  const failed: string[] = [];
  for (const version of versions) {
    if ((await testOn(version, paths)) !== 0) failed.push(version);
    if (interruptedBy !== undefined) process.exit(128 + constants.signals[interruptedBy]);
  }
  process.stdout.write(failed.length === 0 ? `all passed on ${versions}\n` : `failed on ${failed}\n`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}

if (import.meta.main) await main();
