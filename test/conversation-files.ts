import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runConversations } from "../src/app/conversation-tests/run-conversations.ts";
import type { RunScript } from "../src/shell/scripts/script-pool.ts";

const noScripts: RunScript = async () => {
  throw new Error("no script is run here");
};

/** Plays a file of conversations beside the one file of a bot, as `repartee test` does; names of files are as in one folder. */
export async function playFiles(bot: string, conversations: string, runScript: RunScript = noScripts) {
  const folder = mkdtempSync(path.join(tmpdir(), "rp-play-"));
  try {
    writeFileSync(path.join(folder, "bot.yaml"), bot);
    writeFileSync(path.join(folder, "a.conversation.yaml"), conversations);
    const report = await runConversations({ paths: [folder], runScript });
    const short = JSON.stringify(report).replaceAll(`${folder}${path.sep}`, "");
    return JSON.parse(short) as typeof report;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
