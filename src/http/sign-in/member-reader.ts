import type { FastifyReply, FastifyRequest } from "fastify";
import { AppError } from "../../model/app-error.ts";
import type { MemberRole } from "../../model/conversation.ts";
import { say } from "../../model/sentence.ts";
import { allKeys, type SecretKey, sign } from "../../store/secret-key.ts";
import {
  findSignedIn,
  listMemberships,
  type Membership,
  noteCookiePrefix,
  type SignedInUser,
  touchSession,
} from "../../store/session-store.ts";
import type { Caller } from "../auth.ts";
import type { Scope } from "../contract/common.ts";
import type { HttpDependencies } from "../dependencies.ts";

const plainName = "repartee_session";
/** Browsers take a cookie of this name over https alone, for this host alone: no neighbour's page, and nobody on the way, puts one in its place. RFC 6265bis 4.1.3.2 */
const prefixedName = `__Host-${plainName}`;
/** A session that was ended works for this much longer at most, where the news of it were lost. */
const cacheMs = 3_000;
const cacheSize = 1_000;
const touchMs = 300_000;

/** What each role may do through the API; an owner and an admin everything, an admin but what is an owner's alone (`http/sign-in/routes.ts`). */
const scopesOf: Readonly<Record<MemberRole, readonly (Scope | "*")[]>> = {
  owner: ["*"],
  admin: ["*"],
  editor: [
    "contacts:read",
    "contacts:write",
    "messages:read",
    "messages:write",
    "flows:read",
    "flows:write",
    "segments:write",
    "settings:read",
    "logs:read",
  ],
  agent: ["contacts:read", "contacts:write", "messages:read", "messages:write", "flows:read", "settings:read"],
  viewer: ["contacts:read", "messages:read", "flows:read", "settings:read"],
};

/** Who is signed in on this browser, and where they belong. */
export interface SignedIn {
  readonly user: SignedInUser;
  readonly memberships: readonly Membership[];
}

export interface MemberReader {
  /** The member who calls, in the workspace that the header `x-workspace` (or `workspace` in the address) names by its domain, or the only one. Undefined: no session. Throws where another site may be behind the call. */
  find(request: FastifyRequest): Promise<Caller | undefined>;
  /** Who is signed in, whatever the workspace. */
  whoIs(request: FastifyRequest): Promise<SignedIn | undefined>;
  forget(): void;
}

type Tools = Pick<HttpDependencies, "db" | "now" | "publicUrl" | "live">;

/** Reads sessions through a cache of some seconds. */
export function createMemberReader(dependencies: Tools): MemberReader {
  const { db, now, live } = dependencies;
  const known = new Map<string, { readonly found: SignedIn | undefined; readonly readAt: number }>();

  live.listenToSignOuts(() => known.clear());

  async function whoIs(request: FastifyRequest): Promise<SignedIn | undefined> {
    const cookie = readCookie(request, dependencies);
    if (cookie === undefined) return undefined;
    const found = await findBySecret(cookie.secret);
    return found?.user.isCookiePrefixed === true && !cookie.isNamedRight ? undefined : found;
  }

  async function findBySecret(secret: string): Promise<SignedIn | undefined> {
    const cached = known.get(secret);
    if (cached !== undefined && now() - cached.readAt < cacheMs) return cached.found;
    const at = new Date(now());
    const user = await findSignedIn(db, secret, at);
    const found = user && { user, memberships: await listMemberships(db, user.id) };
    if (known.size >= cacheSize) known.clear();
    known.set(secret, { found, readAt: now() });
    if (user !== undefined && now() - user.seenAt.getTime() > touchMs) await touchSession(db, user.sessionId, at);
    return found;
  }

  return {
    whoIs,
    forget: () => known.clear(),
    async find(request) {
      const found = await whoIs(request);
      if (found === undefined) return undefined;
      refuseOtherSites(request, dependencies);
      // A stream of events takes no headers in browsers.
      const { workspace } = request.query as { readonly workspace?: unknown };
      const named = request.headers["x-workspace"] ?? (typeof workspace === "string" ? workspace : undefined);
      return toCaller(found, named);
    },
  };
}

function toCaller({ user, memberships }: SignedIn, domain: string | string[] | undefined): Caller {
  const [only] = memberships;
  const chosen =
    domain === undefined && memberships.length === 1 ? only : memberships.find((one) => one.domain === domain);
  if (chosen === undefined) {
    throw new AppError(
      "session.no_workspace",
      domain === undefined
        ? say`name a workspace of yours in the header x-workspace`
        : say`this is no workspace of yours`,
    );
  }
  const { workspaceId, memberId, role, needsSecondFactor } = chosen;
  if (needsSecondFactor && !user.hasSecondFactor) {
    throw new AppError(
      "session.no_second_factor",
      say`this workspace is for those who sign in with a second factor; set one up under My account`,
    );
  }
  return {
    key: `m${memberId}`,
    name: user.name === "" ? user.email : user.name,
    tokenId: 0,
    workspaceId,
    botId: undefined,
    member: { id: memberId, userId: user.id, role, sessionId: user.sessionId },
    scopes: scopesOf[role],
  };
}

/** A page of another site can have the browser send our cookie along; it cannot say that it is ours. Reading is harmless: it does not get to see the answer. */
export function refuseOtherSites(request: FastifyRequest, { publicUrl }: Pick<Tools, "publicUrl">): void {
  if (request.method === "GET" || request.method === "HEAD") return;
  const { origin, host } = request.headers;
  const site = request.headers["sec-fetch-site"];
  const isOurs =
    origin === undefined ? site === "same-origin" : origin === new URL(publicUrl).origin || isOrigin(origin, host);
  if (!isOurs) throw new AppError("session.other_site", say`the request comes from another site`);
}

function isOrigin(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host;
}

interface SessionCookie {
  readonly secret: string;
  /** It was signed with an older key, which may then go. */
  readonly isOld: boolean;
  /** It has the name that new ones get here. */
  readonly isNamedRight: boolean;
}

/** The cookie, where we signed it. Behind https one without the prefix still counts for sessions that began before there was one. */
function readCookie(request: FastifyRequest, tools: Pick<Tools, "publicUrl">): SessionCookie | undefined {
  const wanted = cookieName(tools);
  const signed = request.cookies[wanted] ?? request.cookies[plainName];
  if (signed === undefined) return undefined;
  const { valid, renew, value } = request.unsignCookie(signed);
  if (!valid || value === null) return undefined;
  return { secret: value, isOld: renew, isNamedRight: request.cookies[wanted] !== undefined };
}

/**
 * Gives a cookie anew that was signed with an older key, or that has not the prefix yet. Only once the one with the prefix has come back is the other refused: an answer may be lost, and a process of an
 * older release may be asked next.
 */
export async function renewCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  tools: Tools,
  { user }: SignedIn,
): Promise<void> {
  const cookie = readCookie(request, tools);
  if (cookie === undefined) return;
  if (cookie.isOld || !cookie.isNamedRight) setCookie(reply, cookie.secret, tools);
  if (!isSecure(tools) || !cookie.isNamedRight) return;
  if (!user.isCookiePrefixed) await noteCookiePrefix(tools.db, user.sessionId);
  if (request.cookies[plainName] !== undefined) reply.clearCookie(plainName, cookieOptions(tools));
}

/** No script reads it, no other site's form sends it, and where the address is https it never goes over plain http. */
export function setCookie(reply: FastifyReply, secret: string, tools: Pick<Tools, "publicUrl">): void {
  // Longer than any session: the server alone ends one.
  reply.setCookie(cookieName(tools), secret, { ...cookieOptions(tools), signed: true, maxAge: 400 * 86_400 });
}

export function clearCookie(reply: FastifyReply, tools: Pick<Tools, "publicUrl">): void {
  for (const name of new Set([cookieName(tools), plainName])) reply.clearCookie(name, cookieOptions(tools));
}

/** Browsers refuse the prefix, and a cookie that is `Secure`, over plain http. */
export const isSecure = ({ publicUrl }: Pick<Tools, "publicUrl">): boolean => publicUrl.startsWith("https:");

const cookieName = (tools: Pick<Tools, "publicUrl">): string => (isSecure(tools) ? prefixedName : plainName);

function cookieOptions(tools: Pick<Tools, "publicUrl">) {
  return { httpOnly: true, sameSite: "lax", path: "/", secure: isSecure(tools) } as const;
}

/** What cookies are signed with: the first one signs, all of them prove. */
export function cookieSecrets(secretKey: SecretKey): string[] {
  return allKeys(secretKey).map((key) => sign(key, "session cookie"));
}
