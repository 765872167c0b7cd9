import type { Logger } from "pino";
import type { z } from "zod";
import type { Json } from "../../model/field.ts";
import type { Jobs } from "../../shell/jobs.ts";
import type { Submit } from "../../shell/submission.ts";
import type { OpenDatabase } from "../../store/database.ts";
import type { SecretKey } from "../../store/secret-key.ts";
import type { Config } from "../config.ts";

/** What a command has to say: `text` for people, `data` for `--json`. Both go to stdout, without a word around them. */
export interface CommandResult {
  readonly text: string;
  readonly data: Json;
  /** What the program ends with; absent: 0. */
  readonly exit?: ExitCode;
}

/** 0: done. 1: could not be done. 2: typed or configured wrongly. */
export type ExitCode = 0 | 1 | 2;

/** Where a command's words go, and its input comes from. */
export interface Terminal {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { readonly isTTY?: boolean; write(text: string): unknown };
}

interface CommandBase {
  /** As typed: `token create`. */
  readonly name: string;
  /** One sentence, no full stop. */
  readonly summary: string;
  /** Its keys are the long options, camelCase here and kebab-case there; `describe` gives their help. */
  readonly options: z.ZodObject;
  /** Options that are given without a name, in order; the last may be a list, which takes all that are left. */
  readonly positionals?: readonly string[];
}

/** What a command on the database works with: in a running server, that server's own; else one that was just opened. */
export interface DatabaseContext {
  readonly config: Config;
  readonly database: OpenDatabase;
  /** Where people reach the server, without a trailing slash. */
  readonly publicUrl: string;
  readonly secretKey: SecretKey;
  readonly log: Logger;
  /** The waist of the running server; absent where none runs here. */
  readonly submit?: Submit | undefined;
  /** For commands that say they enqueue: jobs of the same transaction, done by the server that runs, or by the next. */
  readonly enqueueJobs?: Jobs["enqueue"] | undefined;
}

/**
 * A command on the database. `run` may happen in the server's process: it sees no terminal, no working directory, no files of the
 * caller. `prepare` and `finish` happen in the caller's.
 */
export interface DatabaseCommand<Options = never> extends CommandBase {
  readonly kind: "database";
  /** It takes the tables as they are; others have them brought up to date first. */
  readonly leavesTables?: true;
  /** Whether jobs may follow from it, so that the queue has to be at hand. */
  enqueues?(options: Options): boolean;
  /** Makes the options self-contained (reads input files, resolves paths). */
  prepare?(options: Options): Promise<Options>;
  run(context: DatabaseContext, options: Options): Promise<CommandResult>;
  /** What to do with the result on the caller's side (writes output files). */
  finish?(result: CommandResult, options: Options): Promise<CommandResult>;
}

/** What a command without a database of its own works with. */
export interface LocalContext {
  /** Throws `ConfigError`; read only by those who need it. */
  readonly readConfig: () => Config;
  readonly terminal: Terminal;
  readonly json: boolean;
}

/** A command that runs in the caller's process. Undefined result: it has said what it had to say. */
export interface LocalCommand<Options = never> extends CommandBase {
  readonly kind: "local";
  run(context: LocalContext, options: Options): Promise<CommandResult | undefined>;
}

export type Command = DatabaseCommand | LocalCommand;

/** Types `run` by the schema, while the registry sees `Command`. */
export function defineDatabaseCommand<Schema extends z.ZodObject>(
  command: DatabaseCommand<z.output<Schema>> & { readonly options: Schema },
): DatabaseCommand {
  // Options reach `run` only through the command's own schema.
  return command as unknown as DatabaseCommand;
}

/** Types `run` by the schema, while the registry sees `Command`. */
export function defineLocalCommand<Schema extends z.ZodObject>(
  command: LocalCommand<z.output<Schema>> & { readonly options: Schema },
): LocalCommand {
  return command as unknown as LocalCommand;
}

/** The command cannot do what was asked; `message` says why and what to do. Ends with exit code 1. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
