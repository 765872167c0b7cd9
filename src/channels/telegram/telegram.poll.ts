import { setTimeout as sleep } from "node:timers/promises";
import type { ChannelPorts, DeliverInbound } from "../../engine/channel-type.ts";
import { toError } from "../../engine/to-error.ts";
import type { GroupRules } from "./from-group.ts";
import { fromTelegram } from "./from-telegram.ts";
import {
  answerCallbackQuery,
  deleteWebhook,
  getUpdates,
  type TelegramAccess,
  TelegramCallError,
  unknownToken,
} from "./telegram.api.ts";
import { parseUpdate } from "./telegram-update.ts";

const pollSeconds = 25;
const slowMs = 60_000;

/**
 * Asks for updates until aborted. The offset moves on only when what came is committed: a crash gets it again, and the waist knows it. What
 * fails is asked again, ever more slowly; a changed channel gets a new receiver, so that a token that is refused need not be watched closely.
 */
export async function pollTelegram(
  { id: channelId, settings }: { readonly id: number; readonly settings: TelegramAccess & GroupRules },
  deliver: DeliverInbound,
  ports: Pick<ChannelPorts, "callPlatform" | "log">,
  signal: AbortSignal,
): Promise<void> {
  const { log } = ports;
  let offset = 0;
  let failures = 0;
  let isWebhookGone = false;
  while (!signal.aborted) {
    try {
      // While a webhook is set Telegram refuses to be asked.
      if (!isWebhookGone) await deleteWebhook(settings, ports, signal);
      isWebhookGone = true;
      const updates = await getUpdates(settings, ports, offset, pollSeconds, signal);
      const presses = await deliverAll(updates, settings, deliver, (updateId) => {
        log.warn({ channelId, updateId }, "an update of Telegram cannot be read and is passed over");
      });
      offset = (updates.at(-1)?.update_id ?? offset - 1) + 1;
      // A spinner that stays is no reason to lose updates.
      for (const id of presses) void answerCallbackQuery(settings, ports, id).catch(() => undefined);
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      const { reason, pauseMs } = whatNow(toError(error), failures);
      log.warn({ channelId, reason, pauseMs }, "Telegram could not be asked for updates");
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Returns the callback queries that want their answer. */
async function deliverAll(
  updates: readonly { readonly update_id: number }[],
  rules: GroupRules,
  deliver: DeliverInbound,
  onUnreadable: (updateId: number) => void,
): Promise<string[]> {
  const translated = updates.flatMap((update) => {
    const parsed = parseUpdate(update);
    if (parsed === undefined) onUnreadable(update.update_id);
    return parsed === undefined ? [] : [fromTelegram(parsed, rules)];
  });
  const events = translated.flatMap((one) => one.events);
  if (events.length > 0) await deliver(events);
  return translated.flatMap(({ callbackQueryId }) => callbackQueryId ?? []);
}

/** What to say of a failure, and how long to wait after so many in a row. https://core.telegram.org/bots/api#getupdates */
export function whatNow(error: Error, failures: number): { readonly reason: string; readonly pauseMs: number } {
  const { code, retryAfterSeconds } = error instanceof TelegramCallError ? error : {};
  if (code === 401 || code === 404) return { reason: unknownToken, pauseMs: slowMs };
  if (code === 409) {
    const reason = `another program asks for this bot's updates, or has set a webhook for it: ${error.message}`;
    return { reason, pauseMs: slowMs };
  }
  const pauseMs = Math.min(250 * 2 ** Math.min(failures, 10), 30_000);
  return { reason: error.message, pauseMs: Math.max(pauseMs, (retryAfterSeconds ?? 0) * 1000) };
}
