import { z } from "zod";
import { requireBot } from "../../store/bot-store.ts";
import { tokenKinds } from "../../store/tables.ts";
import { createToken } from "../../store/token-store.ts";
import { defineDatabaseCommand } from "./command.ts";
import { requireWorkspace } from "./require-workspace.ts";

export const tokenCreate = defineDatabaseCommand({
  kind: "database",
  name: "token create",
  summary: "Make an access token and print it, the only time that it can be seen",
  options: z.strictObject({
    workspace: z.string().describe("Domain of the workspace."),
    kind: z.enum(tokenKinds).describe("The door that it opens."),
    bot: z.string().optional().describe("Ref of the one bot that it may reach. Absent: all of the workspace."),
    name: z.string().max(200).default("made on the command line").describe("What it is for."),
    scope: z.array(z.string()).optional().describe("What a token of kind api may do. Absent: everything."),
  }),
  async run({ database }, { workspace: domain, kind, bot, name, scope }) {
    const workspace = await requireWorkspace(database.db, domain);
    const botId =
      bot === undefined ? undefined : (await requireBot(database.db, { workspaceId: workspace.id }, bot)).id;
    const scopes = scope ?? (kind === "api" ? ["*"] : []);
    const { token, id } = await createToken(database.db, { workspaceId: workspace.id, botId, kind, name, scopes });
    // BotHelp's clients ask for a client_id beside the secret.
    const clientId = kind === "bothelp" ? { clientId: domain } : {};
    return { text: token, data: { token, id, workspace: domain, kind, ...clientId } };
  },
});
