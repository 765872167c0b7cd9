import type { Logger } from "pino";
import type { ChannelCatalogue, ChannelType, ConnectedChannel } from "../engine/channel-type.ts";
import { toError } from "../engine/to-error.ts";
import type { Database } from "../store/database.ts";
import { openSecrets } from "../store/secret-box.ts";
import type { SecretKey } from "../store/secret-key.ts";

/** A channel row with its type, settings parsed and secrets opened. */
export interface RunningChannel extends ConnectedChannel<never> {
  readonly type: ChannelType<never>;
  readonly kind: string;
  readonly name: string;
  readonly status: "connected" | "disconnected" | "broken";
}

/** The channels of this process, cached; a change in another process is seen within two seconds. */
export interface ChannelRuntime {
  /** Undefined: no such channel, or one whose settings cannot be read (which is logged). */
  find(channelId: number): Promise<RunningChannel | undefined>;
  /** Forgets what is cached of a channel (after its row was changed here). */
  forget(channelId: number): void;
}

const cacheMs = 2_000;

export function createChannelRuntime(options: {
  readonly db: Database;
  readonly catalogue: ChannelCatalogue;
  readonly secretKey: SecretKey;
  readonly log: Logger;
  /** Unix milliseconds. */
  readonly now: () => number;
}): ChannelRuntime {
  const { db, catalogue, secretKey, log, now } = options;
  const cache = new Map<number, { readonly readAt: number; readonly channel: Promise<RunningChannel | undefined> }>();

  async function read(id: number): Promise<RunningChannel | undefined> {
    const row = await db.selectFrom("channels").selectAll().where("id", "=", id).executeTakeFirst();
    const type = row === undefined ? undefined : (catalogue[row.kind] as ChannelType<never> | undefined);
    if (row === undefined || type === undefined) return undefined;
    try {
      const secrets = row.secrets === null ? {} : openSecrets(row.secrets, secretKey);
      const settings = type.settings.parse({ ...row.settings, ...secrets });
      return { id, botId: row.botId, settings, type, kind: row.kind, name: row.name, status: row.status };
    } catch (thrown) {
      log.error({ err: toError(thrown), channelId: id }, "a channel's settings cannot be read");
      return undefined;
    }
  }

  return {
    find(id) {
      const known = cache.get(id);
      if (known !== undefined && now() - known.readAt < cacheMs) return known.channel;
      const channel = read(id);
      cache.set(id, { readAt: now(), channel });
      // A failed read must not be remembered.
      channel.catch(() => cache.delete(id));
      return channel;
    },
    forget(id) {
      cache.delete(id);
    },
  };
}
