import { type Logger, pino } from "pino";
import type { Config } from "./config.ts";
import { toLoggedError } from "./log-errors.ts";

/** Never in a log, wherever they stand in what is logged. */
const secretPaths = [
  "authorization",
  "token",
  "secret",
  "password",
  "*.authorization",
  "*.token",
  "*.secret",
  "*.password",
];

/** The log of a server, on stderr: JSON lines for machines, short lines for a person at a terminal. */
export function createLog(config: Config, stderr: { readonly isTTY?: boolean; write(text: string): unknown }): Logger {
  const write =
    stderr.isTTY === true ? (line: string) => stderr.write(renderLine(line)) : (line: string) => stderr.write(line);
  const redact = { paths: secretPaths, censor: "(hidden)" };
  return pino({ level: config.log.level, redact, serializers: { err: toLoggedError } }, { write });
}

/** One JSON line as `12:30:05 warn  the database is away err="…"`. */
export function renderLine(line: string): string {
  const {
    level,
    time,
    msg,
    pid: _pid,
    hostname: _hostname,
    err,
    ...rest
  } = JSON.parse(line) as Record<string, unknown>;
  const name = pino.levels.labels[Number(level)] ?? String(level);
  const fields = Object.entries(rest).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
  const { stack } = (err ?? {}) as { readonly stack?: string };
  const clock = new Date(Number(time)).toTimeString().slice(0, 8);
  return `${clock} ${name.padEnd(5)} ${msg ?? ""}${fields.join("")}\n${stack === undefined ? "" : `${stack}\n`}`;
}
