import { z } from "zod";
import { scopeSchema, teamScope } from "../../http/contract/common.ts";
import { findScopeProblem } from "../../http/token-scopes.ts";
import { requireBot } from "../../store/bot-store.ts";
import { tokenKinds } from "../../store/token-kinds.ts";
import { createToken } from "../../store/token-store.ts";
import { CommandError, defineDatabaseCommand } from "./command.ts";
import { noteChange } from "./note-change.ts";
import { readTextFile } from "./read-text-file.ts";
import { requireWorkspace } from "./require-workspace.ts";

/** A token that scripts hold already: it goes into addresses and headers as it is, and nobody guesses it (SHA-256 without salt keeps it). */
const leastLength = 20;
const leastDifferent = 8;

/** Throws `CommandError` with `token.bad_value`. */
function checkValue(value: string): void {
  if (!/^[!-~]*$/.test(value))
    throw new CommandError("token.bad_value", "the token may have letters, digits and signs of ASCII, no spaces");
  if (value.length < leastLength || new Set(value).size < leastDifferent) {
    throw new CommandError(
      "token.bad_value",
      `the token could be guessed: it has to have ${leastLength} characters at least, ${leastDifferent} of them different; leave --value-file out and have one made`,
    );
  }
}

/** Not by the options' schema: where a server runs, it checks what was parsed here once more by the same schema. */
const splitScopes = (text: string) => text.split(",").map((one) => one.trim());

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
      .refine((text) => splitScopes(text).every((one) => scopeSchema.safeParse(one).success), {
        error: `has to be some of ${scopeSchema.options.join(", ")}, separated by commas`,
      })
      .optional()
      .describe("What it may do: read, act, send, set-up, separated by commas. Absent: everything."),
    team: z
      .boolean()
      .default(false)
      .describe("UChat's Manage Team: with --bot, it also opens the endpoints of the whole workspace."),
    expires: z
      .union([z.iso.date(), z.iso.datetime({ offset: true })], { error: "has to be a date such as 2027-01-31" })
      .transform((text) => new Date(text))
      .optional()
      .describe("When it ends by itself, such as 2027-01-31 (UTC). Absent: never."),
    valueFile: z
      .string()
      .optional()
      .describe(
        "File with a token that your scripts have already, `-` for stdin: they go on with it. Absent: one is made.",
      ),
  }),
  // What runs in the server sees no files of the caller.
  prepare: async (options) =>
    options.valueFile === undefined
      ? options
      : { ...options, valueFile: (await readTextFile(options.valueFile)).replace(/\r?\n$/, "") },
  async run(context, { workspace: domain, kind, bot, name, scope, scopes: list, team, expires, valueFile: value }) {
    if (value !== undefined) checkValue(value);
    const { database } = context;
    const workspace = await requireWorkspace(database.db, domain);
    const botId =
      bot === undefined ? undefined : (await requireBot(database.db, { workspaceId: workspace.id }, bot)).id;
    const given = [...(scope ?? []), ...(list === undefined ? [] : splitScopes(list))];
    const scopes = [...new Set([...(given.length === 0 ? ["*"] : given), ...(team ? [teamScope] : [])])];
    const wrong = findScopeProblem(kind, scopes);
    if (wrong !== undefined) throw new CommandError("token.bad_scope", wrong.message);
    const { token, id } = await database.db.transaction().execute(async (trx) => {
      const workspaceId = workspace.id;
      const made = await createToken(trx, { workspaceId, botId, kind, name, scopes, expiresAt: expires, value });
      await noteChange(trx, context, { workspaceId, operation: "createToken", id: made.id, at: new Date() });
      return made;
    });
    // BotHelp's clients ask for a client_id beside the secret.
    const clientId = kind === "bothelp" ? { clientId: domain } : {};
    return { text: token, data: { token, id, workspace: domain, kind, ...clientId } };
  },
});
