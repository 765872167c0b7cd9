import { spawnSync } from "node:child_process";

/** What `npm audit --json` says, as far as it is needed. */
interface Report {
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity: string; readonly range?: string }>>;
  readonly error?: { readonly summary?: string };
  readonly message?: string;
}

const grave = new Set(["high", "critical"]);

/** What is to be done about an answer: undefined where the registry gave none, which is the network's business. */
export function readAudit(text: string): readonly string[] | undefined {
  let report: Report;
  try {
    report = JSON.parse(text) as Report;
  } catch {
    return undefined;
  }
  if (report.vulnerabilities === undefined) return undefined;
  return Object.entries(report.vulnerabilities)
    .filter(([, { severity }]) => grave.has(severity))
    .map(([name, { severity, range }]) => `${name} ${range ?? ""}: ${severity}`);
}

if (import.meta.main) {
  const { stdout } = spawnSync("npm", ["audit", "--omit=dev", "--json"], { encoding: "utf8", timeout: 120_000 });
  const found = readAudit(stdout ?? "");
  if (found === undefined) process.stdout.write("the registry answered no audit; nothing is known\n");
  else {
    for (const line of found) process.stderr.write(`${line}\n`);
    process.stdout.write(`${found.length} known weaknesses of high or critical severity\n`);
    process.exitCode = found.length === 0 ? 0 : 1;
  }
}
