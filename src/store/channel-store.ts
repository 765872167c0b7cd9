import { AppError } from "../model/app-error.ts";
import type { Json } from "../model/field.ts";
import { say } from "../model/sentence.ts";
import type { Database } from "./database.ts";
import { type Access, bumpRevision, isOfAccess } from "./workspace-store.ts";

/** A channel's row. Its secrets stay sealed here; `secret-box.ts` opens them. */
export interface Channel {
  readonly id: number;
  readonly botId: number;
  readonly botRef: string;
  readonly kind: string;
  readonly name: string;
  readonly settings: Readonly<Record<string, Json>>;
  readonly secrets: string | null;
  readonly status: "connected" | "disconnected" | "broken";
  readonly statusMessage: string | null;
  readonly createdAt: Date;
}

export async function listChannels(db: Database, access: Access): Promise<Channel[]> {
  return await visibleChannels(db, access).orderBy("channels.id").execute();
}

/** Throws `channel.not_found`. */
export async function requireChannel(db: Database, access: Access, id: number): Promise<Channel> {
  const channel = await visibleChannels(db, access).where("channels.id", "=", id).executeTakeFirst();
  if (channel === undefined) throw new AppError("channel.not_found", say`there is no channel ${{ id }}`);
  return channel;
}

/** `sealedSecrets`: made by `secret-box.ts`. A new channel is disconnected until `setChannelState` says otherwise. */
export async function createChannel(
  trx: Database,
  bot: { readonly id: number; readonly workspaceId: number },
  channel: {
    readonly kind: string;
    readonly name: string;
    readonly settings: Readonly<Record<string, Json>>;
    readonly sealedSecrets: string | null;
    readonly status?: Channel["status"];
  },
): Promise<Channel> {
  const { kind, name, settings, sealedSecrets, status = "disconnected" } = channel;
  const { id } = await trx
    .insertInto("channels")
    .values({ botId: bot.id, kind, name, settings: JSON.stringify(settings), secrets: sealedSecrets, status })
    .returning("id")
    .executeTakeFirstOrThrow();
  await bumpRevision(trx, bot.workspaceId);
  return await requireChannel(trx, { workspaceId: bot.workspaceId }, id);
}

/** What is given is changed. Throws `channel.not_found`. */
export async function changeChannel(
  trx: Database,
  access: Access,
  id: number,
  change: {
    readonly name?: string | undefined;
    readonly settings?: Readonly<Record<string, Json>> | undefined;
    readonly sealedSecrets?: string | null | undefined;
  },
): Promise<Channel> {
  const channel = await requireChannel(trx, access, id);
  const { name = channel.name, settings = channel.settings, sealedSecrets = channel.secrets } = change;
  await trx
    .updateTable("channels")
    .set({ name, settings: JSON.stringify(settings), secrets: sealedSecrets })
    .where("id", "=", id)
    .execute();
  await bumpRevision(trx, access.workspaceId);
  return await requireChannel(trx, access, id);
}

/** After a connect, a disconnect, or a refusal by the platform (whose sentence is kept). */
export async function setChannelState(
  trx: Database,
  access: Access,
  id: number,
  state: { readonly status: Channel["status"]; readonly message?: string | undefined },
): Promise<Channel> {
  await requireChannel(trx, access, id);
  await trx
    .updateTable("channels")
    .set({ status: state.status, statusMessage: state.message ?? null })
    .where("id", "=", id)
    .execute();
  await bumpRevision(trx, access.workspaceId);
  return await requireChannel(trx, access, id);
}

/** With the contacts' identities on it; contacts and their history stay. Throws `channel.not_found`. */
export async function deleteChannel(trx: Database, access: Access, id: number): Promise<void> {
  await requireChannel(trx, access, id);
  await trx
    .updateTable("messages")
    .set({ status: "skipped", error: "the channel was deleted" })
    .where("channelId", "=", id)
    .where("status", "=", "queued")
    .execute();
  await trx.deleteFrom("channels").where("id", "=", id).execute();
  await bumpRevision(trx, access.workspaceId);
}

function visibleChannels(db: Database, access: Access) {
  return db
    .selectFrom("channels")
    .innerJoin("bots", "bots.id", "channels.botId")
    .select([
      "channels.id",
      "channels.botId",
      "bots.ref as botRef",
      "channels.kind",
      "channels.name",
      "channels.settings",
      "channels.secrets",
      "channels.status",
      "channels.statusMessage",
      "channels.createdAt",
    ])
    .where(isOfAccess(access));
}
