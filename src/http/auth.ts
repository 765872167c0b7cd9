import type { FastifyInstance, FastifyRequest } from "fastify";
import { AppError } from "../model/app-error.ts";
import { findTokenByHash, hashToken, type Token, touchToken } from "../store/token-store.ts";
import type { Access } from "../store/workspace-store.ts";
import type { Scope } from "./contract/common.ts";
import type { HttpDependencies } from "./dependencies.ts";

/** Who calls: the token, and what it may see. */
export interface Caller extends Access {
  readonly tokenId: number;
  readonly scopes: readonly string[];
}

declare module "fastify" {
  interface FastifyRequest {
    caller: Caller;
  }
  interface FastifyContextConfig {
    /** What a token must be allowed; every route under the authenticated part names one. */
    scope?: Scope;
    /** It changes what all bots of the workspace share, so a token bound to one bot may not. */
    shared?: boolean;
  }
}

/** A revoked token works for this much longer at most. */
const cacheMs = 3_000;
const cacheSize = 1_000;
const touchMs = 60_000;

/** Lets only live tokens of kind `api` with the route's scope pass, before the body is read. */
export function addAuthentication(app: FastifyInstance, { db, now }: HttpDependencies): void {
  const known = new Map<string, { readonly token: Token; readonly readAt: number }>();
  const touchedAt = new Map<number, number>();

  async function findToken(secret: string): Promise<Token | undefined> {
    const hash = hashToken(secret);
    const cached = known.get(hash);
    if (cached !== undefined && now() - cached.readAt < cacheMs) return cached.token;
    const token = await findTokenByHash(db, hash);
    if (known.size >= cacheSize) known.clear();
    if (token === undefined) known.delete(hash);
    else known.set(hash, { token, readAt: now() });
    return token;
  }

  async function noteUse(token: Token): Promise<void> {
    if (now() - (touchedAt.get(token.id) ?? 0) < touchMs) return;
    touchedAt.set(token.id, now());
    await touchToken(db, token.id, new Date(now()));
  }

  app.decorateRequest("caller", null as unknown as Caller);
  app.addHook("onRoute", ({ url, config }) => {
    if (config?.scope === undefined) throw new Error(`the route ${url} names no scope`);
  });
  app.addHook("onRequest", async (request) => {
    const token = await findToken(readBearer(request));
    if (token?.kind !== "api") {
      throw new AppError("token.invalid", "this is not a live token of kind api");
    }
    checkScope(token, request);
    await noteUse(token);
    const { id: tokenId, workspaceId, botId, scopes } = token;
    request.caller = { tokenId, workspaceId, botId: botId ?? undefined, scopes };
  });
}

function readBearer(request: FastifyRequest): string {
  const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (token === undefined) throw new AppError("token.missing", "send the header Authorization: Bearer <token>");
  return token;
}

function checkScope(token: Token, request: FastifyRequest): void {
  const { scope, shared } = request.routeOptions.config;
  if (scope !== undefined && !holdsScope(token.scopes, scope)) {
    throw new AppError("token.missing_scope", `the token lacks the scope ${scope}`, { details: { scope } });
  }
  if (shared === true && token.botId !== null) {
    throw new AppError("token.bot_bound", "the token is bound to one bot, and this is shared by all");
  }
}

export function holdsScope(held: readonly string[], scope: string): boolean {
  return held.includes("*") || held.includes(scope);
}
