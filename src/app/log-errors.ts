/** What of an error's own values may stand in a log: names and numbers of the machinery, never what somebody wrote. */
const kept = ["code", "errno", "syscall", "severity", "constraint", "table", "column", "schema", "routine", "status"];
/** PostgreSQL's classes of errors whose words quote values: bad data, and a constraint that is hurt. */
const quoting = /^2[23][0-9A-Z]{3}$/;
const deepest = 5;

/** An error for the log, with its causes: type, message, stack and the codes of whoever threw it. Values that a database's error quotes are left out, and so are the statements and parameters that it holds. */
export function toLoggedError(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error, message: "something that is no error was thrown" };
  const own = error as Error & Readonly<Record<string, unknown>>;
  const message = hush(error.message, own.code);
  const stack = error.stack?.replace(error.message, () => message) ?? message;
  const codes = Object.fromEntries(kept.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]]])));
  const cause = error.cause instanceof Error && depth < deepest ? { cause: toLoggedError(error.cause, depth + 1) } : {};
  return { type: error.name, message, stack, ...codes, ...cause };
}

function hush(message: string, code: unknown): string {
  if (typeof code !== "string" || !quoting.test(code)) return message;
  return `${message.split(/[:"]/, 1)[0]?.trim() ?? ""} (${code})`;
}
