import { createHash, randomBytes } from "node:crypto";
import { AppError } from "../model/app-error.ts";
import type { MemberRole } from "../model/conversation.ts";
import { say } from "../model/sentence.ts";
import type { Database } from "./database.ts";
import { createUser, joinWorkspace } from "./member-store.ts";
import { findCredentials, listMemberships, setPassword } from "./session-store.ts";

/** Somebody asked into a workspace. */
export interface Invitation {
  readonly id: number;
  readonly workspaceId: number;
  readonly email: string;
  readonly role: MemberRole;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly acceptedAt: Date | null;
}

const columns = ["id", "workspaceId", "email", "role", "createdAt", "expiresAt", "acceptedAt"] as const;
const validDays = 7;
const hashOf = (secret: string) => createHash("sha256").update(secret).digest("hex");

/** The secret is in the answer and nowhere else; an earlier invitation of the same person to the same workspace ends. */
export async function createInvitation(
  trx: Database,
  invitation: {
    readonly workspaceId: number;
    readonly email: string;
    readonly role: MemberRole;
    readonly invitedBy: number | null;
    readonly at: Date;
  },
): Promise<Invitation & { readonly secret: string }> {
  const { workspaceId, email, role, invitedBy, at } = invitation;
  const secret = randomBytes(24).toString("base64url");
  await trx
    .deleteFrom("invitations")
    .where("workspaceId", "=", workspaceId)
    .where("email", "=", email)
    .where("acceptedAt", "is", null)
    .execute();
  const made = await trx
    .insertInto("invitations")
    .values({
      workspaceId,
      email,
      role,
      hash: hashOf(secret),
      invitedBy,
      createdAt: at,
      expiresAt: new Date(at.getTime() + validDays * 86_400_000),
    })
    .returning(columns)
    .executeTakeFirstOrThrow();
  return { ...made, secret };
}

/** Open ones, newest first. */
export async function listInvitations(db: Database, workspaceId: number, at: Date): Promise<Invitation[]> {
  return await db
    .selectFrom("invitations")
    .select(columns)
    .where("workspaceId", "=", workspaceId)
    .where("acceptedAt", "is", null)
    .where("expiresAt", ">", at)
    .orderBy("id", "desc")
    .execute();
}

/** Throws `invitation.not_found`. */
export async function withdrawInvitation(db: Database, workspaceId: number, id: number): Promise<void> {
  const gone = await db
    .deleteFrom("invitations")
    .where("workspaceId", "=", workspaceId)
    .where("id", "=", id)
    .where("acceptedAt", "is", null)
    .returning("id")
    .executeTakeFirst();
  if (gone === undefined) throw new AppError("invitation.not_found", say`there is no open invitation ${{ id }}`);
}

/** An open invitation by its secret, with the workspace's name and whether the person has a password already. Throws `invitation.not_found`. */
export async function requireInvitation(
  db: Database,
  secret: string,
  at: Date,
): Promise<Invitation & { readonly workspace: string; readonly domain: string; readonly isKnown: boolean }> {
  const found = await db
    .selectFrom("invitations")
    .innerJoin("workspaces", "workspaces.id", "invitations.workspaceId")
    .select(["invitations.id", "workspaceId", "email", "role", "invitations.createdAt", "expiresAt", "acceptedAt"])
    .select(["workspaces.name as workspace", "workspaces.domain"])
    .where("hash", "=", hashOf(secret))
    .where("acceptedAt", "is", null)
    .where("expiresAt", ">", at)
    .executeTakeFirst();
  if (found === undefined) {
    throw new AppError("invitation.not_found", say`the invitation was used, withdrawn, or is too old; ask for another`);
  }
  const known = await findCredentials(db, found.email);
  return { ...found, isKnown: known?.passwordHash != null };
}

/** Makes the invited person a member; who had no password yet gets this one. Who is a member already stays what they are. Throws `invitation.not_found`. */
export async function acceptInvitation(
  trx: Database,
  secret: string,
  person: { readonly name: string; readonly passwordHash: string | undefined; readonly at: Date },
): Promise<{ readonly userId: number; readonly domain: string }> {
  const invitation = await requireInvitation(trx, secret, person.at);
  const { email, role, workspaceId, domain } = invitation;
  const known = await findCredentials(trx, email);
  const userId = known?.id ?? (await createUser(trx, { email, name: person.name }));
  if (!invitation.isKnown && person.passwordHash !== undefined) await setPassword(trx, userId, person.passwordHash);
  await trx.updateTable("invitations").set({ acceptedAt: person.at }).where("id", "=", invitation.id).execute();
  const isMember = (await listMemberships(trx, userId)).some((one) => one.workspaceId === workspaceId);
  if (!isMember) await joinWorkspace(trx, workspaceId, userId, role);
  return { userId, domain };
}
