import { sql } from "kysely";
import { AppError } from "../model/app-error.ts";
import type { MemberRole } from "../model/conversation.ts";
import { say } from "../model/sentence.ts";
import type { Database } from "./database.ts";
import { bumpRevision } from "./workspace-store.ts";

/** Somebody of a workspace's team. */
export interface Member {
  readonly id: number;
  readonly userId: number;
  readonly email: string;
  readonly name: string;
  readonly role: MemberRole;
  readonly createdAt: Date;
  /** They sign in with more than the password. */
  readonly hasSecondFactor: boolean;
}

export async function listMembers(db: Database, workspaceId: number): Promise<Member[]> {
  return await membersOf(db, workspaceId).orderBy("members.id").execute();
}

/** Throws `member.not_found`. */
export async function requireMember(db: Database, workspaceId: number, id: number): Promise<Member> {
  const member = await membersOf(db, workspaceId).where("members.id", "=", id).executeTakeFirst();
  if (member === undefined) throw new AppError("member.not_found", say`there is no member ${{ id }}`);
  return member;
}

export interface NewUser {
  readonly email: string;
  readonly name: string;
  readonly passwordHash?: string | undefined;
}

/** Throws `user.email_taken`. */
export async function createUser(trx: Database, { email, name, passwordHash }: NewUser): Promise<number> {
  const known = await findUserId(trx, email);
  if (known !== undefined) throw new AppError("user.email_taken", say`there is already a user ${{ email }}`);
  const { id } = await trx
    .insertInto("users")
    .values({ email, name, passwordHash: passwordHash ?? null })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** Makes somebody a member; a user is made where nobody has the e-mail yet. Throws `member.exists`. */
export async function addMember(
  trx: Database,
  workspaceId: number,
  { email, name, role }: { readonly email: string; readonly name: string; readonly role: MemberRole },
): Promise<Member> {
  const userId = (await findUserId(trx, email)) ?? (await createUser(trx, { email, name }));
  return await joinWorkspace(trx, workspaceId, userId, role);
}

/** Throws `member.exists`. */
export async function joinWorkspace(
  trx: Database,
  workspaceId: number,
  userId: number,
  role: MemberRole,
): Promise<Member> {
  const made = await trx
    .insertInto("members")
    .values({ workspaceId, userId, role })
    .onConflict((conflict) => conflict.columns(["workspaceId", "userId"]).doNothing())
    .returning("id")
    .executeTakeFirst();
  if (made === undefined) throw new AppError("member.exists", say`this user is a member already`);
  await bumpRevision(trx, workspaceId);
  return await requireMember(trx, workspaceId, made.id);
}

/** The last owner stays one. Throws `member.not_found`, `member.last_owner`. */
export async function changeMemberRole(
  trx: Database,
  workspaceId: number,
  id: number,
  role: MemberRole,
): Promise<Member> {
  await bumpRevision(trx, workspaceId);
  const member = await requireMember(trx, workspaceId, id);
  if (role !== "owner") await requireAnotherOwner(trx, workspaceId, member);
  await trx.updateTable("members").set({ role }).where("id", "=", id).execute();
  return { ...member, role };
}

/** Conversations that are assigned to them keep saying so. Throws `member.not_found`, `member.last_owner`. */
export async function removeMember(trx: Database, workspaceId: number, id: number): Promise<void> {
  await bumpRevision(trx, workspaceId);
  const member = await requireMember(trx, workspaceId, id);
  await requireAnotherOwner(trx, workspaceId, member);
  await trx.deleteFrom("members").where("id", "=", id).execute();
}

async function requireAnotherOwner(trx: Database, workspaceId: number, { id, role }: Member): Promise<void> {
  if (role !== "owner") return;
  const others = (await listMembers(trx, workspaceId)).filter((other) => other.role === "owner" && other.id !== id);
  if (others.length === 0)
    throw new AppError("member.last_owner", say`the workspace needs an owner; name another first`);
}

async function findUserId(db: Database, email: string): Promise<number | undefined> {
  const found = await db
    .selectFrom("users")
    .select("id")
    .where(sql<string>`lower(email)`, "=", email.toLowerCase())
    .executeTakeFirst();
  return found?.id;
}

function membersOf(db: Database, workspaceId: number) {
  return db
    .selectFrom("members")
    .innerJoin("users", "users.id", "members.userId")
    .leftJoin("secondFactors", "secondFactors.userId", "users.id")
    .select(["members.id", "members.userId", "users.email", "users.name", "members.role", "members.createdAt"])
    .select((eb) => eb("secondFactors.confirmedAt", "is not", null).as("hasSecondFactor"))
    .where("members.workspaceId", "=", workspaceId)
    .$narrowType<{ hasSecondFactor: boolean }>();
}
