import { AppError } from "../../model/app-error.ts";
import type { Json } from "../../model/field.ts";
import { say, sayPlaces } from "../../model/sentence.ts";
import { requireBot } from "../../store/bot-store.ts";
import type { Database } from "../../store/database.ts";
import { openSecrets, sealSecrets } from "../../store/secret-box.ts";
import type { TokenKind } from "../../store/token-kinds.ts";
import { createToken, findToken, listTokens, revokeToken, type Token } from "../../store/token-store.ts";
import type { Access } from "../../store/workspace-store.ts";
import { type Caller, holdsScope, requireProof } from "../auth.ts";
import { idParams, listOf, noContent, teamScope } from "../contract/common.ts";
import { type TokenBody, tokenCreatedSchema, tokenCreateSchema, tokenSchema } from "../contract/tokens.ts";
import { writeOnce } from "../idempotency.ts";
import { findScopeProblem } from "../token-scopes.ts";
import { presentToken } from "./present-token.ts";
import { type ApiResource, route } from "./route.ts";

async function requireToken(db: Database, access: Access, id: number): Promise<Token> {
  const token = await findToken(db, access, id);
  if (token === undefined) throw new AppError("token.not_found", say`there is no token ${{ id }}`);
  return token;
}

/** Nobody makes a token that may do more than their own. */
function checkScopes(caller: Caller, kind: TokenKind, scopes: readonly string[]): void {
  const wrong = findScopeProblem(kind, scopes);
  if (wrong !== undefined) {
    const problem = { path: "scopes", ...wrong };
    throw new AppError("request.invalid", sayPlaces([problem]), { details: [problem] });
  }
  if (scopes.includes(teamScope) && caller.botId !== undefined) {
    throw new AppError("token.bot_bound", say`the token is bound to one bot, and this is shared by all`);
  }
  // The doors change contacts and send messages; what more they can is no more than what those may see who hold that.
  const wanted =
    kind !== "api" && (scopes.length === 0 || scopes.includes("*"))
      ? ["contacts:read", "act", "send"]
      : scopes.filter((scope) => scope !== teamScope);
  const missing = wanted.filter((scope) => !holdsScope(caller.scopes, scope));
  if (missing.length === 0) return;
  throw new AppError("token.scope_exceeded", say`your own token lacks ${{ missing: missing.join(", ") }}`, {
    details: { missing },
  });
}

const tag = "Tokens";
const read = { tag, scope: "tokens:read" } as const;
const write = { tag, scope: "tokens:write", writes: true } as const;

export const tokenResource: ApiResource = (app, dependencies) => {
  const { db, secretKey, now } = dependencies;
  app.get(
    "/tokens",
    route({ ...read, id: "listTokens", summary: "List tokens" }, {}, listOf(tokenSchema)),
    async ({ caller }) => ({
      data: (await listTokens(db, caller)).map(presentToken),
    }),
  );
  app.post(
    "/tokens",
    route(
      { ...write, id: "createToken", summary: "Make a token; it is shown in this answer only", status: 201 },
      { body: tokenCreateSchema },
      tokenCreatedSchema,
    ),
    async (request) => {
      const { caller, body } = request;
      const { kind, name, expiresAt } = body;
      const scopes = kind !== "api" && body.scopes.length === 0 ? ["*"] : body.scopes;
      checkScopes(caller, kind, scopes);
      await requireProof(dependencies, caller);
      if (expiresAt !== undefined && expiresAt.getTime() <= now()) {
        const problem = { path: "expiresAt", ...say`lies in the past` };
        throw new AppError("request.invalid", sayPlaces([problem]), { details: [problem] });
      }
      const { workspaceId } = caller;
      return await writeOnce(
        dependencies,
        request,
        async (trx) => {
          const botId = body.bot === undefined ? caller.botId : (await requireBot(trx, caller, body.bot)).id;
          const { token, id } = await createToken(trx, { workspaceId, botId, kind, name, scopes, expiresAt });
          return { ...presentToken(await requireToken(trx, caller, id)), token };
        },
        // The token must not stand readable among the kept answers either.
        {
          close: (answer) => sealSecrets({ answer: answer as unknown as Json }, secretKey),
          open: (kept) => openSecrets(kept as string, secretKey).answer as unknown as TokenBody & { token: string },
        },
      );
    },
  );
  app.delete(
    "/tokens/:id",
    route({ ...write, id: "revokeToken", summary: "Revoke a token", status: 204 }, { params: idParams }, noContent),
    async (request) =>
      await writeOnce(dependencies, request, async (trx) => {
        await requireToken(trx, request.caller, request.params.id);
        await revokeToken(trx, request.params.id, new Date(now()));
        return null;
      }),
  );
};
