import { pino } from "pino";
import { z } from "zod";
import { channelTypes } from "../../channels/index.ts";
import { toError } from "../../engine/to-error.ts";
import type { Json } from "../../model/field.ts";
import { createAddressFinder, createOutboundHttp } from "../../shell/outbound-http.ts";
import { createPlatformHttp } from "../../shell/platform-http.ts";
import { type Config, ConfigError } from "../config.ts";
import { checkChannels } from "../doctor/check-channels.ts";
import { checkDatabase } from "../doctor/check-database.ts";
import { checkSetup } from "../doctor/check-setup.ts";
import { checkWork } from "../doctor/check-work.ts";
import { type Finding, problem } from "../doctor/finding.ts";
import { type CommandResult, defineDatabaseCommand, defineLocalCommand } from "./command.ts";
import { runDatabaseCommand } from "./run-database-command.ts";

/** The operator's own addresses may be anywhere. */
const everywhere = ["0.0.0.0/0", "::/0"];

/** What `doctor` does where the database is: in the running server, or here. */
export const examine = defineDatabaseCommand({
  kind: "database",
  name: "doctor database",
  summary: "Look at the database and what works with it",
  leavesTables: true,
  options: z.strictObject({}),
  async run({ database, config, publicUrl, secretKey, log }) {
    const now = () => Date.now();
    const findings = await checkDatabase(database, { secretKey, now });
    const hasTables = !findings.some(
      ({ check, severity }) => check === "database.migrations" && severity === "problem",
    );
    if (hasTables) {
      findings.push(...(await checkWork(database, now)));
      const ports = {
        outbound: createOutboundHttp(config.outbound),
        findAddresses: createAddressFinder(config.outbound),
        callPlatform: createPlatformHttp(config.outbound),
      };
      findings.push(
        ...(await checkChannels({
          db: database.db,
          catalogue: channelTypes,
          secretKey,
          publicUrl,
          log,
          now,
          ...ports,
        })),
      );
    }
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
      const advice = "Correct it in the environment or in .env: docs/operations.md lists the settings.";
      return toResult(
        thrown.problems.map((message) => problem("setup.settings", message, advice)),
        all,
      );
    }
    const outbound = createOutboundHttp({ allowNetworks: everywhere });
    const findings = await checkSetup(config, outbound);
    const log = pino({ level: "silent" }, { write: (line) => terminal.stderr.write(line) });
    try {
      const { data } = await runDatabaseCommand(config, examine, {} as never, log);
      findings.push(...(data as unknown as Finding[]));
    } catch (thrown) {
      const advice =
        "See that it runs, and that DATABASE_URL or DATA_DIR names it; a server of another release may hold it.";
      findings.push(problem("database.reachable", `The database cannot be used: ${toError(thrown).message}`, advice));
    }
    return toResult(findings, all);
  },
});

const order = { problem: 0, warning: 1, ok: 2 } as const;

function toResult(findings: readonly Finding[], all: boolean): CommandResult {
  const sorted = findings.toSorted((one, other) => order[one.severity] - order[other.severity]);
  const shown = sorted.filter(({ severity }) => all || severity !== "ok");
  const lines = shown.map(
    ({ severity, message, advice }) =>
      `${severity.padEnd(7)}  ${message}.${advice === undefined ? "" : `\n         ${advice}`}`,
  );
  const count = (severity: Finding["severity"]) => findings.filter((finding) => finding.severity === severity).length;
  const sum = `${count("problem")} problems, ${count("warning")} warnings; ${count("ok")} checks found things as they should be.`;
  return {
    text: [...lines, sum].join("\n"),
    data: {
      problems: count("problem"),
      warnings: count("warning"),
      findings: sorted.filter(({ severity }) => all || severity !== "ok") as unknown as Json,
    },
    exit: count("problem") > 0 ? 1 : 0,
  };
}
