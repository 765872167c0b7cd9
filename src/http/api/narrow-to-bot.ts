import { requireBot } from "../../store/bot-store.ts";
import type { Database } from "../../store/database.ts";
import type { Access } from "../../store/workspace-store.ts";

/** What the caller may see, narrowed to the bot that the query names. Throws `bot.not_found`. */
export async function narrowToBot(db: Database, access: Access, bot: string | undefined): Promise<Access> {
  const { workspaceId, botId } = access;
  return bot === undefined ? { workspaceId, botId } : { workspaceId, botId: (await requireBot(db, access, bot)).id };
}
