import { createHash, randomBytes } from "node:crypto";
import { AppError } from "../model/app-error.ts";
import { say } from "../model/sentence.ts";
import type { Database } from "./database.ts";
import type { TokenKind } from "./token-kinds.ts";
import type { Access } from "./workspace-store.ts";

/** A token's row, without what would let anybody use it. */
export interface Token {
  readonly id: number;
  readonly workspaceId: number;
  /** Bound to this bot: it sees nothing of the others. */
  readonly botId: number | null;
  readonly kind: TokenKind;
  readonly name: string;
  readonly hint: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
  /** Null: it does not end by itself. */
  readonly expiresAt: Date | null;
}

export interface NewToken {
  readonly workspaceId: number;
  readonly botId?: number | undefined;
  readonly kind: TokenKind;
  readonly name: string;
  /** What it may do; `*` is everything. */
  readonly scopes: readonly string[];
  readonly expiresAt?: Date | undefined;
  /** One that scripts hold already, long and hard to guess. Absent: one is made. */
  readonly value?: string | undefined;
}

const columns = [
  "id",
  "workspaceId",
  "botId",
  "kind",
  "name",
  "hint",
  "scopes",
  "createdAt",
  "lastUsedAt",
  "revokedAt",
  "expiresAt",
] as const;

/** Makes a token `rp_<kind>_<43 random characters>`. It is in the answer and nowhere else: only its SHA-256 is stored. Throws `token.taken` where the value given was a token before, also of somebody else. */
export async function createToken(db: Database, token: NewToken): Promise<{ token: string; id: number }> {
  const secret = token.value ?? `rp_${token.kind}_${randomBytes(32).toString("base64url")}`;
  const made = await db
    .insertInto("tokens")
    .values({
      workspaceId: token.workspaceId,
      botId: token.botId ?? null,
      kind: token.kind,
      name: token.name,
      hash: hashToken(secret),
      hint: secret.slice(-4),
      scopes: [...token.scopes],
      expiresAt: token.expiresAt ?? null,
    })
    .onConflict((conflict) => conflict.column("hash").doNothing())
    .returning("id")
    .executeTakeFirst();
  if (made === undefined) throw new AppError("token.taken", say`this token is there already, or was: take another`);
  return { token: secret, id: made.id };
}

/** SHA-256, hex: tokens are random and long, so that a fast hash is enough. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** The token with this hash that nobody revoked; it may have expired. */
export async function findTokenByHash(db: Database, hash: string): Promise<Token | undefined> {
  return await db
    .selectFrom("tokens")
    .select(columns)
    .where("hash", "=", hash)
    .where("revokedAt", "is", null)
    .executeTakeFirst();
}

/** The same by id, whosever it is: only for callers who have proof that it was given (a signed access token). */
export async function findLiveToken(db: Database, id: number): Promise<Token | undefined> {
  return await db
    .selectFrom("tokens")
    .select(columns)
    .where("id", "=", id)
    .where("revokedAt", "is", null)
    .executeTakeFirst();
}

/** The hashes of a workspace's tokens of one kind that nobody revoked, for doors that compare in constant time. */
export async function listTokenHashes(
  db: Database,
  workspaceId: number,
  kind: TokenKind,
): Promise<(Pick<Token, "id" | "botId" | "scopes" | "kind" | "expiresAt"> & { readonly hash: string })[]> {
  return await db
    .selectFrom("tokens")
    .select(["id", "botId", "hash", "scopes", "kind", "expiresAt"])
    .where("workspaceId", "=", workspaceId)
    .where("kind", "=", kind)
    .where("revokedAt", "is", null)
    .execute();
}

/** Notes that a token was used, at most once a minute. */
export async function touchToken(db: Database, id: number, at: Date): Promise<void> {
  await db
    .updateTable("tokens")
    .set({ lastUsedAt: at })
    .where("id", "=", id)
    .where((eb) => eb.or([eb("lastUsedAt", "is", null), eb("lastUsedAt", "<", new Date(at.getTime() - 60_000))]))
    .execute();
}

/** Live and revoked ones, newest first. */
export async function listTokens(db: Database, access: Access): Promise<Token[]> {
  return await visibleTokens(db, access).orderBy("id", "desc").execute();
}

export async function findToken(db: Database, access: Access, id: number): Promise<Token | undefined> {
  return await visibleTokens(db, access).where("id", "=", id).executeTakeFirst();
}

/** Live or revoked, whosever it is: for whoever runs the server, for no door. */
export async function findAnyToken(db: Database, id: number): Promise<Token | undefined> {
  return await db.selectFrom("tokens").select(columns).where("id", "=", id).executeTakeFirst();
}

/** Revoking twice is the same as once. */
export async function revokeToken(db: Database, id: number, at: Date): Promise<void> {
  await db.updateTable("tokens").set({ revokedAt: at }).where("id", "=", id).where("revokedAt", "is", null).execute();
}

function visibleTokens(db: Database, { workspaceId, botId }: Access) {
  const tokens = db.selectFrom("tokens").select(columns).where("workspaceId", "=", workspaceId);
  return botId === undefined ? tokens : tokens.where("botId", "=", botId);
}
