/** `problem`: something does not work or data may be lost. `warning`: it may come to that. `ok`: looked at, and as it should be. */
export type Severity = "ok" | "warning" | "problem";

/** One thing that was looked at. */
export interface Finding {
  /** Stable, for scripts: `database.fsync`. */
  readonly check: string;
  readonly severity: Severity;
  /** One sentence, without secrets. */
  readonly message: string;
  /** What to do; absent where there is nothing to do. */
  readonly advice?: string;
}

export const ok = (check: string, message: string): Finding => ({ check, severity: "ok", message });
export const warning = (check: string, message: string, advice: string): Finding => ({
  check,
  severity: "warning",
  message,
  advice,
});
export const problem = (check: string, message: string, advice: string): Finding => ({
  check,
  severity: "problem",
  message,
  advice,
});
