import type { Logger } from "pino";
import { toError } from "../engine/to-error.ts";
import type { Database } from "../store/database.ts";
import { restSendBudget, takeSendBudget } from "../store/send-budget-store.ts";
import { type BulkBudget, createSharedBudget } from "./bulk-budget.ts";
import type { RunningChannel } from "./channel-runtime.ts";
import { createSendRates, type SendRates } from "./send-rates.ts";

export interface ChannelRates {
  /** Undefined: nothing was sent on the channel yet. */
  known(channelId: number): SendRates | undefined;
  of(channel: RunningChannel): SendRates;
}

/** The limiter of each channel, made anew when its rates are changed. `onBudget`: more of a broadcast may go than was known. */
export function createChannelRates(
  options: {
    readonly db: Database;
    readonly log: Logger;
    /** Other processes may send on the same channels: what a channel may send of broadcasts is kept in the database. */
    readonly sharesChannels: boolean;
  },
  onBudget: () => void,
): ChannelRates {
  const { db, log, sharesChannels } = options;
  const made = new Map<number, { readonly key: string; readonly rates: SendRates }>();

  function shareBudget(channelId: number, perSecond: number): BulkBudget {
    return createSharedBudget({
      perSecond,
      ask: async (wish) => await takeSendBudget(db, channelId, wish),
      tellRest: (until) => {
        restSendBudget(db, channelId, until).catch((thrown) =>
          log.warn({ err: toError(thrown), channelId }, "other processes could not be told that a channel rests"),
        );
      },
      onAnswer: onBudget,
    });
  }

  return {
    known: (channelId: number): SendRates | undefined => made.get(channelId)?.rates,
    of(channel: RunningChannel): SendRates {
      const { rates: defaults } = channel.type.capabilities;
      const own = channel.settings as Partial<typeof defaults>;
      const limits = {
        bulkPerSecond: own.bulkPerSecond ?? defaults.bulkPerSecond,
        perChatPerSecond: own.perChatPerSecond ?? defaults.perChatPerSecond,
        chatBurst: own.chatBurst ?? defaults.chatBurst,
      };
      const key = JSON.stringify(limits);
      const known = made.get(channel.id);
      if (known?.key === key) return known.rates;
      const budget = sharesChannels ? shareBudget(channel.id, limits.bulkPerSecond) : undefined;
      const rates = createSendRates(limits, budget);
      made.set(channel.id, { key, rates });
      return rates;
    },
  };
}
