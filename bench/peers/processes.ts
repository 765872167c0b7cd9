import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import type { RunningPeer } from "./peer.ts";

/** A program of a peer. */
export interface Program {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

const longestStartMs = 120_000;

/** Starts a peer's programs under this Node. `isReady` is asked until it says so; throws when one of them ends before, or none is ready in two minutes. */
export async function startPrograms(
  programs: readonly Program[],
  isReady: () => Promise<boolean>,
): Promise<RunningPeer> {
  const children = programs.map(({ args, cwd, env }) =>
    spawn(process.execPath, args, {
      cwd,
      env: { PATH: process.env.PATH ?? "", HOME: cwd, ...env },
      stdio: ["ignore", "ignore", process.env.BENCH_VERBOSE === undefined ? "ignore" : "inherit"],
    }),
  );
  const deadline = performance.now() + longestStartMs;
  while (!(await isReady().catch(() => false))) {
    const ended = children.find(({ exitCode }) => exitCode !== null);
    if (ended !== undefined || performance.now() > deadline) {
      for (const child of children) child.kill("SIGKILL");
      throw new Error(`${ended?.spawnargs.join(" ") ?? "a peer"} does not start; BENCH_VERBOSE=1 shows what it says`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const pids = children.map(({ pid }) => pid ?? 0);
  return {
    pids,
    stop: async () => void (await Promise.all(children.map((child) => end(child, "SIGTERM")))),
    async kill() {
      const descendants = (await treeOf(pids)).filter((pid) => !pids.includes(pid));
      await Promise.all(children.map((child) => end(child, "SIGKILL")));
      for (const pid of descendants) {
        try {
          process.kill(pid, "SIGKILL");
        } catch {
          // It went with its parent.
        }
      }
    },
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill(signal);
  const late = setTimeout(() => child.kill("SIGKILL"), 15_000);
  await exited;
  clearTimeout(late);
}

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  /** Seconds of computing: its own, and with those of its children that have ended. */
  readonly seconds: number;
  readonly secondsWithEnded: number;
}

/** Linux counts by a hundredth of a second: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
const ticksPerSecond = 100;

async function readStats(): Promise<Stat[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(
    pids.map(async (pid) => {
      const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
      const [, name = "", rest = ""] = /^\d+ \((.*)\) (.*)$/s.exec(text) ?? [];
      const fields = rest.split(" ").map(Number);
      const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15);
      const own = (user + system) / ticksPerSecond;
      const secondsWithEnded = own + (endedUser + endedSystem) / ticksPerSecond;
      return rest === "" ? [] : [{ pid: Number(pid), parent: fields[1] ?? 0, name, seconds: own, secondsWithEnded }];
    }),
  );
  return stats.flat();
}

/** The processes and all that they started. */
async function treeOf(roots: readonly number[]): Promise<readonly number[]> {
  const stats = await readStats();
  const found = new Set(roots);
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const { pid, parent } of stats) if (found.has(parent)) found.add(pid);
  }
  return Array.from(found);
}

/** What processes with their children hold now (MB), and have computed (seconds). */
export async function weigh(roots: readonly number[]): Promise<{ readonly memoryMb: number; readonly cpu: number }> {
  const pids = await treeOf(roots);
  const stats = (await readStats()).filter(({ pid }) => pids.includes(pid));
  const memory = await Promise.all(
    pids.map(async (pid) => {
      const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
    }),
  );
  return {
    memoryMb: Math.round(memory.reduce((sum, one) => sum + one, 0)),
    cpu: stats.reduce((sum, { secondsWithEnded }) => sum + secondsWithEnded, 0),
  };
}

/** Seconds that every process of that name has computed, those that have ended included: the machine's PostgreSQL or Redis, whoever it works for. */
export async function cpuOfAll(name: string): Promise<number> {
  const stats = (await readStats()).filter((stat) => stat.name === name);
  const own = new Set(stats.map(({ pid }) => pid));
  // A child's time is told by its parent once it has ended.
  return stats.reduce(
    (sum, { parent, seconds, secondsWithEnded }) => sum + (own.has(parent) ? seconds : secondsWithEnded),
    0,
  );
}
