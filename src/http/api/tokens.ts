import { AppError } from "../../model/app-error.ts";
import type { Json } from "../../model/field.ts";
import { requireBot } from "../../store/bot-store.ts";
import type { Database } from "../../store/database.ts";
import { openSecrets, sealSecrets } from "../../store/secret-box.ts";
import { createToken, findToken, listTokens, revokeToken, type Token } from "../../store/token-store.ts";
import type { Access } from "../../store/workspace-store.ts";
import { type Caller, holdsScope } from "../auth.ts";
import { idParams, listOf, noContent } from "../contract/common.ts";
import { type TokenBody, tokenCreatedSchema, tokenCreateSchema, tokenSchema } from "../contract/tokens.ts";
import { writeOnce } from "../idempotency.ts";
import { toInstant, toInstantOrNull } from "./instant.ts";
import { type ApiResource, route } from "./route.ts";

function presentToken(token: Token): TokenBody {
  const { id, kind, name, hint, botId, scopes, createdAt, lastUsedAt, revokedAt } = token;
  return {
    id,
    kind,
    name,
    hint,
    botId,
    scopes: [...scopes],
    createdAt: toInstant(createdAt),
    lastUsedAt: toInstantOrNull(lastUsedAt),
    revokedAt: toInstantOrNull(revokedAt),
  };
}

async function requireToken(db: Database, access: Access, id: number): Promise<Token> {
  const token = await findToken(db, access, id);
  if (token === undefined) throw new AppError("token.not_found", `there is no token ${id}`);
  return token;
}

/** What tokens of the other kinds can do, in scopes: their doors change contacts and send messages. */
const doorScopes = ["contacts:read", "contacts:write", "messages:write"];

/** Nobody makes a token that may do more than their own. */
function checkScopes(caller: Caller, kind: string, scopes: readonly string[]): void {
  const wanted = kind === "api" ? scopes : doorScopes;
  const missing = wanted.filter((scope) => !holdsScope(caller.scopes, scope));
  if (missing.length === 0) return;
  throw new AppError("token.scope_exceeded", `your own token lacks ${missing.join(", ")}`, { details: { missing } });
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
      const { kind, name, scopes } = body;
      checkScopes(caller, kind, scopes);
      const { workspaceId } = caller;
      return await writeOnce(
        dependencies,
        request,
        async (trx) => {
          const botId = body.bot === undefined ? caller.botId : (await requireBot(trx, caller, body.bot)).id;
          const { token, id } = await createToken(trx, { workspaceId, botId, kind, name, scopes });
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
