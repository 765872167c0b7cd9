#!/usr/bin/env -S node --max-semi-space-size=16
// Plain JavaScript for any Node: hands over to the Node that the project brings where the machine's own is too old to run TypeScript.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const needed = 24;
// As in the first line: V8 takes it only at the start of a process (src/app/cli/start.ts says what it is for).
const youngGeneration = "--max-semi-space-size=16";
const main = new URL("../src/app/cli/main.ts", import.meta.url);
const brought = fileURLToPath(
  new URL(`../node_modules/node/bin/node${process.platform === "win32" ? ".exe" : ""}`, import.meta.url),
);

if (Number.parseInt(process.versions.node, 10) >= needed) {
  await import(main.href);
} else if (existsSync(brought)) {
  const child = spawn(brought, [youngGeneration, fileURLToPath(main), ...process.argv.slice(2)], { stdio: "inherit" });
  // Ctrl-C reaches the child by itself, being in the same terminal; a signal to this process alone does not.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? (signal === null ? 1 : 128);
  });
} else {
  process.stderr.write(
    `repartee: Node ${process.versions.node} is too old; it needs ${needed}. npm ci brings one along, unless optional packages are left out.\n`,
  );
  process.exitCode = 2;
}
