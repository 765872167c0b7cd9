import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import pg from "pg";

/** A PostgreSQL with an empty cluster of its own. */
export interface PostgresServer {
  /** A database to make others beside. */
  readonly url: string;
  /** As the server calls itself: "18.4". */
  readonly version: string;
  /** Ends it at once; what it has is thrown away anyway. */
  stop(): Promise<void>;
}

/** How long a start may take: initialising is done by then. */
const longestStartMs = 120_000;

/**
 * Makes a cluster in `folder` with the programs in `bin` and starts it on a free port, for connections from this machine only, without a password. As root it runs as "nobody", for
 * PostgreSQL refuses to be root; `folder` and `bin` have to be within that user's reach. Throws what PostgreSQL says.
 */
export async function startPostgres(bin: string, folder: string): Promise<PostgresServer> {
  const owner = unprivileged();
  const data = path.join(folder, "data");
  mkdirSync(data, { mode: 0o700 });
  if (owner !== undefined) chownSync(data, owner.uid, owner.gid);
  chmodSync(data, 0o700);
  const as = { cwd: "/", env: { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" }, ...owner };
  const made = spawnSync(
    path.join(bin, "initdb"),
    ["-D", data, "-U", "root", "-A", "trust", "-E", "UTF8", "--locale=C"],
    { ...as, encoding: "utf8" },
  );
  if (made.status !== 0) throw new Error(`initdb: ${made.error?.message ?? made.stderr}`);
  const port = await freePort();
  const log = path.join(folder, "server.log");
  const output = openSync(log, "a");
  const settings = [
    "listen_addresses=127.0.0.1",
    `port=${port}`,
    "unix_socket_directories=",
    "max_connections=200",
    // A killed process loses nothing by it, only a machine that loses its power; making the tables of every test file is several times faster.
    "fsync=off",
  ].flatMap((setting) => ["-c", setting]);
  const child = spawn(path.join(bin, "postgres"), ["-D", data, ...settings], {
    ...as,
    stdio: ["ignore", output, output],
  });
  const url = `postgres://root@127.0.0.1:${port}/postgres`;
  const stop = () => end(child);
  try {
    return { url, version: await waitForAnswer(url, child), stop };
  } catch (error) {
    await stop();
    throw new Error(`PostgreSQL did not start: ${readFileSync(log, "utf8")}`, { cause: error });
  }
}

/** Undefined: nobody to become, for we are not root. */
function unprivileged(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string) => {
    const { status, stdout } = spawnSync("id", [flag, "nobody"], { encoding: "utf8" });
    if (status !== 0) throw new Error('PostgreSQL does not run as root, and there is no user "nobody" to run it as');
    return Number(stdout);
  };
  return { uid: idOf("-u"), gid: idOf("-g") };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

async function waitForAnswer(url: string, child: ChildProcess): Promise<string> {
  const deadline = performance.now() + longestStartMs;
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<{ version: string }>("select current_setting('server_version') as version");
      return rows[0]?.version ?? "";
    } catch (error) {
      if (child.exitCode !== null || performance.now() > deadline) throw error;
      await setTimeout(50);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

/** SIGQUIT is PostgreSQL's "immediate": it takes its own processes with it. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = once(child, "exit");
  child.kill("SIGQUIT");
  await exited;
}
