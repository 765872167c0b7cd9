import { fileURLToPath } from "node:url";
import { sql } from "kysely";
import { importBot } from "../store/bot-file.ts";
import { fromFolder } from "../store/bot-folder.ts";
import { createChannel } from "../store/channel-store.ts";
import type { Database } from "../store/database.ts";
import { createWorkspace } from "../store/workspace-store.ts";
import { readFolder } from "./cli/read-folder.ts";
import { findFlowProblems } from "./find-flow-problems.ts";

const folder = fileURLToPath(new URL("../../demo/bot", import.meta.url));

/** Any number that nobody else locks; processes that start at once on a server must not both seed. */
const seedingLock = 7_261_548;

/**
 * Makes the demo workspace in an empty database: workspace `demo`, a web chat, and the bot in `demo/bot`. False: there is a
 * workspace or a user already.
 */
export async function seedDemo(db: Database): Promise<boolean> {
  const read = fromFolder(await readFolder(folder));
  if ("problems" in read) throw new Error(`the demo bot is broken: ${JSON.stringify(read.problems)}`);
  return await db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(${seedingLock})`.execute(trx);
    const some = await trx.selectFrom("workspaces").select("id").limit(1).executeTakeFirst();
    // Somebody who deleted the last one does not want another: nobody would own it.
    const user = await trx.selectFrom("users").select("id").limit(1).executeTakeFirst();
    if (some !== undefined || user !== undefined) return false;
    const workspace = await createWorkspace(trx, { domain: "demo", name: "Demo" });
    const { bot, unpublished } = await importBot(trx, workspace.id, read.bot, {
      at: new Date(),
      findProblems: findFlowProblems,
    });
    if (unpublished.length > 0) throw new Error(`the demo flow is broken: ${JSON.stringify(unpublished)}`);
    await createChannel(trx, bot, {
      kind: "webchat",
      name: "Web chat",
      settings: {},
      sealedSecrets: null,
      status: "connected",
    });
    return true;
  });
}
