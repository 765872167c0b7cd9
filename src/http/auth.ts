import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { AppError } from "../model/app-error.ts";
import type { MemberRole } from "../model/conversation.ts";
import { say } from "../model/sentence.ts";
import { readProvenAt } from "../store/session-store.ts";
import type { TokenKind } from "../store/token-kinds.ts";
import { findLiveToken, findTokenByHash, hashToken, type Token, touchToken } from "../store/token-store.ts";
import type { Access } from "../store/workspace-store.ts";
import { type Scope, type ScopeGroup, scopeGroupNames, scopeGroups } from "./contract/common.ts";
import type { HttpDependencies } from "./dependencies.ts";
import { doorScope } from "./door-scopes.ts";
import { createRefusalLog } from "./refusal-log.ts";
import { createMemberReader } from "./sign-in/member-reader.ts";

/** Who calls: a token, or somebody of the team in the browser; and what they may see. */
export interface Caller extends Access {
  /** The same for all calls of this caller: `t7` for a token, `m7` for a member. */
  readonly key: string;
  /** The member's name (or e-mail), or the token's. */
  readonly name: string;
  /** Of a token; doors that are not the native API have no other callers. */
  readonly tokenId: number;
  readonly member?:
    | { readonly id: number; readonly userId: number; readonly role: MemberRole; readonly sessionId: number }
    | undefined;
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
    /** The same for a route of a vendor's door; `door-scopes.ts` says which. */
    doorScope?: ScopeGroup;
  }
}

/** A revoked token works for this much longer at most. */
const cacheMs = 3_000;
const cacheSize = 1_000;
const touchMs = 60_000;

/** Lets only live tokens of kind `api` with the route's scope pass, and members who are signed in and whose role has it, before the body is read. */
export function addAuthentication(app: FastifyInstance, dependencies: HttpDependencies): void {
  const tokens = createTokenReader(dependencies);
  const members = createMemberReader(dependencies);
  app.decorateRequest("caller", null as unknown as Caller);
  app.addHook("onRoute", ({ url, config }) => {
    if (config?.scope === undefined) throw new Error(`the route ${url} names no scope`);
  });
  app.addHook("onRequest", async (request) => {
    const member = request.headers.authorization === undefined ? await members.find(request) : undefined;
    const caller = member ?? toCaller(await tokens.find(hashToken(readBearer(request)), "api"));
    checkScope(caller, request);
    request.caller = caller;
  });
}

/**
 * Lets only live tokens of the door's kind pass, before the body is read, and no more requests a second than the settings allow. What it throws are
 * `AppError`s `token.missing`, `token.invalid` and `token.too_fast`: the door's error handler says them in its vendor's shape.
 * `readAccessToken`: for doors that give out short-lived tokens of their own, the id of the token that such a one stands for; undefined: it is none.
 */
export async function addDoorAuthentication(
  app: FastifyInstance,
  dependencies: HttpDependencies,
  kind: Exclude<TokenKind, "api">,
  readAccessToken: (bearer: string) => number | undefined = () => undefined,
): Promise<void> {
  const tokens = createTokenReader(dependencies);
  app.decorateRequest("caller", null as unknown as Caller);
  app.addHook("onRoute", (route) => {
    for (const method of [route.method].flat().filter((one) => one !== "HEAD")) {
      const scope = doorScope(kind, method, route.url.slice(app.prefix.length));
      route.config = { ...route.config, doorScope: scope };
    }
  });
  app.addHook("onRequest", async (request) => {
    const bearer = readBearer(request);
    const id = readAccessToken(bearer);
    request.caller = toCaller(
      await (id === undefined ? tokens.find(hashToken(bearer), kind) : tokens.findById(id, kind)),
    );
    const { doorScope: scope } = request.routeOptions.config;
    if (scope !== undefined) requireScope(request.caller, scope);
  });
  await addRequestLimit(app, dependencies);
}

/** At most so many requests a second a token, counted by each process for itself. Needs `request.caller`, which the hook named has to find made. */
export async function addRequestLimit(
  app: FastifyInstance,
  { requestsPerSecond, log, now }: HttpDependencies,
  hook: "onRequest" | "preHandler" = "onRequest",
): Promise<void> {
  const refusals = createRefusalLog({ log, now });
  const silent = { "x-ratelimit-limit": false, "x-ratelimit-remaining": false, "x-ratelimit-reset": false };
  await app.register(rateLimit, {
    max: requestsPerSecond,
    timeWindow: 1_000,
    hook,
    keyGenerator: ({ caller }) => caller.key,
    onExceeded: (_request, key) => refusals.note("requests of a token", key),
    addHeaders: silent,
    addHeadersOnExceeding: silent,
    errorResponseBuilder: () =>
      new AppError("token.too_fast", say`more than ${{ requestsPerSecond }} requests a second; try again in a second`),
  });
}

export interface TokenReader {
  /** The live token of this kind with this hash, its use noted. Throws `token.invalid`, `token.expired`. */
  find(hash: string, kind: TokenKind): Promise<Token>;
  /** The same by id, for whoever holds a signed access token. Throws `token.invalid`. */
  findById(id: number, kind: TokenKind): Promise<Token>;
}

/** Reads tokens through a cache of some seconds. */
export function createTokenReader({ db, now }: Pick<HttpDependencies, "db" | "now">): TokenReader {
  const known = new Map<string, { readonly token: Token; readonly readAt: number }>();
  const touchedAt = new Map<number, number>();

  async function read(key: string, load: () => Promise<Token | undefined>): Promise<Token | undefined> {
    const cached = known.get(key);
    if (cached !== undefined && now() - cached.readAt < cacheMs) return cached.token;
    const token = await load();
    if (known.size >= cacheSize) known.clear();
    if (token === undefined) known.delete(key);
    else known.set(key, { token, readAt: now() });
    return token;
  }

  async function accept(token: Token | undefined, kind: TokenKind): Promise<Token> {
    if (token?.kind !== kind) throw new AppError("token.invalid", say`this is not a live token of kind ${{ kind }}`);
    requireUnexpired(token, now());
    await noteUse(token);
    return token;
  }

  async function noteUse(token: Token): Promise<void> {
    if (now() - (touchedAt.get(token.id) ?? 0) < touchMs) return;
    touchedAt.set(token.id, now());
    await touchToken(db, token.id, new Date(now()));
  }

  return {
    find: async (hash, kind) => await accept(await read(hash, () => findTokenByHash(db, hash)), kind),
    findById: async (id, kind) => await accept(await read(`#${id}`, () => findLiveToken(db, id)), kind),
  };
}

export function toCaller(token: Token): Caller {
  const { id: tokenId, name, workspaceId, botId } = token;
  return { key: `t${tokenId}`, name, tokenId, workspaceId, botId: botId ?? undefined, scopes: scopesOf(token) };
}

/** A door's token without scopes was made by a process of an older version, which knew of none: it may do everything. */
export function scopesOf({ kind, scopes }: Pick<Token, "kind" | "scopes">): readonly string[] {
  return kind !== "api" && scopes.length === 0 ? ["*"] : scopes;
}

/** Throws `token.expired`. */
export function requireUnexpired({ expiresAt }: Pick<Token, "expiresAt">, now: number): void {
  if (expiresAt === null || expiresAt.getTime() > now) return;
  throw new AppError("token.expired", say`the token expired at ${{ when: expiresAt.toISOString() }}; make another one`);
}

function readBearer(request: FastifyRequest): string {
  const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (token === undefined) throw new AppError("token.missing", say`send the header Authorization: Bearer <token>`);
  return token;
}

function checkScope(caller: Caller, request: FastifyRequest): void {
  const { scope, shared } = request.routeOptions.config;
  if (scope !== undefined) requireScope(caller, scope);
  if (shared === true && caller.botId !== undefined) {
    throw new AppError("token.bot_bound", say`the token is bound to one bot, and this is shared by all`);
  }
}

/** Throws `token.missing_scope`. */
export function requireScope({ scopes }: Pick<Caller, "scopes">, scope: Scope | ScopeGroup): void {
  if (holdsScope(scopes, scope)) return;
  throw new AppError("token.missing_scope", say`this needs the scope ${{ scope }}`, { details: { scope } });
}

/** Scopes that were a part of another once: tokens that hold the whole keep the part. */
const partOf: Readonly<Record<string, Scope>> = { "segments:write": "settings:write" };

/** Whether somebody who holds these may do what asks for that: a scope, or a group of them, which is held by name or by all of its scopes. */
export function holdsScope(held: readonly string[], scope: string): boolean {
  if (held.includes("*") || held.includes(scope)) return true;
  if (isGroup(scope)) return scopeGroups[scope].every((one) => holdsScope(held, one));
  const whole = partOf[scope];
  if (whole !== undefined && holdsScope(held, whole)) return true;
  return scopeGroupNames.some((group) => held.includes(group) && scopeGroups[group].some((one) => one === scope));
}

const isGroup = (scope: string): scope is ScopeGroup => Object.hasOwn(scopeGroups, scope);

/** The member who calls. Throws `request.invalid` where it is a token. */
export function requireMemberId({ member }: Pick<Caller, "member">): number {
  if (member === undefined) throw new AppError("request.invalid", say`only a member who is signed in has mentions`);
  return member.id;
}

/** For how long what somebody showed of the password is good for what gives others power. */
const proofMs = 15 * 60_000;

/** Whoever finds a browser that is signed in has no password. Tokens have none either: what they may do is in their scopes. Throws `session.proof_needed`. */
export async function requireProof(
  { db, now }: Pick<HttpDependencies, "db" | "now">,
  { member }: Pick<Caller, "member">,
): Promise<void> {
  if (member !== undefined) await requireRecentProof({ db, now }, member.sessionId);
}

/** The same for what stands outside the API. Throws `session.proof_needed`. */
export async function requireRecentProof(
  { db, now }: Pick<HttpDependencies, "db" | "now">,
  sessionId: number,
): Promise<void> {
  const provenAt = await readProvenAt(db, sessionId);
  if (provenAt !== undefined && now() - provenAt.getTime() < proofMs) return;
  throw new AppError("session.proof_needed", say`type your password again for this`);
}

/** Only an owner makes an owner, or changes what one is. Tokens may: whoever has one was trusted with all of it. Throws `session.not_owner`. */
export function requireMayChange({ member }: Pick<Caller, "member">, roles: readonly MemberRole[]): void {
  if (member === undefined || member.role === "owner" || !roles.includes("owner")) return;
  throw new AppError("session.not_owner", say`only an owner can name an owner, or change one`);
}
