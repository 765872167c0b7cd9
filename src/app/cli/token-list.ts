import { z } from "zod";
import { presentToken } from "../../http/api/present-token.ts";
import { listBots } from "../../store/bot-store.ts";
import type { Database } from "../../store/database.ts";
import { listTokens } from "../../store/token-store.ts";
import { listWorkspaces, type Workspace } from "../../store/workspace-store.ts";
import { defineDatabaseCommand } from "./command.ts";
import { renderMinute, renderTable } from "./render-table.ts";
import { requireWorkspace } from "./require-workspace.ts";

export const tokenList = defineDatabaseCommand({
  kind: "database",
  name: "token list",
  summary: "Tell which access tokens there are and when they were last used",
  options: z.strictObject({
    workspace: z.string().optional().describe("Domain of a workspace: only its tokens."),
  }),
  async run({ database: { db } }, { workspace: domain }) {
    const workspaces = domain === undefined ? await listWorkspaces(db) : [await requireWorkspace(db, domain)];
    const data: ListedToken[] = [];
    for (const workspace of workspaces) data.push(...(await listOf(db, workspace)));
    const now = Date.now();
    const text = renderTable(
      [
        "ID",
        "WORKSPACE",
        "BOT",
        "KIND",
        "NAME",
        "TOKEN",
        "SCOPES",
        "MADE (UTC)",
        "LAST USED (UTC)",
        "VALID UNTIL (UTC)",
      ],
      data.map((token) => [
        ...[String(token.id), token.workspace, token.bot ?? "all", token.kind, token.name, `…${token.hint}`],
        ...[token.scopes.join(",") || "none", toMinute(token.createdAt)],
        token.lastUsedAt === null ? "never" : toMinute(token.lastUsedAt),
        tellEnd(token, now),
      ]),
    );
    return { text, data };
  },
});

type ListedToken = ReturnType<typeof presentToken> & { readonly workspace: string; readonly bot: string | null };

/** As the API tells them, and by the names that commands take. */
async function listOf(db: Database, { id: workspaceId, domain }: Workspace): Promise<ListedToken[]> {
  const refs = new Map((await listBots(db, { workspaceId })).map(({ id, ref }) => [id, ref]));
  return (await listTokens(db, { workspaceId })).map((token) => ({
    ...presentToken(token),
    workspace: domain,
    bot: token.botId === null ? null : (refs.get(token.botId) ?? String(token.botId)),
  }));
}

function tellEnd({ revokedAt, expiresAt }: ListedToken, now: number): string {
  if (revokedAt !== null) return `revoked ${toMinute(revokedAt)}`;
  if (expiresAt === null) return "no end";
  return `${Date.parse(expiresAt) <= now ? "expired " : ""}${toMinute(expiresAt)}`;
}

const toMinute = (instant: string) => renderMinute(new Date(instant));
