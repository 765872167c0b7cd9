import { execFile } from "node:child_process";
import { chmod, chown, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { freePort } from "./server-process.ts";

const run = promisify(execFile);

/** A PostgreSQL of the test's own, which it may restart as it likes. */
export interface PrivateCluster {
  readonly url: string;
  restart(mode: "fast" | "immediate"): Promise<void>;
  remove(): Promise<void>;
}

/** Where Debian puts PostgreSQL's programs; undefined: not installed. */
export async function findPostgres(): Promise<string | undefined> {
  const versions = await readdir("/usr/lib/postgresql").catch(() => []);
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  return newest === undefined ? undefined : path.join("/usr/lib/postgresql", newest, "bin");
}

/** Makes and starts a cluster. PostgreSQL refuses to run as root: then it runs as the user that its package makes. */
export async function startPrivateCluster(programs: string): Promise<PrivateCluster> {
  const directory = await mkdtemp(path.join(tmpdir(), "repartee-cluster-"));
  const port = await freePort();
  const isRoot = process.getuid?.() === 0;
  const program = (name: string, ...args: readonly string[]) => {
    const file = path.join(programs, name);
    return isRoot ? run("runuser", ["-u", "postgres", "--", file, ...args], { cwd: "/" }) : run(file, args);
  };
  if (isRoot) {
    const { stdout } = await run("id", ["-u", "postgres"]);
    await chown(directory, Number(stdout), Number(stdout));
  }
  await chmod(directory, 0o700);
  await program("initdb", "-D", directory, "-U", "root", "-A", "trust", "-E", "UTF8", "--locale=C");
  const options = `-c listen_addresses=127.0.0.1 -p ${port} -k ${directory}`;
  const control = (...args: readonly string[]) =>
    program("pg_ctl", "-D", directory, "-w", "-l", path.join(directory, "server.log"), "-o", options, ...args);
  await control("start");
  await program("createdb", "-h", "127.0.0.1", "-p", String(port), "-U", "root", "repartee");
  return {
    url: `postgres://root@127.0.0.1:${port}/repartee`,
    restart: async (mode) => {
      await control("-m", mode, "restart");
    },
    remove: async () => {
      await control("-m", "immediate", "stop").catch(() => undefined);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
