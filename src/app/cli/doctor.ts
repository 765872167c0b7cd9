import { existsSync, readFileSync } from "node:fs";
import { pino } from "pino";
import { z } from "zod";
import { toError } from "../../engine/to-error.ts";
import type { Json } from "../../model/field.ts";
import { type Finding, problem, sortFindings } from "../../model/finding.ts";
import { quote, say } from "../../model/sentence.ts";
import { type Config, ConfigError } from "../config.ts";
import { openDataDirectory } from "../data-directory.ts";
import { examineDatabase, examineSetup } from "../doctor/examine.ts";
import { type CommandResult, defineDatabaseCommand, defineLocalCommand } from "./command.ts";
import { databaseAdvice } from "./database-hints.ts";
import { runDatabaseCommand } from "./run-database-command.ts";

/** What `doctor` does where the database is: in the running server, or here. */
export const examine = defineDatabaseCommand({
  kind: "database",
  name: "doctor database",
  summary: "Look at the database and what works with it",
  leavesTables: true,
  options: z.strictObject({}),
  async run({ database, config, publicUrl, secretKey, log }) {
    const findings = await examineDatabase({ database, config, publicUrl, secretKey, log, now: () => Date.now() });
    return { text: "", data: findings as unknown as Json };
  },
});

export const doctor = defineLocalCommand({
  kind: "local",
  name: "doctor",
  summary: "Look for what is wrong and say what to do about it; changes nothing",
  options: z.strictObject({
    all: z.boolean().default(false).describe("Also tell what is as it should be."),
  }),
  async run({ readConfig, terminal }, { all }) {
    let config: Config;
    try {
      config = readConfig();
    } catch (thrown) {
      if (!(thrown instanceof ConfigError)) throw thrown;
      const advice = say`Correct it in the environment or in .env: docs/operations.md lists the settings.`;
      return toResult(
        thrown.problems.map((message) => problem("setup.settings", quote(message), advice)),
        all,
      );
    }
    const findings = await examineSetup(config);
    const nowhere = findNowhere(config);
    if (nowhere !== undefined) return toResult([...findings, nowhere], all);
    const log = pino({ level: "silent" }, { write: (line) => terminal.stderr.write(line) });
    try {
      const { data } = await runDatabaseCommand(config, examine, {} as never, log);
      findings.push(...withoutKey(config, data as unknown as Finding[]));
    } catch (thrown) {
      const code = (toError(thrown) as NodeJS.ErrnoException).code ?? "";
      const advice =
        databaseAdvice[code] ??
        say`See that it runs, and that DATABASE_URL or DATA_DIR names it; a server of another release may hold it.`;
      const why = quote(toError(thrown).message);
      findings.push(problem("database.reachable", say`The database cannot be used: ${{ why }}`, advice));
    }
    return toResult(findings, all);
  },
});

/** Where there is no database to look at: opening the embedded one would make it. */
function findNowhere({ data, database }: Config): Finding | undefined {
  if (database.url !== undefined) return undefined;
  const { path: folder, database: embedded, moved } = openDataDirectory(data.directory);
  if (existsSync(moved))
    return problem(
      "database.moved",
      say`The database of DATA_DIR ${{ folder }} was moved to ${{ place: readFileSync(moved, "utf8").trim() }}`,
      say`Set DATABASE_URL, as the server has it. If this database is to be used again, delete ${{ file: moved }}.`,
    );
  if (existsSync(embedded)) return undefined;
  return problem(
    "database.none",
    say`There is no database in DATA_DIR ${{ folder }}, and DATABASE_URL is not set`,
    say`On a new machine: start the server, which makes one. Otherwise the server has settings that this shell has not: docs/operations.md, "Commands beside a service".`,
  );
}

/** Where there is no key to try, the database was looked at with one that opens nothing: what that found says no more than that. */
function withoutKey({ data, secretKey }: Config, findings: readonly Finding[]): readonly Finding[] {
  const isForeign = findings.some(
    ({ check, severity }) => check === "setup.secret_key_shared" && severity === "problem",
  );
  const { path: folder, secretKey: file } = openDataDirectory(data.directory);
  if (!isForeign || secretKey !== undefined || existsSync(file)) return findings;
  const told = ["setup.secret_key_shared", "setup.secret_key_fits", "channels.settings"];
  return [
    problem(
      "setup.secret_key_shared",
      say`SECRET_KEY is not set, DATA_DIR ${{ folder }} has none, and the database has been used with one`,
      say`Bring the key that its servers have, as SECRET_KEY or as ${{ file }}. If it is lost for good, run "repartee rotate-secrets --lost".`,
    ),
    ...findings.filter(({ check }) => !told.includes(check)),
  ];
}

function toResult(findings: readonly Finding[], all: boolean): CommandResult {
  const shown = sortFindings(findings).filter(({ severity }) => all || severity !== "ok");
  const lines = shown.map(
    ({ severity, message, advice }) =>
      `${severity.padEnd(7)}  ${message}.${advice === undefined ? "" : `\n         ${advice.message}`}`,
  );
  const count = (severity: Finding["severity"]) => findings.filter((finding) => finding.severity === severity).length;
  const sum = `${count("problem")} problems, ${count("warning")} warnings; ${count("ok")} checks found things as they should be.`;
  return {
    text: [...lines, sum].join("\n"),
    data: {
      problems: count("problem"),
      warnings: count("warning"),
      findings: shown.map(toEntry),
    },
    exit: count("problem") > 0 ? 1 : 0,
  };
}

/** As scripts read it: texts. */
const toEntry = ({ check, severity, message, advice }: Finding): Json => ({
  check,
  severity,
  message,
  ...(advice === undefined ? {} : { advice: advice.message }),
});
