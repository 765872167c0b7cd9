import { type RawBuilder, type SqlBool, sql } from "kysely";
import { AppError } from "../model/app-error.ts";
import { say } from "../model/sentence.ts";
import type { Database } from "./database.ts";

/** An account: what a domain names, and what no query may reach across. */
export interface Workspace {
  readonly id: number;
  readonly domain: string;
  readonly name: string;
  /** IANA name. */
  readonly timeZone: string;
  /** How long entries of the audit log are kept. */
  readonly auditDays: number;
  /** Whoever has no second factor has to set one up before they can work here. */
  readonly needsSecondFactor: boolean;
  /** Whoever of the team answers an unassigned conversation first gets it. */
  readonly assignsOnReply: boolean;
}

/**
 * Whose things a caller may see: one workspace's, or (a token bound to a bot) only that bot's of them. Every query of a door takes
 * one, so that forgetting it does not compile.
 */
export interface Access {
  readonly workspaceId: number;
  readonly botId?: number | undefined;
}

/** For queries joined with `bots`: whether a row is of a bot that an access reaches. */
export function isOfAccess({ workspaceId, botId }: Access): RawBuilder<SqlBool> {
  const inWorkspace = sql<SqlBool>`bots.workspace_id = ${workspaceId}`;
  return botId === undefined ? inWorkspace : sql<SqlBool>`(${inWorkspace} and bots.id = ${botId})`;
}

const columns = ["id", "domain", "name", "timeZone", "auditDays", "needsSecondFactor", "assignsOnReply"] as const;

/** Throws `workspace.domain_taken`. The domain is what `domain_name` in action links says. */
export async function createWorkspace(
  db: Database,
  workspace: { readonly domain: string; readonly name: string; readonly timeZone?: string | undefined },
): Promise<Workspace> {
  const { domain, name, timeZone } = workspace;
  const row = await db
    .insertInto("workspaces")
    .values({ domain, name, ...(timeZone === undefined ? {} : { timeZone }) })
    .onConflict((conflict) => conflict.column("domain").doNothing())
    .returning(columns)
    .executeTakeFirst();
  if (row === undefined)
    throw new AppError("workspace.domain_taken", say`there is already a workspace "${{ domain }}"`);
  return row;
}

export async function findWorkspace(db: Database, domain: string): Promise<Workspace | undefined> {
  return await db.selectFrom("workspaces").select(columns).where("domain", "=", domain).executeTakeFirst();
}

export interface ListedWorkspace extends Workspace {
  readonly createdAt: Date;
  readonly bots: number;
  readonly members: number;
}

/** All that are there, in the order of their domains. For whoever runs the server: no door may see them. */
export async function listWorkspaces(db: Database): Promise<ListedWorkspace[]> {
  return await db
    .selectFrom("workspaces")
    .select([...columns, "createdAt"])
    .select(({ selectFrom, fn }) => [
      selectFrom("bots")
        .whereRef("bots.workspaceId", "=", "workspaces.id")
        .select(fn.countAll<number>().as("count"))
        .$asScalar()
        .$notNull()
        .as("bots"),
      selectFrom("members")
        .whereRef("members.workspaceId", "=", "workspaces.id")
        .select(fn.countAll<number>().as("count"))
        .$asScalar()
        .$notNull()
        .as("members"),
    ])
    .where("deletedAt", "is", null)
    .orderBy("domain")
    .execute();
}

/** The one that a token belongs to: it goes with its workspace, so there is one. */
export async function getWorkspace(db: Database, id: number): Promise<Workspace> {
  return await db.selectFrom("workspaces").select(columns).where("id", "=", id).executeTakeFirstOrThrow();
}

/** What is given is changed; the domain never is: links in the world name it. */
export async function changeWorkspace(
  trx: Database,
  id: number,
  change: {
    readonly name?: string | undefined;
    readonly timeZone?: string | undefined;
    readonly auditDays?: number | undefined;
    readonly needsSecondFactor?: boolean | undefined;
    readonly assignsOnReply?: boolean | undefined;
  },
): Promise<Workspace> {
  await bumpRevision(trx, id);
  const old = await getWorkspace(trx, id);
  const {
    name = old.name,
    timeZone = old.timeZone,
    auditDays = old.auditDays,
    needsSecondFactor = old.needsSecondFactor,
    assignsOnReply = old.assignsOnReply,
  } = change;
  const values = { name, timeZone, auditDays, needsSecondFactor, assignsOnReply };
  await trx.updateTable("workspaces").set(values).where("id", "=", id).execute();
  return { ...old, ...values };
}

/**
 * Says that something changed which bot snapshots hold; call it in the transaction of the change. Every process compares the number
 * before it decides over an event.
 */
export async function bumpRevision(trx: Database, workspaceId: number): Promise<void> {
  await trx
    .updateTable("workspaces")
    .set((eb) => ({ revision: eb("revision", "+", 1) }))
    .where("id", "=", workspaceId)
    .execute();
}
