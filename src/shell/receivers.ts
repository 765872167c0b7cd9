import type { Logger } from "pino";
import type { ChannelPorts } from "../engine/channel-type.ts";
import { toError } from "../engine/to-error.ts";
import type { Database } from "../store/database.ts";
import type { ChannelRuntime } from "./channel-runtime.ts";
import { createSeldomWarning } from "./seldom-warning.ts";
import type { Submit } from "./submission.ts";
import { submitInbound } from "./submit-inbound.ts";

export interface Receivers {
  stop(): Promise<void>;
}

const lookEveryMs = 2_000;

/**
 * Runs the receivers of channels that fetch their events themselves (long polling), and follows channels that come and go. One process at a
 * time polls a channel: whoever holds its lock.
 */
export function startReceivers(options: {
  readonly db: Database;
  readonly channels: ChannelRuntime;
  readonly ports: ChannelPorts;
  readonly submit: Submit;
  readonly log: Logger;
  /** Tries to become the one process that polls the channel; the embedded database has only one process. */
  readonly acquire: (channelId: number, onLost: () => void) => Promise<boolean>;
  readonly release: (channelId: number) => Promise<void>;
}): Receivers {
  const { db, channels, ports, submit, log } = options;
  const running = new Map<
    number,
    { readonly settings: string; readonly abort: AbortController; done: Promise<void> }
  >();
  /** Settings with which a channel has nothing to run: nobody need take its lock to find out again. */
  const withoutReceiver = new Map<number, string>();
  const warn = createSeldomWarning(log, "channels could not be looked at; trying again");
  let stopping = false;
  let wakeUp: (() => void) | undefined;

  async function look(): Promise<void> {
    const rows = await db.selectFrom("channels").select("id").where("status", "=", "connected").execute();
    const ids = new Set(rows.map(({ id }) => id));
    for (const [id, receiver] of running) {
      if (!ids.has(id)) receiver.abort.abort();
    }
    for (const id of ids) await follow(id);
  }

  async function follow(id: number): Promise<void> {
    const channel = await channels.find(id);
    if (channel?.type.poll === undefined) return;
    const settings = JSON.stringify(channel.settings);
    const current = running.get(id);
    if (current !== undefined) {
      if (current.settings !== settings) current.abort.abort();
      return;
    }
    if (withoutReceiver.get(id) === settings) return;
    const abort = new AbortController();
    if (!(await options.acquire(id, () => abort.abort()))) return;
    const polling = channel.type.poll(
      channel,
      async (events) => void (await submitInbound({ db, submit }, id, events)),
      ports,
      abort.signal,
    );
    if (polling === undefined) {
      withoutReceiver.set(id, settings);
      await options.release(id);
      return;
    }
    const done = polling
      .catch((thrown) => log.error({ err: toError(thrown), channelId: id }, "a receiver ended; it is started again"))
      .finally(async () => {
        running.delete(id);
        await options.release(id);
      });
    running.set(id, { settings, abort, done });
  }

  async function loop(): Promise<void> {
    while (!stopping) {
      try {
        await look();
      } catch (thrown) {
        warn(thrown);
      }
      await new Promise<void>((resolve) => {
        const timeout = setTimeout(resolve, lookEveryMs);
        wakeUp = () => {
          clearTimeout(timeout);
          resolve();
        };
      });
    }
  }

  const looking = loop();
  return {
    async stop() {
      stopping = true;
      wakeUp?.();
      await looking;
      const receivers = [...running.values()];
      for (const { abort } of receivers) abort.abort();
      await Promise.allSettled(receivers.map(({ done }) => done));
    },
  };
}
