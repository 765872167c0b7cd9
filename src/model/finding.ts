import type { Sentence } from "./sentence.ts";

/** `problem`: something does not work or data may be lost. `warning`: it may come to that. `ok`: looked at, and as it should be. */
export const severities = ["problem", "warning", "ok"] as const;
type Severity = (typeof severities)[number];

/** One thing that was looked at: a sentence on how it is, without secrets. */
export interface Finding extends Sentence {
  /** Stable, for scripts: `database.fsync`. */
  readonly check: string;
  readonly severity: Severity;
  /** What to do; absent where there is nothing to do. */
  readonly advice?: Sentence | undefined;
}

export const ok = (check: string, found: Sentence): Finding => ({ ...found, check, severity: "ok" });
export const warning = (check: string, found: Sentence, advice: Sentence): Finding => ({
  ...found,
  check,
  severity: "warning",
  advice,
});
export const problem = (check: string, found: Sentence, advice: Sentence): Finding => ({
  ...found,
  check,
  severity: "problem",
  advice,
});

/** What does not work first, what is well last. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  const place = ({ severity }: Finding) => severities.indexOf(severity);
  return findings.toSorted((one, other) => place(one) - place(other));
}
