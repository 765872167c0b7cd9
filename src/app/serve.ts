import type { Logger } from "pino";
import { ensureWebBuilt } from "../../scripts/build-web.ts";
import type { LocalContext } from "./cli/command.ts";
import { databaseCommands } from "./cli/database-commands.ts";
import { examine } from "./cli/doctor.ts";
import { type RunningApp, startApp } from "./compose.ts";
import type { Config } from "./config.ts";
import { type ControlServer, startControlServer } from "./control/control-server.ts";
import { controlSocketPath } from "./control/socket-path.ts";
import { openDataDirectory } from "./data-directory.ts";
import { createLog } from "./log.ts";
import { version } from "./version.ts";

/** How the process is asked to end. */
const signals = ["SIGINT", "SIGTERM"] as const;

/** Runs the server until a signal comes, and lets it finish what it has begun. */
export async function serve(context: LocalContext): Promise<void> {
  const config = context.readConfig();
  const log = createLog(config, context.terminal.stderr);
  const isAsked = askedToStop();
  if (config.roles.web) await ensureWebBuilt();
  const app = await startApp(config, log);
  const control = await startControl(app, config, log);
  announce(app, config, context);
  log.info({ signal: await isAsked }, "stopping");
  await control?.close();
  await app.stop();
}

/** npm hands a Ctrl-C on that the terminal has already brought: two signals this close are one. */
const sameSignalMs = 500;

/** Resolves at the first signal; a second one ends the process at once. */
function askedToStop(): Promise<string> {
  return new Promise((resolve) => {
    let askedAt: number | undefined;
    for (const signal of signals) {
      process.on(signal, () => {
        if (askedAt !== undefined && performance.now() - askedAt > sameSignalMs) process.exit(1);
        askedAt ??= performance.now();
        resolve(signal);
      });
    }
  });
}

/** Whoever holds the embedded database runs commands on it for others. */
async function startControl(app: RunningApp, config: Config, log: Logger): Promise<ControlServer | undefined> {
  const { lock, database, publicUrl, secretKey, submit, enqueueJobs } = app;
  if (lock === undefined) return undefined;
  const socket = controlSocketPath(openDataDirectory(config.data.directory));
  const context = { config, database, publicUrl, secretKey, log, submit, enqueueJobs };
  const control = await startControlServer({ socket, commands: [...databaseCommands, examine], context });
  lock.publish({ purpose: "server", socket });
  return control;
}

const tellHealth = ({ healthUrl }: RunningApp) =>
  healthUrl === undefined ? "answers no HTTP" : `how it is: ${healthUrl}/health/ready`;

/** What a newcomer needs to know, or, with `--json`, what a script does. */
function announce(app: RunningApp, config: Config, { terminal, json }: LocalContext): void {
  const { url, publicUrl, database, isFirstStart, setupCode } = app;
  if (json) {
    terminal.stdout.write(`${JSON.stringify({ version, url: url ?? null, publicUrl, database: database.kind })}\n`);
    return;
  }
  const lines = [
    `Repartee ${version} is running.`,
    "",
    `  database   ${database.kind === "embedded" ? `embedded, in ${config.data.directory}` : "PostgreSQL"}`,
  ];
  if (url !== undefined) {
    lines.push(`  address    ${publicUrl}`);
    if (setupCode !== undefined) lines.push(`  set-up code ${setupCode}  (makes the first user, at ${publicUrl}/)`);
    if (config.demo) lines.push(`  chat       ${publicUrl}/chat/demo`);
    lines.push(`  API        ${publicUrl}/api/v1/docs`, "", "  An access token for the API:");
    lines.push("    npx repartee token create --workspace demo --kind api");
  } else lines.push(`  worker     sends messages, keeps time, runs jobs; ${tellHealth(app)}`);
  if (isFirstStart) lines.push("", '  The workspace "demo" with the bot "demo" was made, for you to play with.');
  terminal.stdout.write(`${lines.join("\n")}\n\n`);
}
