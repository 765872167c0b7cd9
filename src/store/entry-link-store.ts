import { AppError } from "../model/app-error.ts";
import type { EntryData } from "../model/flow.ts";
import { say } from "../model/sentence.ts";
import type { Database } from "./database.ts";
import { type Access, bumpRevision, isOfAccess } from "./workspace-store.ts";

/** A link by which people enter a bot. */
export interface StoredEntryLink {
  readonly id: number;
  readonly botId: number;
  readonly botRef: string;
  readonly ref: string;
  readonly name: string;
  /** Ref of the flow it starts. */
  readonly flow: string | null;
  readonly step: string | null;
  /** What stands in the link. */
  readonly payload: string;
  /** What the link brings without carrying it. */
  readonly data: EntryData | null;
  readonly createdAt: Date;
}

export interface NewEntryLink {
  readonly ref: string;
  readonly name: string;
  readonly payload: string;
  readonly flowId?: number | undefined;
  readonly step?: string | undefined;
  readonly data?: EntryData | undefined;
}

/** Newest first. */
export async function listEntryLinks(db: Database, access: Access): Promise<StoredEntryLink[]> {
  return await visibleLinks(db, access).orderBy("entryLinks.id", "desc").execute();
}

/** Throws `entry_link.not_found`. */
export async function requireEntryLink(db: Database, access: Access, ref: string): Promise<StoredEntryLink> {
  const link = await visibleLinks(db, access).where("entryLinks.ref", "=", ref).executeTakeFirst();
  if (link === undefined) throw new AppError("entry_link.not_found", say`there is no entry link "${{ ref }}"`);
  return link;
}

export async function createEntryLink(
  trx: Database,
  bot: { readonly id: number; readonly workspaceId: number },
  { ref, name, payload, flowId, step, data }: NewEntryLink,
): Promise<StoredEntryLink> {
  await trx
    .insertInto("entryLinks")
    .values({
      botId: bot.id,
      ref,
      name,
      payload,
      flowId: flowId ?? null,
      stepRef: step ?? null,
      data: data === undefined ? null : JSON.stringify(data),
    })
    .execute();
  await bumpRevision(trx, bot.workspaceId);
  return await requireEntryLink(trx, { workspaceId: bot.workspaceId }, ref);
}

/** What is given is changed; the payload never is, since links are out in the world. `null` clears. Throws `entry_link.not_found`. */
export async function changeEntryLink(
  trx: Database,
  access: Access,
  ref: string,
  change: {
    readonly name?: string | undefined;
    readonly flowId?: number | null | undefined;
    readonly step?: string | null | undefined;
    readonly data?: EntryData | null | undefined;
  },
): Promise<StoredEntryLink> {
  const link = await requireEntryLink(trx, access, ref);
  const { name, flowId, step, data } = change;
  await trx
    .updateTable("entryLinks")
    .set({
      name: name ?? link.name,
      ...(flowId === undefined ? {} : { flowId }),
      ...(step === undefined ? {} : { stepRef: step }),
      ...(data === undefined ? {} : { data: data === null ? null : JSON.stringify(data) }),
    })
    .where("id", "=", link.id)
    .execute();
  await bumpRevision(trx, access.workspaceId);
  return await requireEntryLink(trx, access, ref);
}

/** Who opens it later enters without what it brought. Throws `entry_link.not_found`. */
export async function deleteEntryLink(trx: Database, access: Access, ref: string): Promise<void> {
  const link = await requireEntryLink(trx, access, ref);
  await trx.deleteFrom("entryLinks").where("id", "=", link.id).execute();
  await bumpRevision(trx, access.workspaceId);
}

function visibleLinks(db: Database, access: Access) {
  return db
    .selectFrom("entryLinks")
    .innerJoin("bots", "bots.id", "entryLinks.botId")
    .leftJoin("flows", "flows.id", "entryLinks.flowId")
    .select([
      "entryLinks.id",
      "entryLinks.botId",
      "bots.ref as botRef",
      "entryLinks.ref",
      "entryLinks.name",
      "flows.ref as flow",
      "entryLinks.stepRef as step",
      "entryLinks.payload",
      "entryLinks.data",
      "entryLinks.createdAt",
    ])
    .where(isOfAccess(access));
}
