import { z } from "zod";
import { findAnyToken, revokeToken } from "../../store/token-store.ts";
import { listWorkspaces } from "../../store/workspace-store.ts";
import { CommandError, defineDatabaseCommand } from "./command.ts";
import { noteChange } from "./note-change.ts";
import { renderMinute } from "./render-table.ts";

export const tokenRevoke = defineDatabaseCommand({
  kind: "database",
  name: "token revoke",
  summary: "Revoke an access token: it opens nothing from then on",
  options: z.strictObject({
    // What stands without a name comes as a text.
    id: z
      .string()
      .regex(/^\d{1,15}$/, "has to be the number that token list tells")
      .describe("Its number, as token list tells it."),
  }),
  positionals: ["id"],
  async run(context, { id }) {
    return await context.database.db.transaction().execute(async (trx) => {
      const token = await findAnyToken(trx, Number(id));
      const workspace = (await listWorkspaces(trx)).find((one) => one.id === token?.workspaceId);
      if (token === undefined || workspace === undefined) {
        throw new CommandError("token.not_found", `there is no token ${id}; repartee token list tells which there are`);
      }
      const at = token.revokedAt ?? new Date();
      const data = { id: token.id, workspace: workspace.domain, kind: token.kind, revokedAt: at.toISOString() };
      const what = `Token ${id} (${token.name}) of ${workspace.domain}`;
      if (token.revokedAt !== null) return { text: `${what} was revoked already, ${renderMinute(at)} UTC.`, data };
      const noted = { workspaceId: workspace.id, operation: "revokeToken", id: token.id, at } as const;
      await noteChange(trx, context, noted, async () => await revokeToken(trx, token.id, at));
      return { text: `${what} is revoked: within seconds it opens nothing more.`, data };
    });
  },
});
