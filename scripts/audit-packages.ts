import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const daysBySeverity = { critical: 2, high: 7, moderate: 30, low: 90, info: 90 } as const;
type Severity = keyof typeof daysBySeverity;

/** Days from when a weakness was first seen here until the component that has it is another one, by severity; SECURITY.md promises them. */
export const daysToCorrect: Readonly<Record<Severity, number>> = daysBySeverity;

/** What `npm audit --json` says, as far as it is needed. */
interface Report {
  readonly vulnerabilities?: Readonly<Record<string, { readonly via: readonly (string | Via)[] }>>;
}

interface Via {
  readonly name: string;
  readonly url: string;
  readonly severity: string;
  readonly range: string;
}

/** One weakness that the registry knows of a package that is in the lock file. */
export interface Weakness {
  /** Where it is described; its last part is the advisory's id. */
  readonly url: string;
  readonly package: string;
  readonly severity: Severity;
  readonly range: string;
}

/** A weakness that is worked on, as `known-weaknesses.json` lists it. */
export interface Noted {
  readonly url: string;
  /** The day it was first seen, `2026-01-31`. */
  readonly since: string;
  /** What is done meanwhile, or why it does no harm here. */
  readonly note: string;
}

/** Undefined: the registry answered no audit, and nothing is known. */
export function readAudit(text: string): readonly Weakness[] | undefined {
  let report: Report;
  try {
    report = JSON.parse(text) as Report;
  } catch {
    return undefined;
  }
  if (report.vulnerabilities === undefined) return undefined;
  const found = new Map<string, Weakness>();
  for (const { via } of Object.values(report.vulnerabilities)) {
    for (const one of via) {
      // A name alone: another package's weakness, which stands under that one.
      if (typeof one === "string") continue;
      const { url, name, severity, range } = one;
      const known = Object.keys(daysToCorrect).find((each) => each === severity) as Severity | undefined;
      found.set(`${url} ${name}`, { url, package: name, severity: known ?? "critical", range });
    }
  }
  return [...found.values()];
}

/** What keeps a change from passing, a line each: weaknesses nobody has noted, those whose time is over, and notes of what is gone. */
export function findOverdue(found: readonly Weakness[], noted: readonly Noted[], today: Date): readonly string[] {
  const lines = found.flatMap((weakness) => {
    const { url, package: name, range, severity } = weakness;
    const days = daysToCorrect[severity];
    const note = noted.find((one) => one.url === url);
    if (note === undefined) {
      return [`${name} ${range}: ${severity}, ${url}: update it, or note it with its day; then it has ${days} days`];
    }
    const age = Math.floor((today.getTime() - Date.parse(note.since)) / 86_400_000);
    if (!Number.isFinite(age) || age < 0) return [`${name}: ${url} is noted for no day, or one to come: ${note.since}`];
    return age > days ? [`${name} ${range}: ${severity}, ${url}: known for ${age} days, ${days} are allowed`] : [];
  });
  const gone = noted.filter(({ url }) => found.every((weakness) => weakness.url !== url));
  return [...lines, ...gone.map(({ url }) => `${url} is noted, and nothing has it any more: take the note away`)];
}

export function readNoted(): readonly Noted[] {
  return JSON.parse(readFileSync(new URL("known-weaknesses.json", import.meta.url), "utf8")) as Noted[];
}

/** sysexits.h, EX_TEMPFAIL: it cannot be said at the moment. */
const notKnown = 75;

if (import.meta.main) {
  // With the packages of development: the admin and the widget are made of some, and the others run where releases are made.
  const { stdout } = spawnSync("npm", ["audit", "--json"], { encoding: "utf8", timeout: 120_000 });
  const found = readAudit(stdout ?? "");
  if (found === undefined) {
    process.stdout.write("the registry answered no audit; nothing is known\n");
    process.exitCode = notKnown;
  } else {
    const overdue = findOverdue(found, readNoted(), new Date());
    for (const line of overdue) process.stderr.write(`${line}\n`);
    process.stdout.write(`${found.length} known weaknesses, ${overdue.length} lines to see to\n`);
    process.exitCode = overdue.length === 0 ? 0 : 1;
  }
}
