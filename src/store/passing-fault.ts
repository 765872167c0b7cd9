/**
 * Faults that go by themselves: the same transaction may be tried again. SQLSTATE classes by
 * https://www.postgresql.org/docs/current/errcodes-appendix.html.
 */
const passingStates = new Set([
  "40001", // serialization_failure
  "40P01", // deadlock_detected
  "53100", // disk_full: until somebody makes room
  "53200", // out_of_memory
  "53300", // too_many_connections
  "55P03", // lock_not_available
  "57P01", // admin_shutdown
  "57P02", // crash_shutdown
  "57P03", // cannot_connect_now
  "57P05", // idle_session_timeout
  "25006", // read_only_sql_transaction: a standby that is about to take over
]);

const passingSystemCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENOENT",
]);

/** What node-postgres says, without a code, of a connection that broke under a query. */
const passingMessages =
  /Connection terminated|connection timeout|Client has encountered a connection error|timeout exceeded when trying to connect|server closed the connection/i;

/** Whether trying again may help. */
export function isPassingFault(error: Error): boolean {
  const { code } = error as { code?: unknown };
  if (typeof code === "string") {
    return passingStates.has(code) || passingSystemCodes.has(code) || code.startsWith("08");
  }
  if (error instanceof AggregateError)
    return error.errors.some((inner) => inner instanceof Error && isPassingFault(inner));
  return passingMessages.test(error.message);
}

/** Whether a row names one that is gone: somebody deleted it between the look and the write. Looked up anew, it is missing, and the caller can be told what is. */
export function isBrokenReference(error: unknown): boolean {
  return (error as { readonly code?: unknown } | null)?.code === "23503"; // foreign_key_violation
}

/** Whether a row would be the second of its kind, by the unique index of this name. */
export function isDuplicate(error: unknown, index: string): boolean {
  const { code, constraint } = (error ?? {}) as { readonly code?: unknown; readonly constraint?: unknown };
  return code === "23505" && constraint === index; // unique_violation
}
