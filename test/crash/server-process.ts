import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import path from "node:path";
import { promisify } from "node:util";

const root = path.resolve(import.meta.dirname, "../..");
const bin = path.join(root, "bin", "repartee.js");

/** A real server, in a process of its own, on the same data each time it is started. */
export interface ServerProcess {
  readonly url: string;
  start(): Promise<void>;
  /** SIGKILL: what was not written is gone. */
  kill(): Promise<void>;
  /** SIGTERM, and the server's own time to end. */
  stop(): Promise<void>;
  /** Runs `repartee …` beside it; what it prints. */
  run(...args: readonly string[]): Promise<string>;
}

/** A port that nobody has at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** `host`: what browsers call it by. */
export async function createServerProcess(
  settings: Readonly<Record<string, string>>,
  host: "127.0.0.1" | "localhost" = "127.0.0.1",
): Promise<ServerProcess> {
  const port = await freePort();
  const url = `http://${host}:${port}`;
  const env = {
    PATH: process.env.PATH ?? "",
    PORT: String(port),
    PUBLIC_URL: url,
    LOG_LEVEL: "error",
    // Where the platforms' stand-ins are.
    OUTBOUND_ALLOW_NETWORKS: "127.0.0.1/32",
    ...settings,
  };
  let child: ChildProcess | undefined;

  async function isReady(): Promise<boolean> {
    const response = await fetch(`${url}/health/ready`).catch(() => undefined);
    return response?.status === 200;
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null) return;
    const exited = once(running, "exit");
    running.kill(signal);
    await exited;
  }

  return {
    url,
    async start() {
      const started = spawn(process.execPath, [bin, "start"], {
        cwd: root,
        env,
        stdio: ["ignore", "ignore", "inherit"],
      });
      child = started;
      while (!(await isReady())) {
        if (started.exitCode !== null) throw new Error(`the server ended with ${started.exitCode}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    kill: () => end("SIGKILL"),
    stop: () => end("SIGTERM"),
    async run(...args) {
      const { stdout } = await promisify(execFile)(process.execPath, [bin, ...args], { cwd: root, env });
      return stdout.trim();
    },
  };
}
