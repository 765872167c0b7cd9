import { pino } from "pino";
import { z } from "zod";
import { toError } from "../../engine/to-error.ts";
import type { Json } from "../../model/field.ts";
import { type Finding, problem, sortFindings } from "../../model/finding.ts";
import { quote, say } from "../../model/sentence.ts";
import { type Config, ConfigError } from "../config.ts";
import { examineDatabase, examineSetup } from "../doctor/examine.ts";
import { type CommandResult, defineDatabaseCommand, defineLocalCommand } from "./command.ts";
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
    const log = pino({ level: "silent" }, { write: (line) => terminal.stderr.write(line) });
    try {
      const { data } = await runDatabaseCommand(config, examine, {} as never, log);
      findings.push(...(data as unknown as Finding[]));
    } catch (thrown) {
      const advice = say`See that it runs, and that DATABASE_URL or DATA_DIR names it; a server of another release may hold it.`;
      const why = quote(toError(thrown).message);
      findings.push(problem("database.reachable", say`The database cannot be used: ${{ why }}`, advice));
    }
    return toResult(findings, all);
  },
});

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
