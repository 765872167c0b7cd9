import type { Json } from "../../model/field.ts";
import type { FlowDocument } from "../../model/flow.ts";
import type { ScriptRun } from "../../model/script.ts";
import type { Variant } from "../../model/shop.ts";
import type { RunScript } from "../../shell/scripts/script-pool.ts";
import { noGoods } from "../../simulator/desks.ts";
import { inventBot, simulatedChannelId } from "../../simulator/invent-bot.ts";
import { inventContact } from "../../simulator/invent-contact.ts";
import { Simulation } from "../../simulator/simulation.ts";

/** One flow file and somebody new, with a place where its scripts run; its other jobs are only told of. */
export function simulateFlow(options: {
  readonly document: FlowDocument;
  readonly channelKind: string;
  /** Where the clock stands at first, Unix milliseconds. */
  readonly at: number;
  /** The same seed gives the same splits. */
  readonly seed: number;
  readonly timeZone: string;
  readonly runScript: RunScript;
  /** What is for sale; absent: nothing. */
  readonly variants?: readonly Variant[];
}): Simulation {
  const { channelKind, at, seed, runScript, variants = [] } = options;
  const bot = inventBot(options);
  return new Simulation({
    bot,
    contact: inventContact({ botId: bot.id, channelId: simulatedChannelId, channelKind, at }),
    channelId: simulatedChannelId,
    isNew: true,
    at,
    seed,
    goods: { ...noGoods, variants },
    // What the step left in its position, as on a server.
    answerJob: async ({ kind, position }) =>
      kind === "run-script"
        ? ((await runScript(position.state as unknown as ScriptRun)) as unknown as Json)
        : undefined,
  });
}
