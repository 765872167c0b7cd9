import { version } from "../version.ts";
import { commands } from "./index.ts";
import { runCli } from "./run-cli.ts";

/** What a start that failed half-way has open must not keep the process. */
const graceMs = 1_000;

process.exitCode = await runCli(process.argv.slice(2), process, commands, version);
setTimeout(() => process.exit(), graceMs).unref();
