import { sql } from "kysely";
import type { MemberRole } from "../model/conversation.ts";
import type { Database } from "./database.ts";

/** An account, as whoever runs the server sees it. */
export interface ListedUser {
  readonly id: number;
  readonly email: string;
  readonly name: string;
  readonly createdAt: Date;
  /** Without, nobody signs in: who was made a member by e-mail comes in by an invitation. */
  readonly hasPassword: boolean;
  readonly hasSecondFactor: boolean;
  /** On the device of theirs that came last; null: nobody knows, or they are signed in on none. */
  readonly seenAt: Date | null;
  readonly workspaces: readonly { readonly domain: string; readonly role: MemberRole }[];
}

/** Every account, or those of one workspace's members, in the order of their e-mails. Across all workspaces: for no door. */
export async function listUsers(db: Database, workspaceId?: number): Promise<ListedUser[]> {
  const isWanted =
    workspaceId === undefined
      ? sql`true`
      : sql`exists (select from members where user_id = u.id and workspace_id = ${workspaceId})`;
  const { rows } = await sql<ListedUser>`
    select u.id, u.email, u.name, u.created_at, u.password_hash is not null as has_password,
      exists (select from second_factors f where f.user_id = u.id and f.confirmed_at is not null) as has_second_factor,
      (select max(s.seen_at) from sessions s where s.user_id = u.id) as seen_at,
      coalesce((select jsonb_agg(jsonb_build_object('domain', w.domain, 'role', m.role) order by w.domain)
        from members m join workspaces w on w.id = m.workspace_id where m.user_id = u.id and w.deleted_at is null), '[]')
        as workspaces
    from users u where ${isWanted} order by lower(u.email)
  `.execute(db);
  return rows;
}
