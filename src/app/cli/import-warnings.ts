import { preparePublishedFlow } from "../../steps/advance.ts";
import type { ReadFolder } from "../../store/bot-folder.ts";
import type { Database } from "../../store/database.ts";
import { loadSnapshot } from "../../store/snapshot-store.ts";
import type { FileProblem } from "../../store/yaml-file.ts";
import { findBotWarnings } from "../find-bot-problems.ts";
import { CommandError } from "./command.ts";

/** What publishing would warn of, over the bot as it is in this transaction. */
export async function findWarnings(trx: Database, botId: number, read: ReadFolder): Promise<readonly FileProblem[]> {
  const bot = await loadSnapshot(trx, botId, preparePublishedFlow);
  return bot === undefined ? [] : findBotWarnings(read, bot.snapshot);
}

/** Throws `bot.warned` where there is a warning: `--strict` says that it counts as a problem. */
export function refuseWarnings(warnings: readonly FileProblem[]): void {
  if (warnings.length === 0) return;
  const lines = warnings.map((warning) => renderProblem(warning).trim());
  throw new CommandError(
    "bot.warned",
    `nothing was changed, since --strict takes warnings as problems:\n${lines.join("\n")}`,
  );
}

export const renderProblem = ({ file, line, message }: FileProblem) => `  ${file}:${line}: ${message}`;

export function renderWarnings(warnings: readonly FileProblem[]): readonly string[] {
  return warnings.length === 0
    ? []
    : ["Warnings, which keep nothing from being published:", ...warnings.map(renderProblem)];
}
