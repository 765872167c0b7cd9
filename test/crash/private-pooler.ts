import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { until } from "../until.ts";
import { freePort } from "./server-process.ts";

/** A PgBouncer of the test's own, in transaction mode. */
export interface PrivatePooler {
  /** The database that it was started for, through it. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Debian's, or another release's. */
const program = process.env.PGBOUNCER_PATH ?? "/usr/sbin/pgbouncer";

export async function hasPooler(): Promise<boolean> {
  return await promisify(execFile)(program, ["--version"]).then(
    () => true,
    () => false,
  );
}

/** Hands every transaction to the next of its connections, so that whatever relies on a session is found out. */
export async function startPrivatePooler(databaseUrl: string): Promise<PrivatePooler> {
  const directory = await mkdtemp(path.join(tmpdir(), "repartee-pooler-"));
  const port = await freePort();
  const database = new URL(databaseUrl);
  const password = database.password === "" ? "" : ` password=${decodeURIComponent(database.password)}`;
  const target = `host=${database.hostname} port=${database.port || 5432} user=${database.username}${password}`;
  const lines = [
    "[databases]",
    `* = ${target}`,
    "[pgbouncer]",
    "listen_addr = 127.0.0.1",
    `listen_port = ${port}`,
    "unix_socket_dir =",
    "auth_type = any",
    "pool_mode = transaction",
    "default_pool_size = 20",
    "max_client_conn = 200",
    "server_round_robin = 1",
    "log_connections = 0",
    "log_disconnections = 0",
  ];
  const file = path.join(directory, "pgbouncer.ini");
  await writeFile(file, `${lines.join("\n")}\n`);
  await chmod(directory, 0o755);
  // It refuses to run as root.
  const asUser = process.getuid?.() === 0 ? ["-u", "nobody"] : [];
  const child = spawn(program, ["-q", ...asUser, file], { stdio: ["ignore", "ignore", "inherit"] });
  const exited = once(child, "exit");
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String(port);
  await until("the pooler answers", async () => {
    if (child.exitCode !== null) throw new Error(`pgbouncer ended with ${child.exitCode}`);
    const client = new pg.Client({ connectionString: url.href });
    client.on("error", () => undefined);
    return await client
      .connect()
      .then(() => client.end())
      .then(
        () => true,
        () => false,
      );
  });
  return {
    url: url.href,
    async stop() {
      child.kill("SIGKILL");
      await exited;
      await rm(directory, { recursive: true, force: true });
    },
  };
}
