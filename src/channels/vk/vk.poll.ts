import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { ChannelPorts, DeliverInbound } from "../../engine/channel-type.ts";
import { toError } from "../../engine/to-error.ts";
import { fromVk, type VkPress } from "./from-vk.ts";
import { answerPress, callVk, inWords, type VkAccess, VkCallError } from "./vk.api.ts";
import { parseEnvelope } from "./vk-update.ts";

const pollSeconds = 25;
const slowMs = 60_000;

interface Place {
  readonly server: string;
  readonly key: string;
  readonly ts: string;
}

type Ports = Pick<ChannelPorts, "callPlatform" | "log">;

/**
 * Asks for updates until aborted (https://dev.vk.com/ru/api/bots-long-poll/getting-started). The place in the row moves on only when what came is committed. VK keeps the row for a while; where that
 * is over, it says so and the row goes on from now.
 */
export async function pollVk(
  channel: { readonly id: number; readonly settings: VkAccess & { readonly groupId: number } },
  deliver: DeliverInbound,
  ports: Ports,
  signal: AbortSignal,
): Promise<void> {
  const { id: channelId, settings } = channel;
  const { log } = ports;
  let place: Place | undefined;
  let failures = 0;
  while (!signal.aborted) {
    try {
      place ??= await findPlace(settings, ports);
      const answer = await ask(place, ports, signal);
      if ("updates" in answer) {
        const presses = await deliverAll(answer.updates, deliver, (kind) => {
          log.warn({ channelId, kind }, "an update of VK cannot be read and is passed over");
        });
        // A button that waits on is no reason to lose updates.
        for (const press of presses) void answerPress(settings, ports, { ...press }).catch(() => undefined);
        place = { ...place, ts: answer.ts };
      } else {
        if (answer.failed !== 2) log.warn({ channelId }, "VK keeps the updates of the last while no more");
        place = await recover(place, answer, settings, ports);
      }
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      const { reason, pauseMs } = whatNow(toError(error), failures);
      log.warn({ channelId, reason, pauseMs }, "VK could not be asked for updates");
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

const ts = z.union([z.string(), z.number()]).transform(String);
const placeSchema = z.object({ server: z.url(), key: z.string(), ts });

async function findPlace(access: VkAccess & { readonly groupId: number }, ports: Ports): Promise<Place> {
  return await callVk(access, ports, "groups.getLongPollServer", { group_id: access.groupId }, placeSchema);
}

const answerSchema = z.union([
  z.object({ ts, updates: z.array(z.unknown()) }),
  z.object({ failed: z.number(), ts: ts.optional() }),
]);

async function ask({ server, key, ts: from }: Place, ports: Ports, signal: AbortSignal) {
  const url = new URL(server);
  for (const [name, value] of Object.entries({ act: "a_check", key, ts: from, wait: String(pollSeconds) })) {
    url.searchParams.set(name, value);
  }
  const timeoutMs = (pollSeconds + 20) * 1_000;
  const answer = await ports.callPlatform({ url: url.href, method: "GET", timeoutMs, signal });
  if (answer.kind === "none") throw new Error(`VK ${answer.message}`);
  try {
    return answerSchema.parse(JSON.parse(answer.body));
  } catch {
    throw new Error(`the answer is not one of VK's (status ${answer.status})`);
  }
}

/** 1: some updates are gone, go on from `ts`. 2: the key is too old. 3: begin anew. */
async function recover(
  place: Place,
  { failed, ts: next }: { readonly failed: number; readonly ts?: string | undefined },
  access: VkAccess & { readonly groupId: number },
  ports: Ports,
): Promise<Place> {
  if (failed === 1 && next !== undefined) return { ...place, ts: next };
  const fresh = await findPlace(access, ports);
  return failed === 2 ? { ...fresh, ts: place.ts } : fresh;
}

/** Returns the presses that want their answer. */
async function deliverAll(
  updates: readonly unknown[],
  deliver: DeliverInbound,
  onUnreadable: (kind: unknown) => void,
): Promise<VkPress[]> {
  const translated = updates.flatMap((update) => {
    const envelope = parseEnvelope(update);
    // Not the update itself: what people write stands in it.
    if (envelope === undefined) onUnreadable((update as { type?: unknown } | null)?.type);
    return envelope?.update === undefined ? [] : [fromVk(envelope.update)];
  });
  const events = translated.flatMap((one) => one.events);
  if (events.length > 0) await deliver(events);
  return translated.flatMap(({ press }) => press ?? []);
}

/** What to say of a failure, and how long to wait after so many in a row. */
export function whatNow(error: Error, failures: number): { readonly reason: string; readonly pauseMs: number } {
  const isRefused = error instanceof VkCallError && [5, 7, 15, 27, 28, 100].includes(error.code ?? 0);
  if (isRefused) return { reason: inWords(error), pauseMs: slowMs };
  return { reason: error.message, pauseMs: Math.min(250 * 2 ** Math.min(failures, 10), 30_000) };
}
