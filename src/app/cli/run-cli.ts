import { pino } from "pino";
import { WebBuildError } from "../../../scripts/build-web.ts";
import { AppError } from "../../model/app-error.ts";
import { DirectUrlError } from "../../store/database.ts";
import { SchemaTooNewError, UnfitDatabaseError } from "../../store/migrate.ts";
import { isPassingFault } from "../../store/passing-fault.ts";
import { SecretKeyError } from "../../store/secret-key-store.ts";
import { ConfigError, readProcessConfig } from "../config.ts";
import { DataDirectoryError } from "../data-directory.ts";
import { type Command, CommandError, type CommandResult, type ExitCode, type Terminal } from "./command.ts";
import { databaseHints } from "./database-hints.ts";
import { renderHelp, renderOverview } from "./help.ts";
import { parseOptions, UsageError } from "./parse-options.ts";
import { runDatabaseCommand } from "./run-database-command.ts";

/** Runs one command line (without node and script). Never throws for what a user can cause. */
export async function runCli(
  words: readonly string[],
  terminal: Terminal,
  commands: readonly Command[],
  version: string,
): Promise<ExitCode> {
  const first = words[0];
  if (first === "--version" || first === "-v") return say(terminal, `${version}\n`);
  if (first === undefined || first === "--help" || first === "-h" || first === "help") {
    terminal.stdout.write(renderOverview(commands));
    return first === undefined ? 2 : 0;
  }
  const command = findCommand(commands, words);
  if (command === undefined) return complainUnknown(commands, words, terminal);
  let json = words.includes("--json");
  try {
    const parsed = parseOptions(command, words.slice(command.name.split(" ").length));
    json = parsed.json;
    if (parsed.help) return say(terminal, renderHelp(command));
    const result = await run(command, parsed.options as never, terminal, json);
    if (result !== undefined)
      terminal.stdout.write(json ? `${JSON.stringify(result.data)}\n` : ensureNewline(result.text));
    return result?.exit ?? 0;
  } catch (error) {
    return complain(error, command, terminal, json);
  }
}

async function run(
  command: Command,
  options: never,
  terminal: Terminal,
  json: boolean,
): Promise<CommandResult | undefined> {
  if (command.kind === "local") return command.run({ readConfig: readProcessConfig, terminal, json }, options);
  // Warnings only, and never on stdout: there the result stands alone.
  const log = pino({ level: "warn" }, { write: (line) => terminal.stderr.write(line) });
  return runDatabaseCommand(readProcessConfig(), command, options, log);
}

function findCommand(commands: readonly Command[], words: readonly string[]): Command | undefined {
  return commands.find(({ name }) => name.split(" ").every((part, index) => words[index] === part));
}

function complainUnknown(commands: readonly Command[], words: readonly string[], terminal: Terminal): ExitCode {
  const group = commands.filter(({ name }) => name.startsWith(`${words[0]} `));
  if (group.length > 0) {
    terminal.stderr.write(
      `repartee: ${words[0]} needs one of: ${group.map(({ name }) => name.split(" ")[1]).join(", ")}\n`,
    );
  } else terminal.stderr.write(`repartee: there is no command "${words[0]}"; repartee --help lists them\n`);
  return 2;
}

function complain(error: unknown, command: Command, terminal: Terminal, json: boolean): ExitCode {
  const { code, message, exit } = describe(error, command);
  if (json) terminal.stderr.write(`${JSON.stringify({ error: { code, message } })}\n`);
  else for (const line of message.split("\n")) terminal.stderr.write(`repartee: ${line}\n`);
  return exit;
}

function describe(
  error: unknown,
  command: Command,
): { readonly code: string; readonly message: string; readonly exit: ExitCode } {
  if (error instanceof UsageError) {
    const message = `${error.message}; see repartee ${command.name} --help`;
    return { code: "command.usage", message, exit: 2 };
  }
  if (error instanceof ConfigError) return { code: "config.invalid", message: error.message, exit: 2 };
  if (error instanceof CommandError || error instanceof AppError)
    return { code: error.code, message: error.message, exit: 1 };
  if (error instanceof DataDirectoryError) return { code: "data_directory.unusable", message: error.message, exit: 1 };
  if (error instanceof Error && (error as NodeJS.ErrnoException).syscall === "listen") {
    return { code: "server.cannot_listen", message: `${error.message}: set PORT or HOST to another`, exit: 1 };
  }
  if (error instanceof SchemaTooNewError) return { code: "database.newer", message: error.message, exit: 1 };
  if (error instanceof UnfitDatabaseError) return { code: "database.unfit", message: error.message, exit: 1 };
  if (error instanceof SecretKeyError) return { code: "secret_key.other", message: error.message, exit: 1 };
  if (error instanceof WebBuildError) return { code: "web.not_built", message: error.message, exit: 1 };
  if (error instanceof DirectUrlError) return { code: "config.invalid", message: error.message, exit: 2 };
  if (error instanceof Error) {
    const hint = databaseHints[(error as NodeJS.ErrnoException).code ?? ""];
    const what = `the database cannot be used: ${error.message}`;
    if (hint !== undefined) return { code: "database.unreachable", message: `${what}. ${hint}`, exit: 1 };
    if (isPassingFault(error)) return { code: "database.unreachable", message: what, exit: 1 };
  }
  // A bug, or a machine out of order: whoever looks into it needs the stack.
  return {
    code: "internal",
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    exit: 1,
  };
}

function say(terminal: Terminal, text: string): ExitCode {
  terminal.stdout.write(text);
  return 0;
}

function ensureNewline(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}
