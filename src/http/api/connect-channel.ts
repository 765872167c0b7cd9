import {
  ChannelConnectError,
  type ChannelPorts,
  type ChannelType,
  type PlatformTemplate,
} from "../../engine/channel-type.ts";
import { toError } from "../../engine/to-error.ts";
import { AppError } from "../../model/app-error.ts";
import { say } from "../../model/sentence.ts";
import type { RunningChannel } from "../../shell/channel-runtime.ts";
import { createFileFetcher } from "../../shell/file-fetcher.ts";
import { healthInTime } from "../../shell/health-in-time.ts";
import { type Channel, changeChannel, requireChannel, setChannelState } from "../../store/channel-store.ts";
import type { Database } from "../../store/database.ts";
import type { Access } from "../../store/workspace-store.ts";
import type { HttpDependencies } from "../dependencies.ts";
import { toStoredSettings } from "./channel-settings.ts";

/** A channel with its secrets opened, read anew. Throws `channel.not_found`. */
async function findRunning({ channels }: HttpDependencies, id: number): Promise<RunningChannel> {
  channels.forget(id);
  const running = await channels.find(id);
  if (running === undefined)
    throw new AppError("channel.not_found", say`the settings of channel ${{ id }} cannot be read`);
  return running;
}

/** The ports as doors have them. */
export function toPorts({ live, log, callPlatform, findAddresses, outbound, now }: HttpDependencies): ChannelPorts {
  return {
    callPlatform,
    announce: live.announce,
    findAddresses,
    fetchFile: createFileFetcher({ outbound, now }),
    outbound,
    log,
  };
}

export function webhookUrlOf({ publicUrl }: HttpDependencies, id: number): string {
  return `${publicUrl}/webhooks/${id}`;
}

/**
 * Registers a channel with its platform, outside of any transaction, and keeps what the platform gave. A refusal is kept with the channel,
 * which is then broken, and thrown as `channel.connect_failed`.
 */
export async function connectChannel(dependencies: HttpDependencies, access: Access, id: number): Promise<Channel> {
  await requireChannel(dependencies.db, access, id);
  const running = await findRunning(dependencies, id);
  const type = running.type as ChannelType;
  const write = async (trx: Database, gained: object) => {
    const settings = { ...(running.settings as object), ...gained };
    await changeChannel(trx, access, id, toStoredSettings(type, settings, dependencies.secretKey));
  };
  const keep = async (gained: object) => {
    await dependencies.db.transaction().execute((trx) => write(trx, gained));
    dependencies.channels.forget(id);
  };
  try {
    const context = { webhookUrl: webhookUrlOf(dependencies, id), keep };
    const gained = (await type.connect?.(running, context, toPorts(dependencies))) ?? {};
    return await dependencies.db.transaction().execute(async (trx) => {
      await write(trx, gained);
      return await setChannelState(trx, access, id, { status: "connected" });
    });
  } catch (thrown) {
    if (!(thrown instanceof ChannelConnectError)) throw thrown;
    const { message } = thrown;
    await dependencies.db
      .transaction()
      .execute((trx) => setChannelState(trx, access, id, { status: "broken", message }));
    throw new AppError("channel.connect_failed", message, { details: { channelId: id }, cause: thrown });
  } finally {
    dependencies.channels.forget(id);
  }
}

/** Signs off at the platform as far as that goes; what the platform says does not keep the channel connected here. */
export async function disconnectChannel(dependencies: HttpDependencies, access: Access, id: number): Promise<Channel> {
  await requireChannel(dependencies.db, access, id);
  await signOff(dependencies, id);
  const channel = await dependencies.db
    .transaction()
    .execute((trx) => setChannelState(trx, access, id, { status: "disconnected" }));
  dependencies.channels.forget(id);
  return channel;
}

/** For a channel that is about to go. */
export async function signOff(dependencies: HttpDependencies, id: number): Promise<void> {
  dependencies.channels.forget(id);
  const running = await dependencies.channels.find(id);
  if (running?.status !== "connected") return;
  try {
    await (running.type as ChannelType).disconnect?.(running, toPorts(dependencies));
  } catch (thrown) {
    dependencies.log.warn({ err: toError(thrown), channelId: id }, "the platform did not take the sign-off");
  }
}

/** None where the kind of channel knows none. Throws `channel.connect_failed` where the platform does not tell. */
export async function listPlatformTemplates(
  dependencies: HttpDependencies,
  id: number,
): Promise<readonly PlatformTemplate[]> {
  const running = await findRunning(dependencies, id);
  try {
    return (await (running.type as ChannelType).templates?.(running, toPorts(dependencies))) ?? [];
  } catch (thrown) {
    if (!(thrown instanceof ChannelConnectError)) throw thrown;
    throw new AppError("channel.connect_failed", thrown.message, { details: { channelId: id }, cause: thrown });
  }
}

export async function checkHealth(
  dependencies: HttpDependencies,
  id: number,
): Promise<{ ok: boolean; message: string }> {
  const running = await findRunning(dependencies, id);
  const type = running.type as ChannelType;
  if (running.status !== "connected") return { ok: false, message: `the channel is ${running.status}` };
  const asked = type.health?.(running, toPorts(dependencies));
  if (asked === undefined) return { ok: true, message: "connected" };
  const { ok, message } = await healthInTime(asked, "the platform");
  return { ok, message };
}
