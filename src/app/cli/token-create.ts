import { z } from "zod";
import { scopeGroups, scopeSchema } from "../../http/contract/common.ts";
import { requireBot } from "../../store/bot-store.ts";
import { tokenKinds } from "../../store/token-kinds.ts";
import { createToken } from "../../store/token-store.ts";
import { CommandError, defineDatabaseCommand } from "./command.ts";
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
    scope: z.array(scopeSchema).optional().describe("What it may do, one each. The same as --scopes."),
    scopes: z
      .string()
      .transform((text) => text.split(",").map((one) => one.trim()))
      .pipe(z.array(scopeSchema))
      .optional()
      .describe("What it may do: read, act, send, set-up, separated by commas. Absent: everything."),
    expires: z
      .union([z.iso.date(), z.iso.datetime({ offset: true })], { error: "has to be a date such as 2027-01-31" })
      .transform((text) => new Date(text))
      .optional()
      .describe("When it ends by itself, such as 2027-01-31 (UTC). Absent: never."),
  }),
  async run({ database }, { workspace: domain, kind, bot, name, scope, scopes: list, expires }) {
    const workspace = await requireWorkspace(database.db, domain);
    const botId =
      bot === undefined ? undefined : (await requireBot(database.db, { workspaceId: workspace.id }, bot)).id;
    const given = [...(scope ?? []), ...(list ?? [])];
    const scopes = given.length === 0 ? ["*"] : given;
    const single = scopes.filter((one) => one !== "*" && !Object.hasOwn(scopeGroups, one));
    if (kind !== "api" && single.length > 0) {
      throw new CommandError("token.bad_scope", `tokens of kind ${kind} have the scopes read, act, send, set-up or *`);
    }
    const { token, id } = await createToken(database.db, {
      workspaceId: workspace.id,
      botId,
      kind,
      name,
      scopes,
      expiresAt: expires,
    });
    // BotHelp's clients ask for a client_id beside the secret.
    const clientId = kind === "bothelp" ? { clientId: domain } : {};
    return { text: token, data: { token, id, workspace: domain, kind, ...clientId } };
  },
});
